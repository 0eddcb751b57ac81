package report

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"xmpprig/results"
)

// capacitySample is a search that ended with a number.
func capacitySample() *results.Capacity {
	c := &results.Capacity{
		Vary: "rate", Unit: "/s", Series: "ping", Objectives: []string{"ping p99 < 250ms"}, Assumed: true, Within: .05, TrialNS: 10e9, ConfirmNS: 30e9,
		Scenario: results.Scenario{Name: "ping"}, Target: results.Target{Software: "Example", Version: "1.0"}, Environment: results.Environment{CPUs: 2},
		Answer:  results.Answer{Load: 690, Missed: 705, Confirmed: 655.5, Stop: "within 2.1 %", Text: "690/s: that much passed, and 705/s did not"},
		RanOut:  []results.RanOut{{What: "queue", Short: true, Text: "queue: its backlog grew"}, {What: "rig CPU", Text: "rig CPU: 3 %"}},
		Knee:    &results.Knee{Load: 640, P99NS: 9e6},
		USL:     &results.USL{Points: 8, LargestN: 20, Lambda: 500, Sigma: .1, LambdaCI: [2]float64{480, 520}, R2: .98, Remark: "κ is not fitted", Curve: []results.USLPoint{{N: .2, X: 100, Low: 90, High: 110}, {N: 40, X: 800, Low: 700, High: 900}}},
		Needs:   &results.Needs{Basis: []string{"CPU: by a line"}, Range: "up to 1,000 users", Rows: []results.Need{{Users: 100, Rate: 50, CPUs: .5, CPUsPM: .1, Memory: 1 << 27, MemoryPM: 1 << 20, FDs: 112, Sustained: true}, {Users: 1000, Rate: 500, CPUs: -1, Memory: -1, FDs: -1}}},
		Verdict: results.Verdict{Status: results.StatusPassed, Reasons: []string{"690/s: that much passed, and 705/s did not"}},
	}
	for i, load := range []float64{100, 200, 400, 800, 690, 705, 655.5} {
		t := results.Trial{N: i + 1, Kind: results.TrialSearch, Class: results.TrialPassed, Load: load, LengthNS: 10e9, Offered: load, Achieved: min(load, 700), KeptUp: 1, MeanNS: 3e6, P50NS: 2e6, P99NS: 8e6, Observed: true, ServerCPU: load / 1000, ServerMem: 30 << 20, RigCPUs: .1}
		if load > 700 {
			t.Class, t.P99NS = results.TrialMissed, 4e8
		}
		if i == 6 {
			t.Kind = results.TrialConfirm
		}
		c.Trials = append(c.Trials, t)
	}
	return c
}

func TestCapacityText(t *testing.T) {
	var b bytes.Buffer
	if err := CapacityText(&b, capacitySample()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"SUSTAINED: 690/s, arrivals a second of ping on Example 1.0\n", "SHORT: queue: its backlog grew", "enough: rig CPU", "690/s passed, 705/s did not", "656/s for 30.0 s", "knee: from about 640/s", "(assumed,", "0.50 ± 0.10", "more than was sustained"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, b.String())
		}
	}
	c := capacitySample()
	c.Answer.Limited, c.Answer.AtLeast = true, true
	c.Verdict = results.Verdict{Status: results.StatusLimited, ExitCode: int(results.ExitLimited)}
	b.Reset()
	if err := CapacityText(&b, c); err != nil || !strings.HasPrefix(b.String(), "GENERATOR-LIMITED: ≥ 690/s (generator-limited)") || !strings.Contains(b.String(), "705/s was the rig's limit") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// TestCapacityRenders draws and writes whatever a file may hold.
func TestCapacityRenders(t *testing.T) {
	hostile := capacitySample()
	hostile.Scenario.Name = "<script>alert(1)</script>\x1b[2J"
	hostile.RanOut[0].Text, hostile.Command = hostile.Scenario.Name, []string{hostile.Scenario.Name}
	hostile.Trials[0].Class, hostile.Trials[0].Load, hostile.Trials[1].Achieved = hostile.Scenario.Name, math.MaxFloat64, -1
	hostile.USL.Curve[0].Low, hostile.Answer.Missed, hostile.Knee.Load = -3, -1, math.MaxFloat64
	for _, c := range []*results.Capacity{{}, capacitySample(), hostile} {
		var page, text bytes.Buffer
		if err := CapacityHTML(&page, c); err != nil {
			t.Fatal(err)
		}
		if err := CapacityText(&text, c); err != nil {
			t.Fatal(err)
		}
		if err := CapacityMarkdown(&text, c); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(page.String(), "<script") || strings.Contains(text.String(), "\x1b") {
			t.Error("what is hostile is not escaped")
		}
		for _, p := range CapacityPlots(c) {
			if err := p.PNG(&text); err != nil {
				t.Fatal(err)
			}
		}
	}
}
