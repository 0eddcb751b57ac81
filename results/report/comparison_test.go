package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"xmpprig/results"
)

var comparisonPicture = flag.String("compare.picture", "", "directory for the files of the sample comparison, to be looked at")

// sampleComparison has each verdict that a metric can have.
func sampleComparison() *results.Comparison {
	runs := func(at float64) (all []float64) {
		for i := range 10 {
			all = append(all, at*(1+.01*float64(i%4)))
		}
		return all
	}
	metric := func(name, unit string, base, effect float64, verdict string) results.Compared {
		return results.Compared{Metric: name, Unit: unit, Gated: true, Base: runs(base), Head: runs(base * (1 + effect)), BaseMedian: base * 1.01, HeadMedian: base * 1.01 * (1 + effect),
			Effect: effect, Low: effect - .011, High: effect + .013, P: .002, Adjusted: .012, Delta: .9, Floor: .03, Sees: .025, Verdict: verdict, Reason: "because of " + name}
	}
	c := &results.Comparison{Paired: true, Alpha: .05, Command: []string{"xmpprig", "compare"},
		Base: results.Side{Name: "runs/base", Server: "Prosody 0.12.3, 127.0.0.1:5222", Records: []string{"runs/base/001", "runs/base/002"}},
		Head: results.Side{Name: "runs/head", Server: "Prosody 0.12.4, 127.0.0.1:5222", Records: []string{"runs/head/001"}},
		Metrics: []results.Compared{
			metric("message.delivery p50 in steady", "ns", 2.1e6, .102, results.Regression), metric("message.delivery p99 in steady", "ns", 9e6, -.2, results.Improvement),
			metric("rate in rush", "/s", 4000, .001, results.Same), metric("server CPU per stanza", "ns", 150e3, .04, results.Undecided), metric("server memory at peak", "B", 1e8, .3, results.Regression),
			{Metric: "lost", Unit: "%", Gated: true, Difference: true, Base: make([]float64, 10), Head: make([]float64, 10), P: 1, Adjusted: 1, Floor: .1, Verdict: results.Same, Reason: "it is the same in all runs"},
			{Metric: "roster p50 in steady", Unit: "ns", Gated: true, Base: runs(1e6), BaseMedian: 1e6, P: 1, Adjusted: 1, Verdict: results.Insufficient, Reason: "no run of the head has any"},
		},
		Warnings: []string{"the machine differs"}, Left: []string{"runs/base/003: it was not finished"},
		Verdict: results.Outcome{Status: results.Regression, ExitCode: results.ExitRegression, Reasons: []string{"message.delivery p50 in steady: worse by 10.2 %"}}}
	c.Metrics[4].Gated = false
	for _, p := range []float64{1, 10, 25, 50, 75, 90, 95, 99, 99.9} {
		c.Shift = append(c.Shift, results.Shift{Percentile: p, BaseNS: int64(1e6 + 2e4*p), HeadNS: int64((1e6 + 2e4*p) * (1 + p/1000))})
	}
	return c
}

func TestComparisonText(t *testing.T) {
	var b bytes.Buffer
	if err := ComparisonText(&b, sampleComparison()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"REGRESSION: runs/head beside runs/base\n  - message.delivery p50 in steady: worse by 10.2 %\n  ! forced, although the machine differs\n\n",
		"base: runs/base, 2 runs, Prosody 0.12.3, 127.0.0.1:5222\nhead: runs/head, 1 run, Prosody 0.12.4, 127.0.0.1:5222; in pairs\n",
		"10/10  2.12 ms  2.34 ms  +10.2 % [+9.1, +11.5]  0.012  +2.5 %  regression\n",
		"same, within 1.4 %\n", "the same\n", "10/0  1.00 ms        –                      –      –       –  insufficient\n",
		"\nOthers\n", "95 % interval, or all that was seen where", "Wilcoxon signed-rank", "  left out: runs/base/003: it was not finished\n",
	} {
		if want = strings.Replace(want, "+2.5 %", "2.5 %", 1); !strings.Contains(squeezed(b.String()), squeezed(want)) {
			t.Errorf("no %q in\n%s", want, &b)
		}
	}
	for l := range strings.Lines(b.String()) {
		if utf8.RuneCountInString(strings.TrimSuffix(l, "\n")) > textWidth {
			t.Errorf("too wide: %s", l)
		}
	}
}

// squeezed is text without the spaces that line it up.
func squeezed(s string) string {
	for strings.Contains(s, "  ") {
		s = strings.ReplaceAll(s, "  ", " ")
	}
	return s
}

