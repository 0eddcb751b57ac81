package report

import (
	"strings"
	"testing"

	"xmpprig/results"
)

// A run with outages says how long the sessions took to come back, in words and
// as a picture; one without has neither.
func TestOutages(t *testing.T) {
	r := sample(t)
	var calm strings.Builder
	if err := Text(&calm, r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(calm.String(), "Recovery") || hasPlot(r, "recovery") {
		t.Error("a recovery from nothing")
	}
	ns := func(seconds float64) *int64 { n := int64(seconds * 1e9); return &n }
	r.Run.Restarts = []results.Restarted{{AtNS: 4e9, ReadyNS: 6e9}}
	r.Run.Outages = []results.Outage{
		{AtNS: 4e9, Sessions: 2000, To50NS: ns(3), To90NS: ns(5), To100NS: ns(9), Curve: []results.Connected{{NS: 4e9, Sessions: 2000}, {NS: 5e9}, {NS: 13e9, Sessions: 2000}}},
		{AtNS: 20e9, Sessions: 2000, Lowest: 1200, To90NS: ns(1), Curve: []results.Connected{{NS: 20e9, Sessions: 2000}}},
	}
	var text strings.Builder
	if err := Text(&text, r); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(text.String()), " ")
	for _, want := range []string{
		"server at 4.00 s the rig restarted it; it was ready 2.00 s later",
		"of 2,000 sessions connected, 0 at the fewest; 50 % back after 3.00 s; 90 % back after 5.00 s; all back after 9.00 s, 7.00 s after the server was ready again",
		"1,200 at the fewest; 90 % back after 1.00 s; all never back",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	f := newView(r).recoveryPlot().figure
	if len(f.panels) != 2 || f.panels[0].xMax != 9 || f.panels[1].xMax != 9 {
		t.Errorf("pictures %+v; want two that share the 9 s of the longer outage", f.panels)
	}
	var page strings.Builder
	if err := HTML(&page, r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "Recovery: sessions that are back") {
		t.Error("the page has no curve")
	}
}

func hasPlot(r *results.Record, name string) bool {
	for _, p := range Plots(r) {
		if p.Name == name {
			return true
		}
	}
	return false
}
