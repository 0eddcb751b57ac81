package openmetrics

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []Figure
	}{
		{"nothing", "", nil},
		{"a gauge without a type", "up 1\n", []Figure{{"up", Gauge, 1}}},
		{"a counter", "# TYPE stanzas counter\nstanzas_total{kind=\"iq\"} 17 1700000000\n", []Figure{{`stanzas_total{kind="iq"}`, Counter, 17}}},
		{"the counter of the older format", "# HELP a b\n# TYPE a_total counter\na_total 3e2\n", []Figure{{"a_total", Counter, 300}}},
		{"a histogram", "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_sum 5\nh_count 2\nh_created 1\n", []Figure{{"h_sum", Counter, 5}, {"h_count", Counter, 2}}},
		{"a summary", "# TYPE s summary\ns{quantile=\"0.5\"} 4\ns_count 9\n", []Figure{{`s{quantile="0.5"}`, Gauge, 4}, {"s_count", Counter, 9}}},
		{"quotes and braces", "x{a=\"}\\\"{\",b=\"c\"} -2\n", []Figure{{`x{a="}\"{",b="c"}`, Gauge, -2}}},
		{"an exemplar", "# TYPE c counter\nc_total 5 # {trace=\"1\"} 0.5\n# EOF\n", []Figure{{"c_total", Counter, 5}}},
		{"what is not finite", "a NaN\nb +Inf\nc 1\n", []Figure{{"c", Gauge, 1}}},
		{"what is broken", "a\n{} 1\n9a 1\nb{x=\"y 1\nc{ 1\nd x\n\x00 1\ne 2", []Figure{{"e", Gauge, 2}}},
	} {
		if got := Parse([]byte(c.text)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestParseIsBounded gives more than a sane server would.
func TestParseIsBounded(t *testing.T) {
	if n := len(Parse([]byte(strings.Repeat("a 1\n", 3*mostFigures)))); n != mostFigures {
		t.Errorf("%d figures", n)
	}
	if got := Parse([]byte("a{b=\"" + strings.Repeat("c", longestName) + "\"} 1\n" + strings.Repeat("d", 1<<20) + " 1\n")); got != nil {
		t.Errorf("names without a bound: %d figures", len(got))
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("# TYPE a counter\na_total{b=\"c\"} 1 2\n"))
	f.Add([]byte("x{\\\"} 1"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, one := range Parse(text) {
			again := Parse([]byte(one.Name + " 1"))
			if len(again) != 1 || again[0].Name != one.Name {
				t.Errorf("%q: %v", one.Name, again)
			}
		}
	})
}
