package report

import (
	"io"
	"math"
	"strings"
	"testing"

	"xmpprig/results"
)

// comparison is one with a metric of each kind.
func comparison() *results.Comparison {
	ten := func(v, step float64) (all []float64) {
		for i := range 10 {
			all = append(all, v+step*float64(i))
		}
		return all
	}
	return &results.Comparison{
		Paired: true, Alpha: .05, Base: results.Side{Name: "main", Server: "Prosody 0.12.3", Records: []string{"a/1"}}, Head: results.Side{Name: "branch", Server: "Prosody 13.0", Records: []string{"b/1"}},
		Metrics: []results.Compared{
			{Metric: "message.delivery p50 in steady", Unit: "ns", Gated: true, Base: ten(1e6, 1e3), Head: ten(1.2e6, 1e3), BaseMedian: 1.0045e6, HeadMedian: 1.2045e6, Effect: .2, Low: .18, High: .22, P: .002,
				Adjusted: .006, Delta: 1, Floor: .03, Sees: .04, Verdict: results.Regression, Reason: "worse by 20 %"},
			{Metric: "lost", Unit: "%", Gated: true, Difference: true, Base: ten(0, 0), Head: ten(0, 0), P: 1, Adjusted: 1, Floor: .1, Verdict: results.Same, Reason: "it is the same in all runs"},
			{Metric: "server CPU per stanza", Unit: "ns", Gated: true, Base: ten(2e5, 9e3), Head: ten(1.9e5, 9e3), BaseMedian: 2.4e5, HeadMedian: 2.3e5, Effect: -.05, Low: -.12, High: .03, P: .3, Adjusted: .6,
				Delta: -.2, Floor: .03, Verdict: results.Undecided, Reason: "it may be -12 to +3 %"},
			{Metric: "server memory at peak", Unit: "B", Base: ten(1e8, 1), Head: ten(1e8, 1), BaseMedian: 1e8, HeadMedian: 1e8, P: 1, Adjusted: 1, Floor: .03, Verdict: results.Same},
		},
		Shift:   []results.Shift{{Percentile: 50, BaseNS: 1e6, HeadNS: 12e5}, {Percentile: 99, BaseNS: 5e6, HeadNS: 8e6}},
		Left:    []string{"a/3: the rig was the limit"},
		Verdict: results.Outcome{Status: results.Regression, ExitCode: results.ExitRegression, Reasons: []string{"message.delivery p50 in steady: worse by 20 %"}},
	}
}

func renderers() map[string]func(io.Writer, *results.Comparison) error {
	return map[string]func(io.Writer, *results.Comparison) error{
		"text": ComparisonText, "markdown": ComparisonMarkdown, "page": ComparisonHTML, "JSON": ComparisonJSON, "JUnit": JUnit[*results.Comparison],
	}
}

func TestComparison(t *testing.T) {
	for format, wants := range map[string][]string{
		"text":     {"REGRESSION: branch beside main\n", "  - message.delivery p50 in steady: worse by 20 %", "10/10", "+20 % [+18, +22]", "0.006", "regression", "inconclusive", "left out: a/3", "Wilcoxon"},
		"markdown": {"### REGRESSION: branch beside main", "| message.delivery p50 in steady | 10/10 | 1.00 ms | 1.20 ms | +20 % \\[+18, +22\\] | 0.006 | 4 % | regression |", "| _server memory at peak_ |"},
		"page":     {"<h1>REGRESSION: branch beside main</h1>", "Change of each metric", "Shift of the quantiles"},
		"JSON":     {`"schema": 1`, `"cliffs_delta": 1`},
		"JUnit":    {`tests="3" failures="1" skipped="1"`, `<failure type="regression" message="worse by 20 %">`},
	} {
		var b strings.Builder
		if err := renderers()[format](&b, comparison()); err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: no %q in\n%s", format, want, b.String())
			}
		}
	}
}

// TestAbsurdComparison draws what no runs measured, but a file may say.
func TestAbsurdComparison(t *testing.T) {
	for _, v := range []float64{math.MaxFloat64, -math.MaxFloat64, math.NaN(), math.Inf(-1), 0} {
		c := comparison()
		for i := range c.Metrics {
			m := &c.Metrics[i]
			m.Effect, m.Low, m.High, m.Floor, m.P, m.Adjusted, m.Sees, m.BaseMedian, m.HeadMedian = v, v, -v, v, v, v, v, v, v
			m.Base, m.Head = nil, nil
		}
		c.Alpha = v
		c.Shift = []results.Shift{{Percentile: v, BaseNS: math.MaxInt64, HeadNS: 1}, {Percentile: 50, BaseNS: 1, HeadNS: math.MaxInt64}, {Percentile: 90, BaseNS: math.MinInt64}}
		var b strings.Builder
		for format, render := range renderers() {
			if err := render(&b, c); err != nil && format != "JSON" { // which has no such numbers
				t.Errorf("%v: %s: %v", v, format, err)
			}
		}
		for _, p := range ComparisonPlots(c) {
			b.Reset()
			if err := p.SVG(&b); err != nil {
				t.Fatal(err)
			}
			wellFormed(t, b.String())
			if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
				t.Errorf("%v, %s: NaN or Inf", v, p.Name)
			}
		}
	}
	var b strings.Builder
	if err := NoiseText(&b, &results.Noise{Metrics: []results.Noisy{{Metric: "x\x1b", SD: math.NaN(), Seen: []results.Detectable{{Runs: -1, Effect: math.Inf(1)}}, Differs: true}}, Left: []string{"\x1b"}}); err != nil {
		t.Fatal(err)
	}
	harmless(t, "noise", b.String())
}
