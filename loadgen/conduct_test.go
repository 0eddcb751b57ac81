package loadgen

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/loadgen/pace"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// What a run does is what was rehearsed: who writes to whom, in which order.
func TestRunKeepsToItsPlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, scenario(30, "{name: steady, duration: 10s, open: {rate: 50/s, arrivals: poisson}}", "{message: {to: random, size: {uniform: [10B, 200B]}}}"))
		e := newEngine(&b.o)
		want := make([][]int, e.size)
		pcg := rand.NewPCG(0, 0)
		for n := range e.size {
			k := uint64(0)
			for range e.plan[1].open.Arrivals(pace.Share{I: n, N: e.size}) {
				reseed(pcg, e.seed, 1, n, k)
				to, _ := e.program.work[0].(*message).draw(e.users, n, rand.New(pcg))
				want[n] = append(want[n], to)
				k++
			}
		}
		w := conduct(t, b)
		for n := range e.size {
			var got []int
			for seq := range w.ledger.sheets[n].next.Load() {
				slot, _ := w.ledger.sheets[n].slot(seq)
				got = append(got, recipientOf(slot.Load()))
			}
			if !slices.Equal(got, want[n]) {
				t.Errorf("session %d wrote to %v, planned %v", n, got, want[n])
			}
		}
	})
}

// conduct runs a bench and returns what the run leaves inside.
func conduct(t *testing.T, b *bench) *watch {
	t.Helper()
	defer b.srv.Close()
	w, err := prepare(t.Context(), &b.o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestSeedDecidesThePlan(t *testing.T) {
	text := scenario(20, "{name: steady, duration: 5s, open: {rate: 100/s, arrivals: poisson}}", "{message: {to: random, size: {exponential: 100B}}}")
	hash := func(change func(*Options)) string {
		b := newBench(t, text)
		defer b.srv.Close()
		change(&b.o)
		return newEngine(&b.o).rehearse()
	}
	same := hash(func(*Options) {})
	if again := hash(func(*Options) {}); again != same {
		t.Errorf("the same seed gave the plans %s and %s", same, again)
	}
	for what, change := range map[string]func(*Options){
		"seed": func(o *Options) { o.Seed++ },
		"rate": func(o *Options) { o.Scenario, _ = o.Scenario.With(scenarios.Overrides{Rate: 101}) },
	} {
		if other := hash(change); other == same {
			t.Errorf("another %s gave the same plan", what)
		}
	}
}

// Arrivals that find all sessions at work for longer than the time limit are
// counted, and the run says that the rate was not offered.
func TestDroppedArrivalsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// 5 sessions at 1.95 s a ping serve 77 of the 300 arrivals in 30 s.
		text := strings.Replace(scenario(5, "{name: steady, duration: 30s, open: {rate: 10/s}}", "ping"), "timeout: 10s", "timeout: 4s", 1)
		run := newBench(t, text, "delay=1.95s").run(t)
		p := findPhase(t, run, "steady")
		if p.Offered != 300 || p.Completed+p.Failed+p.Dropped != 300 {
			t.Errorf("%+v does not add up to 300", p)
		}
		if p.Completed < 75 || p.Completed > 90 || p.Failed != 0 {
			t.Errorf("%d completed, %d failed; want about 77 and none", p.Completed, p.Failed)
		}
		if run.Verdict.ExitCode != int(results.ExitLimited) || !strings.Contains(strings.Join(run.Verdict.Reasons, " "), "arrivals were begun") {
			t.Errorf("verdict %+v", run.Verdict)
		}
	})
}

func TestClosedPhaseHoldsItsSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Not 400 ms: the end of the 20th would tie with that of the phase.
		run := newBench(t, scenario(10, "{name: hold, duration: 10s, closed: {sessions: 4}}", "ping, {wait: 390ms}"), "delay=100ms").run(t)
		p := findPhase(t, run, "hold")
		if p.Completed+p.Failed != 4*20 || p.Dropped != 0 {
			t.Errorf("%+v; want 80 iterations", p)
		}
	})
}

func TestInterruptDrainsAndReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, scenario(10, "{name: steady, duration: 1h, open: {rate: 100/s}}", "{message: {to: random, size: 10B}}"), "delay=200ms")
		interrupt := make(chan results.ExitCode, 1)
		b.o.Interrupt = interrupt
		time.AfterFunc(20*time.Second, func() { interrupt <- results.ExitInterrupted })
		run := b.run(t)
		if run.Verdict.ExitCode != int(results.ExitInterrupted) || run.ElapsedNS > int64(30*time.Second) {
			t.Errorf("ended after %v with %+v", time.Duration(run.ElapsedNS), run.Verdict)
		}
		if l := run.Ledger; l.Sent < 1500 || l.Lost != 0 || l.Delivered != l.Sent {
			t.Errorf("what was under way was not awaited: %+v", l)
		}
		if p := findPhase(t, run, "steady"); p.Offered > 2000 || p.Dropped > 10 {
			t.Errorf("%+v counts arrivals behind the interrupt", p)
		}
	})
}

func TestDeadServerEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, scenario(10, "{name: steady, duration: 1h, open: {rate: 100/s}}", "ping"))
		time.AfterFunc(20*time.Second, func() { b.srv.Close() })
		run := b.run(t)
		if run.Verdict.ExitCode != int(results.ExitIncomplete) || run.ElapsedNS > int64(30*time.Second) {
			t.Errorf("ended after %v with %+v", time.Duration(run.ElapsedNS), run.Verdict)
		}
		if run.Sessions.Lost != 10 {
			t.Errorf("%d connections lost, want 10", run.Sessions.Lost)
		}
		for _, e := range run.Errors {
			if e.Class != "stream:system-shutdown" && e.Class != "closed" && e.Class != "not-connected" {
				t.Errorf("class %s: %v", e.Class, e.Samples)
			}
		}
		if len(run.Errors) == 0 {
			t.Error("no error was counted")
		}
	})
}

func TestPreflightNamesTheClass(t *testing.T) {
	text := scenario(2, "{name: steady, duration: 1s, open: {rate: 1/s}}", "ping")
	for _, tt := range []struct {
		class  string
		change func(*bench)
	}{
		{"sasl:not-authorized", func(b *bench) {
			b.o.Scenario, _ = b.o.Scenario.With(scenarios.Overrides{Password: "wrong"})
		}},
		{"connect-refused", func(b *bench) {
			b.o.Dialer.Dial, b.o.Dialer.Addr = nil, "127.0.0.1:1"
		}},
		{"negotiation", func(b *bench) {
			b.o.Dialer.Dial = func(context.Context, net.Addr) (net.Conn, error) {
				ours, theirs := net.Pipe()
				go func() {
					theirs.Read(make([]byte, 1000))
					theirs.Write([]byte("<?xml version='1.0'?><html>"))
					theirs.Close()
				}()
				return ours, nil
			}
		}},
	} {
		b := newBench(t, text)
		tt.change(b)
		_, err := Run(t.Context(), b.o)
		setup, ok := errors.AsType[*SetupError](err)
		if !ok || setup.Class != tt.class || setup.Hint() == "" {
			t.Errorf("got %v, want a SetupError of class %s with a hint", err, tt.class)
		}
		b.srv.Close()
	}
}

// Each step of the language is run against a server, and counted.
func TestEveryStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := `
name: steps
description: every step
users: {name: "user{n}", password: "secret"}
load:
  sessions: 4
  login: {rate: 100/s}
  warm-up: 0s
  drain: 5s
  timeout: 10s
  phases: [{name: steady, duration: 20s, open: {rate: 4/s}}]
rooms: {count: 2, name: "room{n}", occupants: 100%}
session:
  start:
    - login
    - presence: available
    - join: {history: 0}
    - roster: {add: paired, group: friends}
    - subscribe: {to: paired, within: 10s}
  work:
    - roster: get
    - presence: away
    - presence: {show: dnd, status: "busy & <so>", to: paired}
    - message: {to: {ring: 2}, size: {uniform: [1B, 50B]}}
    - message: {to: self, body: "hello {user} <&> {seq}"}
    - ping: paired
    - disco
    - raw: {xml: "<iq type='get' id='{id}' to='{domain}'><ping xmlns='urn:xmpp:ping'/></iq>", await: true, as: rawping}
    - expect: {stanza: message, contains: "hello user", within: 2s}
    - repeat: {times: 2, do: [{wait: {exponential: 5ms}}, {ping: {as: again}}]}
    - every: {interval: 10ms, times: 3, do: [{ping: {as: ticked}}]}
    - choose: [{weight: 1, do: [{wait: 1ms}]}, {weight: 2, do: [disco]}]
    - groupchat: {size: 10B}
    - groupchat: {body: "{nick} & co in {room}", as: said}
    - raw: "<message to='{room}' type='groupchat' id='{id}'><body>{nick}</body></message>"
    - leave
    - join: {within: 2s, as: again.in}
    - presence: unavailable
    - reconnect
    - presence: available
    - disconnect
    - login
    - presence: available
    - join
  stop: [logout]
`
		run := newBench(t, text).run(t)
		if p := findPhase(t, run, "steady"); p.Completed != 80 || p.Failed != 0 {
			t.Errorf("%+v; want 80 completed\n%+v", p, run.Errors)
		}
		if run.Target.Software != "xmpprig loopback" || run.Target.Mechanism != "PLAIN" {
			t.Errorf("the server was not asked what it is: %+v", run.Target)
		}
		for name, n := range map[string]int64{
			"roster": 80, "ping": 80, "rawping": 80, "expect": 80, "again": 160, "ticked": 240, "login": 160, "leave": 160, "again.in": 160,
		} {
			if s := find(t, run, name, "steady", results.Response); s.Count != n {
				t.Errorf("%s was answered %d times, want %d", name, s.Count, n)
			}
		}
		if s := find(t, run, "message.delivery", "steady", results.Response); s.Count == 0 {
			t.Error("no delivery was timed")
		}
		if s := find(t, run, "presence.delivery", "steady", results.Response); s.Count == 0 {
			t.Error("no presence was timed")
		}
		if l := run.Ledger; l.Sent != 160+run.Rooms.Owed || l.Delivered+l.Refused+l.Lost != l.Sent || run.Rooms.Sent != 160 || run.Rooms.Owed < 320 || run.Rooms.Wrong() > 0 || l.Delivered < 80 {
			t.Errorf("ledger %+v", l)
		}
	})
}