func TestComparisonMarkdown(t *testing.T) {
	hostile := sampleComparison()
	const text = `<img src=x> [a](http://b) \| @all #1 ` + "`c`\n# d *e* ~f~\x1b[2J"
	spoil(hostile, text)
	for _, c := range []*results.Comparison{sampleComparison(), hostile, {}} {
		var b bytes.Buffer
		if err := ComparisonMarkdown(&b, c); err != nil {
			t.Fatal(err)
		}
		harmless(t, "Markdown", b.String())
		columns := 0
		for l := range strings.Lines(b.String()) {
			if !strings.HasPrefix(l, "|") {
				continue
			}
			if n := bars(l); columns == 0 {
				columns = n
			} else if n != columns {
				t.Errorf("a row of %d bars in a table of %d: %s", n, columns, l)
			}
		}
		for _, live := range []string{"<img", "a](", "http://", "@all", "#1", "\n# d"} {
			if strings.Contains(b.String(), live) {
				t.Errorf("%q is alive in\n%s", live, &b)
			}
		}
	}
}

// bars counts those that are not escaped.
func bars(line string) (n int) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '|':
			n++
		}
	}
	return n
}

// spoil puts a text wherever a comparison takes one.
func spoil(c *results.Comparison, text string) {
	c.Tool, c.Command = results.Tool{Name: text, Version: text}, []string{text}
	c.Base, c.Head = results.Side{Name: text, Server: text, Records: []string{text}}, results.Side{Name: text, Server: text, Records: []string{text}}
	c.Warnings, c.Left, c.Verdict.Reasons, c.Verdict.Status = []string{text}, []string{text}, []string{text}, text
	for i := range c.Metrics {
		c.Metrics[i].Metric, c.Metrics[i].Reason = text, text
	}
	c.Metrics[1].Unit, c.Metrics[2].Verdict = text, text
}

func hostileComparison(text string) *results.Comparison {
	c := sampleComparison()
	spoil(c, text)
	return c
}

// TestComparisonOfAnything has no comparison, however odd its figures, stop a report.
func TestComparisonOfAnything(t *testing.T) {
	all := []*results.Comparison{{}, {Metrics: make([]results.Compared, 3)}, {Metrics: []results.Compared{{Gated: true}}, Shift: make([]results.Shift, 2)}}
	for _, odd := range []float64{-1, 0, 5e-324, 1e-9, 1e15, 1e19, 1e308, -1e308} {
		c := sampleComparison()
		for i := range c.Metrics {
			m := &c.Metrics[i]
			m.BaseMedian, m.HeadMedian, m.Effect, m.Low, m.High, m.P, m.Adjusted, m.Floor, m.Sees, m.Delta = odd, -odd, odd, -odd, odd, odd, odd, odd, odd, odd
		}
		c.Alpha = odd
		for i := range c.Shift {
			if i%2 == 0 {
				c.Shift[i] = results.Shift{Percentile: math.Mod(odd, 100), BaseNS: 1, HeadNS: math.MaxInt64}
			}
		}
		slices.Reverse(c.Shift)
		all = append(all, c)
	}
	many := sampleComparison()
	many.Metrics = slices.Repeat(many.Metrics, 300)
	for i, c := range append(all, many) {
		var text, mark, page, doc bytes.Buffer
		if ComparisonText(&text, c) != nil || ComparisonMarkdown(&mark, c) != nil || ComparisonHTML(&page, c) != nil || ComparisonJSON(&doc, c) != nil || !json.Valid(doc.Bytes()) {
			t.Fatalf("%d cannot be written", i)
		}
		junitOf(t, c)
		offline(t, page.String())
		for l := range strings.Lines(text.String()) {
			if n := utf8.RuneCountInString(l); n > 3*textWidth {
				t.Errorf("%d: a line of %d characters", i, n)
			}
		}
		for _, p := range ComparisonPlots(c) {
			var b strings.Builder
			if err := p.SVG(&b); err != nil {
				t.Fatal(err)
			}
			wellFormed(t, b.String())
			if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
				t.Errorf("%d: %s has places that are no numbers", i, p.Name)
			}
		}
	}
}

