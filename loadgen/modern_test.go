package loadgen

import (
	"sync"
	"testing"
	"time"

	"xmpprig/loadgen/target"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// modern are scenarios of what clients of today do; TestModernOnRealServers runs them side by side.
var modern = []string{"devices", "reactions", "receipts", "registration", "upload"}

// Real servers take all of it, and every account closes.
func TestModernOnRealServers(t *testing.T) {
	for _, driver := range []string{"prosody", "ejabberd"} {
		if skipped(driver) {
			t.Logf("%s is left out by XMPPRIG_SKIP_SERVERS", driver)
			continue
		}
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			const sessions = 16
			srv := startServer(t, target.Spec{Driver: driver, Sessions: (sessions + 8) * len(modern), Services: []string{target.Registration, target.Upload},
				Users: target.Users{Count: 100 + 100*len(modern), Name: "user{n}", Password: "secret"}})
			var group sync.WaitGroup
			runs := make([]*results.Run, len(modern))
			for i, name := range modern {
				length, warmUp := time.Second, time.Duration(0)
				s := readScenario(t, name, scenarios.Overrides{Sessions: sessions, Rate: 20, Duration: &length, WarmUp: &warmUp, Server: driver, Password: "secret", User: "user" + string(rune('1'+i)) + "{n}"})
				group.Go(func() { runs[i] = runOn(t, srv, s) })
			}
			group.Wait()
			for i, run := range runs {
				if run != nil {
					t.Run(modern[i], func(t *testing.T) { checkModern(t, run) })
				}
			}
		})
	}
}

func checkModern(t *testing.T, run *results.Run) {
	if code := results.ExitCode(run.Verdict.ExitCode); code != results.ExitPass && code != results.ExitLimited {
		t.Errorf("verdict %+v", run.Verdict)
	}
	l := run.Ledger
	if len(run.Errors) > 0 || l.Sent == 0 || l.Lost+l.Refused+l.Duplicated+l.Reordered+l.Misdelivered > 0 || len(run.Server.Crashes) > 0 {
		t.Errorf("errors %+v, ledger %+v, crashes %+v", run.Errors, l, run.Server.Crashes)
	}
	if d := l.Devices; d != nil && (d.CarbonsOwed == 0 || d.CarbonsReceived != d.CarbonsOwed || d.CarbonsTwice != 0) {
		t.Errorf("devices %+v", d)
	}
	if e := run.Enrolment; e != nil && (e.Made < 5 || e.Removed != e.Made || len(e.Left) > 0) {
		t.Errorf("accounts %+v", e)
	}
	if u := l.Uploads; u != nil && (u.Made == 0 || u.Made != u.Asked || u.Fetched != u.Made) {
		t.Errorf("uploads %+v", u)
	}
	if r := l.Receipts; r != nil && r.Returned != r.Asked {
		t.Errorf("receipts %+v", r)
	}
}
