package report

import (
	"math"
	"strings"
	"testing"

	"xmpprig/results"
)

func TestCampaignPlots(t *testing.T) {
	for name, want := range map[string]int{"found": 4, "quiet": 3, "crowded": 4, "nothing": 3} {
		plots := CampaignPlots(campaigns[name]())
		if len(plots) != want {
			t.Errorf("%s: %d pictures", name, len(plots))
		}
		for _, p := range plots {
			var b strings.Builder
			if err := p.SVG(&b); err != nil {
				t.Fatal(err)
			}
			wellFormed(t, b.String())
			if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
				t.Errorf("%s, %s: NaN or Inf", name, p.Name)
			}
		}
	}
}

// TestAbsurdCampaign draws what no campaign measured, but a file may say.
func TestAbsurdCampaign(t *testing.T) {
	for _, v := range []float64{math.MaxFloat64, -math.MaxFloat64, math.NaN(), math.Inf(1), 0} {
		for _, n := range []int64{math.MaxInt64, math.MinInt64} {
			c := campaign()
			c.Seconds, c.Programs, c.RigCPU = v, n, v
			for i := range 2000 {
				c.Samples = append(c.Samples, results.Progress{Seconds: v * float64(i), Programs: n, Corpus: int(n), Coverage: results.Coverage{States: int(n), Edges: int(n)}})
				c.Honest = append(c.Honest, results.Honest{Seconds: v / float64(i+1), Count: n, P50: n, P99: n, Max: n, Failed: n, Attacks: int(n)})
			}
			c.Findings[0].Seconds, c.Restarts[0].Seconds, c.Layers[0].Tried = v, v, n
			c.Findings[0].Size = results.Size{Operations: int(n), Bytes: int(n)}
			var b strings.Builder
			if err := CampaignText(&b, c); err != nil {
				t.Fatal(err)
			}
			sarifOf(t, &results.Campaign{Findings: c.Findings})
			junitOf(t, c)
			for _, p := range CampaignPlots(c) {
				if err := p.SVG(&b); err != nil {
					t.Fatal(err)
				}
				for _, pl := range p.figure.panels {
					if len(pl.marks) > 4000 {
						t.Errorf("%s: %d marks", p.Name, len(pl.marks))
					}
				}
			}
		}
	}
}

func TestHonestWindowsKeepTheWorst(t *testing.T) {
	all := honestWindows([]results.Honest{
		{Seconds: 0, Count: 2000, P50: 5, P99: 50, Max: 90, Attacks: 3}, {Seconds: 1, Count: 2000, P50: 7, P99: 40, Max: 95, Failed: 2}, {Seconds: 2, Count: 10, P50: 1, P99: 2, Max: 3},
		{Seconds: 4, Failed: 4},
	}, 2e9)
	if len(all) != 3 || all[0] != (honestWindow{at: 1, p50: 7, p99: 50, max: 95, attacks: 1.5, failed: 1}) {
		t.Errorf("%+v", all)
	}
	if !math.IsNaN(all[1].p50) || all[1].max != 3 || !math.IsNaN(all[2].max) || all[2].failed != 2 {
		t.Errorf("%+v", all[1:])
	}
}

func TestSpells(t *testing.T) {
	h := func(attacks int, p50 int64) results.Honest {
		return results.Honest{Count: 2000, P50: p50, P99: p50, Max: p50, Attacks: attacks}
	}
	all := spells([]results.Honest{h(0, 1e6), h(2, 2e6), h(0, 3e6), h(1, 4e6), h(9, 5e6), h(0, 6e6)})
	var got []string
	for _, s := range all {
		got = append(got, strings.Join(s.cells(), " "))
	}
	if s := strings.Join(got, "\n"); s != `before the first attack 1 2,000 0 1.00 ms 1.00 ms 1.00 ms 1.00 ms
under attack 3 6,000 0 4.00 ms 4.00 ms 5.00 ms 5.00 ms
between attacks 1 2,000 0 3.00 ms 3.00 ms 3.00 ms 3.00 ms
after the last attack 1 2,000 0 6.00 ms 6.00 ms 6.00 ms 6.00 ms` {
		t.Errorf("spells:\n%s", s)
	}
	if all := spells([]results.Honest{h(0, 1)}); len(all) != 1 || all[0].name != "no attack" {
		t.Errorf("%+v", all)
	}
}

func TestAroundFinding(t *testing.T) {
	c := &results.Campaign{Attacks: []results.Attack{{From: 20, To: 20.5}, {From: 30.2, To: 32.1, Finding: "aa"}}}
	for s := range 60 {
		c.Honest = append(c.Honest, results.Honest{Seconds: float64(s), Count: 10, Max: int64(s) * 1e6})
	}
	c.Honest[45].Count = 0
	if got, want := aroundText(c, results.Finding{Fingerprint: "aa"}), "slowest answer 29.0 ms in the 10 s before, 32.0 ms in the seconds in which it was played, 42.0 ms in the 10 s after"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := aroundText(c, results.Finding{Seconds: 45.5}), "slowest answer 44.0 ms in the 10 s before, no answer in the seconds in which it was played, 55.0 ms in the 10 s after"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := aroundText(&results.Campaign{}, results.Finding{}); got != "" {
		t.Error(got)
	}
}