func TestComparisonJUnit(t *testing.T) {
	all := junitOf(t, sampleComparison())
	if all.Tests != 6 || all.Failures != 1 || all.Skipped != 2 || len(all.Suites) != 1 || len(all.Suites[0].Properties) != 1 {
		t.Errorf("%+v", all)
	}
	if f := all.Suites[0].Cases[0].Failure; f == nil || f.Message != "because of message.delivery p50 in steady" {
		t.Errorf("%+v", f)
	}
	if all := junitOf(t, &results.Comparison{}); all.Tests != 1 || all.Skipped != 1 {
		t.Errorf("a comparison of nothing passed: %+v", all)
	}
}

func TestComparisonFiles(t *testing.T) {
	dir := t.TempDir()
	if *comparisonPicture != "" {
		dir = *comparisonPicture
	}
	if err := ComparisonFiles(dir, sampleComparison()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plots/forest.svg", "plots/forest.png", "plots/shift.svg", "plots/shift.png"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 1000 {
			t.Errorf("%s: %v", name, err)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "comparison.html"))
	if err != nil {
		t.Fatal(err)
	}
	offline(t, string(page))
	if strings.Count(string(page), "<svg") != 2 || !strings.Contains(string(page), "Forced, although") {
		t.Error("the page has not its pictures, or not its warnings")
	}
}

func sampleNoise() *results.Noise {
	return &results.Noise{Paired: true, Alpha: .05, Power: .9, Wanted: .05, Runs: results.Side{Name: "runs", Server: "loopback", Records: []string{"a", "b"}},
		Metrics: []results.Noisy{{Metric: "ping p50 in steady", Unit: "ns", N: 20, Median: 2e6, SD: .02, SDHigh: .025, Needed: 10, Differs: true,
			Seen: []results.Detectable{{Runs: 5}, {Runs: 10, Effect: .05}}}, {Metric: "ping p99 in steady", Unit: "ns", N: 20, Median: 5e6, SD: .2, SDHigh: .3}}}
}

func TestNoiseText(t *testing.T) {
	var b bytes.Buffer
	if err := NoiseText(&b, sampleNoise()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"NOISE: 2 runs of runs, loopback\n", "ping p50 in steady 20 2.00 ms 2 % (≤ 2.5 %) 10 pairs\n", "more than are looked at\n", "found in 90 of 100", "ping p50 in steady – +5 %\n", "was told apart"} {
		if !strings.Contains(squeezed(b.String()), want) {
			t.Errorf("no %q in\n%s", want, &b)
		}
	}
}

// TestHostileComparisonIsHarmless puts texts in that a terminal, a browser or a CI system may obey.
func TestHostileComparisonIsHarmless(t *testing.T) {
	for _, text := range []string{"\x1b[31mred\x1b]0;owned\x07", "<script>alert(1)</script>", "a\x00b", "\xff\xfe\xc0\xaf", "]]><x/>", "\u202eevil\u2028", "</style></pre><img src=x onerror=alert(1)>",
		"\"' onload='alert(1)", "{{.Title}}", "&#0;&lt;", "\ufffe\U0010ffff\ud7ff", "-->", "line\r\n\tindented", "| a | b |\n# x", "@everyone [x](http://a)", strings.Repeat("long", 1e5)} {
		c, n := hostileComparison(text), sampleNoise()
		n.Runs.Name, n.Runs.Server, n.Metrics[0].Metric, n.Metrics[0].Unit, n.Left = text, text, text, text, []string{text}
		for what, write := range map[string]func(io.Writer) error{
			"text": func(w io.Writer) error { return ComparisonText(w, c) }, "Markdown": func(w io.Writer) error { return ComparisonMarkdown(w, c) },
			"page": func(w io.Writer) error { return ComparisonHTML(w, c) }, "JSON": func(w io.Writer) error { return ComparisonJSON(w, c) },
			"JUnit": func(w io.Writer) error { return JUnit(w, c) }, "noise": func(w io.Writer) error { return NoiseText(w, n) },
			"forest": ComparisonPlots(c)[0].SVG, "shift": ComparisonPlots(c)[1].SVG,
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatalf("%s of %q: %v", what, text, err)
			}
			harmless(t, fmt.Sprintf("%s of %.40q", what, text), b.String())
			switch what {
			case "page":
				offline(t, b.String())
				if strings.Contains(b.String(), "<img") {
					t.Errorf("%q is an element", text)
				}
			case "JSON":
				if !json.Valid(b.Bytes()) {
					t.Errorf("%q: no JSON", text)
				}
			case "JUnit":
				junitOf(t, c)
			}
			if write(brokenPipe{}) == nil {
				t.Errorf("%s: no error where it could not be written", what)
			}
		}
	}
}
