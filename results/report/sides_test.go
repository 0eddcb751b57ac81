package report

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xmpprig/results"
)

// besides are comparisons of two others with one base; the second lacks a metric, and has one of its own.
func besides() []*results.Comparison {
	same := results.Compared{Metric: "ping p50", Unit: "ns", Gated: true, Base: []float64{1e6, 1e6}, Head: []float64{1e6, 1e6}, BaseMedian: 1e6, HeadMedian: 1e6, Verdict: results.Same}
	worse := same
	worse.Head, worse.HeadMedian, worse.Effect, worse.Low, worse.High, worse.Verdict = []float64{2e6, 2e6}, 2e6, 1, .9, 1.1, results.Regression
	own := results.Compared{Metric: "upgrade p50", Unit: "ns", Head: []float64{5e5}, HeadMedian: 5e5, Verdict: results.Insufficient}
	better := same
	better.Metric, better.Effect, better.Low, better.High, better.HeadMedian, better.Verdict = "errors", -.5, -.6, -.4, 5e5, results.Improvement
	base := results.Side{Name: "tcp", Server: "a", Records: []string{"1", "2"}}
	return []*results.Comparison{
		{Alpha: .02, Base: base, Head: results.Side{Name: "--transport websocket", Server: "b"}, Metrics: []results.Compared{same, better, own}, Left: []string{"x"}},
		{Alpha: .02, Base: base, Head: results.Side{Name: "--transport bosh --tls\x1b none", Server: "c|d"}, Metrics: []results.Compared{worse}, Left: []string{"x"}},
	}
}

func TestSides(t *testing.T) {
	var text, mark strings.Builder
	if err := SidesText(&text, besides()); err != nil {
		t.Fatal(err)
	}
	if err := SidesMarkdown(&mark, besides()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"SIDE BY SIDE: tcp, websocket, --transport bosh", "tcp: 2 runs, a", "+100 % [+90, +110] ▼", "0 % [0, 0] =", "-50 % [-60, -40] ▲", "500 µs",
		"[98 % interval]", "at an error rate of 0.04", "left out: x"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, &text)
		}
	}
	if strings.Count(text.String(), "left out") != 1 || strings.ContainsRune(text.String(), '\x1b') {
		t.Errorf("%s", &text)
	}
	if out := mark.String(); !strings.Contains(out, `c\|d`) || strings.ContainsRune(out, '\x1b') || !strings.Contains(out, "| _upgrade p50_ | – | 500 µs | – | – | – |") {
		t.Errorf("%s", out)
	}
	if err := SidesText(new(strings.Builder), nil); err != nil {
		t.Error(err)
	}
}

// TestSidesPage has one page for all sides, that leads to the page of each, with one picture on one axis.
func TestSidesPage(t *testing.T) {
	dir := t.TempDir()
	if err := SidesFiles(dir, besides()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "comparison.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	wellFormed(t, page)
	harmless(t, "the page", page)
	for _, want := range []string{"<h1>SIDE BY SIDE: tcp, websocket, --transport bosh", `<a href="other-1/comparison.html">websocket beside tcp</a>`, `<a href="other-2/comparison.html">`,
		"Metrics that have a say", "Other metrics", "ping p50  +100 %", "errors  -50 %", "<li>x</li>", `class="verdict doubt"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	f := SidesPlots(besides())[0].figure
	if len(f.panels) != 2 || f.panels[0].xMax != f.panels[1].xMax || f.panels[0].xMax < 1.1 {
		t.Errorf("%d panels that end at %v", len(f.panels), f.panels[0].xMax)
	}
}

// TestSidesOfAnything draws what no runs measured, but files may say.
func TestSidesOfAnything(t *testing.T) {
	for _, cs := range [][]*results.Comparison{nil, {{}}, slices.Repeat([]*results.Comparison{hostileComparison("<b>\x1b\xff")}, 100)} {
		for _, write := range []func(io.Writer, []*results.Comparison) error{SidesText, SidesMarkdown, SidesHTML} {
			var b strings.Builder
			if err := write(&b, cs); err != nil {
				t.Fatal(err)
			}
			harmless(t, "the sides", b.String())
		}
	}
}

func TestSidesTone(t *testing.T) {
	for _, c := range []struct {
		said []string
		want string
	}{{nil, "doubt"}, {[]string{results.Same, results.Improvement}, "good"}, {[]string{results.Same, results.Insufficient}, "doubt"}, {[]string{results.Undecided, results.Regression}, "bad"}} {
		var cs []*results.Comparison
		for _, s := range c.said {
			cs = append(cs, &results.Comparison{Verdict: results.Outcome{Status: s}})
		}
		if got := sidesTone(cs); got != c.want {
			t.Errorf("%v: %s, want %s", c.said, got, c.want)
		}
	}
}
