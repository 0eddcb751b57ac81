package loadgen

import (
	"testing"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// storms take longer than the other shipped scenarios, or break what others need:
// TestStormsOnRealServers runs those that make or need outages.
var storms = []string{"half-open", "login-flood", "presence-flood", "restart-storm", "resume-storm", "slow-readers"}

func managing(m *scenarios.StreamManagement) *xmpp.StreamManagement {
	if m == nil {
		return nil
	}
	return &xmpp.StreamManagement{Resume: m.Resume, AckEvery: m.AckEvery}
}

// Real servers keep sessions and give them back, whole, and outlive a restart in
// the middle of a run.
func TestStormsOnRealServers(t *testing.T) {
	const sessions = 40
	onRealServers(t, func(t *testing.T, driver string) {
		srv := startReal(t, driver, sessions, "secret")
		storm := func(name string, length time.Duration, restart time.Duration) *results.Run {
			o := scenarios.Overrides{Sessions: sessions, Duration: &length, Server: driver, Password: "secret"}
			if restart > 0 {
				o.Restart = &restart
			}
			run := runOn(t, srv, readScenario(t, name, o))
			if l := run.Ledger; l.Duplicated+l.Reordered+l.Misdelivered != 0 {
				t.Errorf("%s: ledger %+v", name, l)
			}
			return run
		}
		run := storm("resume-storm", 6*time.Second, 0)
		if s, l := run.Sessions, run.Ledger; s.Resumed != sessions || s.ResumesFailed != 0 || len(run.Errors) > 0 || l.Lost != 0 || l.Managed.Acked != l.Sent {
			t.Errorf("resume-storm: %+v, errors %+v, ledger %+v %+v", s, run.Errors, l, l.Managed)
		}
		checkOutage(t, run, sessions)
		run = storm("half-open", 4*time.Second, 0)
		if s, l := run.Sessions, run.Ledger; s.Resumed < 3 || s.ResumesFailed != 0 || len(run.Errors) > 0 || l.Lost != 0 {
			t.Errorf("half-open: %+v, errors %+v, ledger %+v", s, run.Errors, l)
		}
		run = storm("restart-storm", 12*time.Second, time.Second)
		if s := run.Sessions; s.Reconnected != sessions || len(run.Restarts) != 1 || run.Restarts[0].Error != "" || len(run.Server.Crashes) > 0 {
			t.Errorf("restart-storm: %+v, restarts %+v, crashes %+v", s, run.Restarts, run.Server.Crashes)
		}
		checkOutage(t, run, sessions)
	})
}

// checkOutage wants one outage of all sessions, from which all came back.
func checkOutage(t *testing.T, run *results.Run, sessions int) {
	t.Helper()
	if len(run.Outages) != 1 {
		t.Fatalf("outages %+v", run.Outages)
	}
	o := run.Outages[0]
	if o.Sessions != sessions || o.Lowest > sessions/4 || o.To50NS == nil || o.To90NS == nil || o.To100NS == nil || len(o.Curve) < 3 {
		t.Fatalf("outage %+v", o)
	}
	if *o.To50NS > *o.To90NS || *o.To90NS > *o.To100NS {
		t.Errorf("outage %+v: back after %v, %v, %v", o, *o.To50NS, *o.To90NS, *o.To100NS)
	}
}
