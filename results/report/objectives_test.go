package report

import (
	"strings"
	"testing"

	"xmpprig/results"
)

func TestObjectivesInPage(t *testing.T) {
	text := pageOf(t, failedRecord(t))
	wellFormed(t, text)
	for _, want := range []string{"<h2>Objectives</h2>", "<td>errors &lt; 0.1% in login</td><td>MISSED</td><td>99.9951 %</td><td>0.1 %</td><td>2,000</td>",
		"<td>undecided</td><td>–</td><td>250 ms</td>", "<td>misdelivered == 0</td><td>met</td>"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Index(text, "<h2>Objectives</h2>") > strings.Index(text, `<div class="tiles`) {
		t.Error("the objectives do not stand under the verdict")
	}
	if strings.Contains(pageOf(t, shortRecord(t, 1)), "Objectives") {
		t.Error("a run without objectives lists some")
	}
}

// A figure that misses its bound by little does not look like the bound.
func TestObservedIsNotBound(t *testing.T) {
	cases := []struct {
		observed, bound float64
		unit, want      string
	}{
		{312_345_678, 250e6, "ns", "312 ms"}, {250_012_345, 250e6, "ns", "250.012345 ms"}, {250e6, 250e6, "ns", "250 ms"},
		{949.9666, 950, "/s", "949.9666/s"}, {960, 950, "/s", "960/s"},
		{1<<30 + 1, 1 << 30, "B", "1,073,741,825 B"}, {1 << 29, 1 << 30, "B", "512 MiB"},
		{0.00012, .1, "%", "0.00012 %"}, {99.99999999, 100, "%", "99.99999999 %"},
		{1.25, 1.5, "CPUs", "1.25 CPUs"}, {12345, 0, "", "12,345"},
	}
	for _, c := range cases {
		observed := c.observed
		if got := objectiveCells(results.Objective{Observed: &observed, Bound: c.bound, Unit: c.unit})[2]; got != c.want {
			t.Errorf("%v %s beside %v: %s, want %s", c.observed, c.unit, c.bound, got, c.want)
		}
	}
}
