package report

import (
	"strings"
	"testing"

	"xmpprig/results"
)

func TestOwnFacts(t *testing.T) {
	rate, none := 12.5, 0.0
	s := &results.Server{OwnAsked: 9, OwnFailed: 2, OwnError: "dead\x1b[31m", Own: []results.OwnFigure{
		{Name: "a_total", Kind: "counter", Low: 1, High: 9, Last: 9, PerSecond: &rate},
		{Name: "b_total", Kind: "counter", Low: 4, High: 4, Last: 4, PerSecond: &none},
		{Name: "queue{x=\"\x07\"}", Kind: "gauge", Low: 1, High: 33, Last: 2},
		{Name: "still", Kind: "gauge", Low: 3, High: 3, Last: 3},
		{Name: "zz", Kind: "gauge", Low: 3, High: 4, Last: 3},
	}}
	got := ownFacts(s, 2)
	if len(got) != 4 || got[0] != (fact{"a_total", "12.5/s"}) || got[1].Value != "1 … 33, 2 at the end" || !strings.HasPrefix(got[2].Value, "3 figures") || !strings.HasPrefix(got[3].Value, "2 of 9 times: dead") {
		t.Errorf("%q", got)
	}
	for _, f := range got {
		if strings.ContainsAny(f.Label+f.Value, "\x1b\x07") {
			t.Errorf("%q is not escaped", f)
		}
	}
	if ownFacts(&results.Server{}, 5) != nil {
		t.Error("facts of a server that was not asked")
	}
}
