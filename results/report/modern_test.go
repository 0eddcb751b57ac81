package report

import (
	"strings"
	"testing"

	"xmpprig/results"
)

// What became of files, copies and accounts stands in the report, and what went wrong is not hidden among what went well.
func TestModernFacts(t *testing.T) {
	l := results.Ledger{
		Devices: &results.Devices{PerUser: 2, Direct: 7, CarbonsOwed: 5, CarbonsReceived: 3, CarbonsLost: 1, CarbonsGone: 1},
		Uploads: &results.Uploads{Asked: 9, Made: 6, Refused: 2, Failed: 1, Bytes: 6 << 10, Fetched: 4, Altered: 1},
	}
	got := ""
	for _, f := range ledgerFacts(l) {
		got += f.Value + " " + f.Label + "\n"
	}
	for _, want := range []string{"7 to devices directly", "3 of 5 carbon copies received", "1 copies lost", "1 copies for devices that were away for a time",
		"6 of 9 files put (6.00 KiB)", "4 fetched", "2 refused by the server", "1 that failed to go", "1 ALTERED on the way"} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	e := &results.Enrolment{Made: 9, Removed: 2, Refused: 1, Left: []string{"a@b", "c@d", "e@f", "g@h", "i@j", "k@l"}, LeftMore: 1}
	if got := enrolment(e); got != "9 made, 2 removed, 1 refused, 7 LEFT BEHIND: a@b, c@d, e@f, g@h, i@j … (run.json names them)" {
		t.Error(got)
	}
}
