package report

import (
	"strings"
	"testing"
	"time"
)

func TestLatency(t *testing.T) {
	for _, c := range []struct {
		ns   float64
		want string
	}{
		{0, "0"}, {-5, "0"}, {1, "1.00 ns"}, {850, "850 ns"}, {999.4, "999 ns"}, {999.6, "1.00 µs"}, {1234, "1.23 µs"},
		{12345, "12.3 µs"}, {123456, "123 µs"}, {999499, "999 µs"}, {999500, "1.00 ms"}, {1_234_567, "1.23 ms"}, {9_996_000, "10.0 ms"},
		{99_960_000, "100 ms"}, {999_600_000, "1.00 s"}, {2.345e9, "2.35 s"}, {59.96e9, "60.0 s"}, {3600e9, "3,600 s"},
	} {
		if got := latency(c.ns); got != c.want {
			t.Errorf("latency(%v) = %q, want %q", c.ns, got, c.want)
		}
	}
}

func TestCountsAndSizes(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{count(0), "0"}, {count(999), "999"}, {count(1000), "1,000"}, {count(1234567), "1,234,567"}, {count(-1234), "-1,234"},
		{count(-123), "-123"}, {plural(1, "session"), "1 session"}, {plural(2000, "session"), "2,000 sessions"},
		{size(0), "0 B"}, {size(1023), "1,023 B"}, {size(1024), "1.00 KiB"}, {size(31000), "30.3 KiB"}, {size(1 << 20), "1.00 MiB"},
		{size(1023.9 * 1024), "1.00 MiB"}, {size(5 << 40), "5.00 TiB"}, {size(5000 << 40), "5,000 TiB"},
		{share(0), "0 %"}, {share(.0123), "1.2 %"}, {share(.31), "31 %"}, {share(1), "100 %"}, {share(1.37), "137 %"},
		{decimal(0), "0"}, {decimal(1600), "1,600"}, {decimal(.74), "0.74"}, {decimal(12.34), "12.3"}, {decimal(-2.5), "-2.50"},
		{perSecond(39940, 50*time.Second), "799/s"}, {perSecond(1, 3*time.Second), "0.33/s"}, {perSecond(123456, 10*time.Second), "12,346/s"},
		{perSecond(5, 0), absent}, {perSecond(0, time.Second), "0/s"}, {percentileText(nil), absent},
		{span(0), "0 s"}, {span(-5), "0 s"}, {span(1500 * time.Millisecond), "1.50 s"}, {span(95 * time.Second), "1 min 35 s"},
		{span(2 * time.Minute), "2 min"}, {span(59*time.Minute + 59600*time.Millisecond), "60 min"}, {span(25 * time.Hour), "25 h"},
		{span(2*time.Hour + 5*time.Minute), "2 h 5 min"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct {
		in    string
		lines bool
		want  string
	}{
		{"plain", false, "plain"},
		{"a\x1b[31mred", false, "a\uFFFD[31mred"},
		{"two\nlines\tand tab", false, "two lines and tab"},
		{"two\r\nlines\tand tab", true, "two\nlines\tand tab"},
		{"over\rwritten", true, "over written"},
		{"\xff\xfeab", false, "\uFFFDab"},
		{"c1 \u009b31m", false, "c1 \uFFFD31m"},
		{"abc\u202edcb\u2066", false, "abc\uFFFDdcb\uFFFD"},
		{"nul\x00 \uFFFE\uFFFF", false, "nul\uFFFD \uFFFD\uFFFD"},
	} {
		if got := clean(c.in, c.lines); got != c.want {
			t.Errorf("clean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestLine(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"  äöü  ", 3, "äöü"}, {"äöüß", 3, "äö…"}, {"", 3, ""}} {
		if got := line(c.in, c.n); got != c.want {
			t.Errorf("line(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", []string{"-"}},
		{"one two", []string{"- one two"}},
		{"one two three four", []string{"- one two", "  three", "  four"}},
		{"abcdefghijklmnop", []string{"- abcdefgh", "  ijklmnop"}},
		{"ab cdefghijklmnop", []string{"- ab", "  cdefghij", "  klmnop"}},
	} {
		if got := wrap(c.in, "- ", "  ", 10); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("wrap(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestTableLinesUp(t *testing.T) {
	tab := &table{left: map[int]bool{2: true}}
	tab.add("step", "n", "text")
	tab.add("[a heading that is long and widens nothing]")
	tab.add("ping", "1,000", "x")
	tab.add("größe", "5", "yy")
	want := []string{
		" step       n  text",
		" [a heading that is long and widens nothing]",
		" ping   1,000  x",
		" größe      5  yy"}
	if got := tab.lines(" "); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
