package loadgen

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/xmpp"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// resuming makes the scenario's sessions ones with stream management.
func resuming(t *testing.T, text string, faults ...string) *bench {
	t.Helper()
	text = strings.Replace(text, "\nload:", "\ntarget: {stream-management: resume}\nload:", 1)
	b := newBench(t, text, faults...)
	b.o.Dialer.StreamManagement = &xmpp.StreamManagement{Resume: true, AckEvery: 3}
	return b
}

// Sessions that go away and resume lose nothing, whoever writes to them
// meanwhile, and get nothing twice.
func TestResumingLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := resuming(t, scenario(20, "{name: steady, duration: 60s, open: {rate: 40/s}}",
			"{message: {to: random, size: 10B}}, choose: [{weight: 9, do: [{wait: 0s}]}, {do: [disconnect, {wait: 2s}, resume]}]"))
		run := b.run(t)
		if len(run.Errors) > 0 || run.Verdict.ExitCode != int(results.ExitPass) {
			t.Errorf("errors %+v, verdict %+v", run.Errors, run.Verdict)
		}
		s, l := run.Sessions, run.Ledger
		if s.Resumed < 100 || s.ResumesFailed != 0 || s.Lost != 0 {
			t.Errorf("%+v", s)
		}
		if l.Sent < 2000 || l.Delivered != l.Sent || l.Duplicated+l.Lost+l.Refused != 0 {
			t.Errorf("%+v", l)
		}
		if m := l.Managed; m == nil || m.Acked != l.Sent || m.AckedLost+m.DuplicatedAfterResume+m.LostAfterResume != 0 || m.Resent > l.Sent/10 { // the server had handled nearly all
			t.Errorf("%+v", m)
		}
		if tally := b.srv.Tally(); tally.Resumed != s.Resumed || tally.Delivered != l.Delivered {
			t.Errorf("server %+v, rig %+v", tally, s)
		}
		if r := find(t, run, "resume", "steady", results.Response); r.Count != s.Resumed {
			t.Errorf("%d resumptions timed, %d made", r.Count, s.Resumed)
		}
	})
}

// A server that keeps sessions too shortly is found out: the step fails, the
// session is there again all the same, and what was under way is accounted for.
func TestResumingTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := resuming(t, scenario(4, "{name: steady, duration: 20s, open: {rate: 1/s}}", "{message: {to: random, size: 10B}}, disconnect, {wait: 2s}, resume"))
		srv, err := loopback.New(loopback.Options{
			Users: loopback.UserPattern("user{n}", "secret", 4), Mechanisms: []string{"PLAIN"}, PlainWithoutTLS: true,
			StreamManagement: loopback.StreamManagement{KeepFor: time.Second},
		})
		if err != nil {
			t.Fatal(err)
		}
		b.srv = srv
		b.o.Dialer.Dial = dialOf(srv)
		run := b.run(t)
		if len(run.Errors) == 0 || run.Errors[0].Class != "sm:item-not-found" || run.Sessions.ResumesFailed < 15 || run.Sessions.Resumed != 0 {
			t.Errorf("%+v, %+v", run.Errors, run.Sessions)
		}
		if l := run.Ledger; l.Delivered+l.Lost+l.Refused != l.Sent || l.Managed.AckedLost > l.Lost {
			t.Errorf("%+v %+v", l, l.Managed)
		}
	})
}

// Connections that the server cuts are resumed where sessions are to come back.
func TestCutSessionsResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := resuming(t, scenario(20, "{name: steady, duration: 60s, open: {rate: 40/s}}", "{message: {to: random, size: 10B}}"), "cut=all:10s")
		b.o.Reconnect = true
		run := b.run(t)
		if s := run.Sessions; s.Lost != 20 || s.Reconnected != 20 || s.Resumed != 20 || s.ResumesFailed != 0 {
			t.Errorf("%+v", s)
		}
		if l := run.Ledger; l.Lost+l.Duplicated != 0 || l.Delivered != l.Sent {
			t.Errorf("%+v", l)
		}
	})
}

// The ledger tells a server that acknowledges and loses, and one that delivers
// twice, from an honest one.
func TestManagedLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := resuming(t, scenario(20, "{name: steady, duration: 60s, open: {rate: 40/s}}", "{message: {to: random, size: 10B}}"), "lose=100").run(t)
		if m := run.Ledger.Managed; m.AckedLost != run.Ledger.Lost || m.AckedLost < 20 || m.LostAfterResume != 0 {
			t.Errorf("%+v, lost %d", m, run.Ledger.Lost)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := resuming(t, scenario(20, "{name: steady, duration: 60s, open: {rate: 40/s}}",
			"{message: {to: random, size: 10B}}, disconnect, {wait: 100ms}, resume"), "duplicate=100")
		run := b.run(t)
		if m := run.Ledger.Managed; run.Ledger.Duplicated < 20 || m.DuplicatedAfterResume < 15 || m.DuplicatedAfterResume > run.Ledger.Duplicated {
			t.Errorf("%+v, duplicated %d", m, run.Ledger.Duplicated)
		}
	})
}

func TestResumeWithoutManagement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := resuming(t, scenario(2, "{name: steady, duration: 10s, open: {rate: 1/s}}", "resume, ping"))
		b.o.Dialer.StreamManagement = &xmpp.StreamManagement{} // the server keeps nothing
		b.o.Reconnect = true
		run := b.run(t)
		if len(run.Errors) == 0 || run.Errors[0].Class != "not-resumable" {
			t.Errorf("%+v", run.Errors)
		}
	})
}

// Carbon copies are counted apart, as neither duplicates nor strays.
func TestCarbonsAreCountedApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, scenario(4, "{name: steady, duration: 20s, open: {rate: 4/s}}", "{message: {to: paired, size: 10B}}"))
		b.o.Scenario.Session.Start = append(b.o.Scenario.Session.Start, scenarios.Carbons{Base: scenarios.Base{Label: "carbons"}})
		d := b.o.Dialer
		go func() { // another client of user 0 writes to user 1
			time.Sleep(5 * time.Second)
			c, _, err := (&xmpp.Dialer{Dial: d.Dial, Domain: d.Domain, Mechanism: d.Mechanism}).Login(t.Context(), xmpp.Account{Local: "user0", Password: "secret", Resource: "other"}, nil)
			if err != nil {
				t.Error(err)
				return
			}
			for range 3 {
				c.Send([]byte("<message to='user1@localhost/xmpprig' type='chat'><body>x</body></message>"))
			}
			if err := c.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		run := b.run(t)
		l := run.Ledger
		if l.Carbons != 3 || l.Delivered != l.Sent || l.Duplicated+l.Misdelivered != 0 || len(run.Errors) > 0 {
			t.Errorf("%+v, errors %+v", l, run.Errors)
		}
		if n := find(t, run, "carbons", "login", results.Response).Count; n != 4 {
			t.Errorf("%d requests for carbons", n)
		}
	})
}
