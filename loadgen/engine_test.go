package loadgen

import (
	"context"
	"fmt"
	"math"
	"net"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/xmpp"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// bench is a run on a loopback server over pipes, in virtual time: an hour
// costs what its stanzas cost, and nothing is late.
type bench struct {
	srv *loopback.Server
	o   Options
}

func newBench(t *testing.T, scenario string, faults ...string) *bench {
	t.Helper()
	return newBenchWith(t, scenario, func(*loopback.Options) {}, faults...)
}

// newBenchWith is newBench with a server of another kind.
func newBenchWith(t *testing.T, scenario string, change func(*loopback.Options), faults ...string) *bench {
	t.Helper()
	f, err := loopback.ParseFaults(faults)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse("test.yaml", []byte(scenario))
	if err != nil {
		t.Fatal(err)
	}
	o := loopback.Options{
		Users: loopback.UserPattern(s.Users.Name, s.Users.Password, s.UserCount()), Mechanisms: []string{"PLAIN"}, PlainWithoutTLS: true, Faults: f,
	}
	change(&o)
	srv, err := loopback.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{srv, Options{
		Scenario: s, Seed: 1, Record: filepath.Join(t.TempDir(), "record"),
		Dialer: &xmpp.Dialer{Dial: dialOf(srv), Domain: "localhost", Mechanism: "PLAIN", Timeout: 10 * time.Second},
	}}
}

func dialOf(srv *loopback.Server) func(context.Context, net.Addr) (net.Conn, error) {
	return func(context.Context, net.Addr) (net.Conn, error) { return srv.Dial() }
}

func (b *bench) run(t *testing.T) *results.Run {
	t.Helper()
	defer b.srv.Close()
	run, err := Run(t.Context(), b.o)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// scenario writes the scenario that most tests vary.
func scenario(sessions int, phase, work string) string {
	return fmt.Sprintf(`
name: test
description: a test
users: {name: "user{n}", password: "secret"}
load:
  sessions: %d
  login: {rate: 1000/s}
  warm-up: 0s
  drain: 5s
  timeout: 10s
  phases: [%s]
session:
  start: [login, {presence: available}]
  work: [%s]
  stop: [logout]
`, sessions, phase, work)
}

func find(t *testing.T, r *results.Run, name, phase, kind string) results.Series {
	t.Helper()
	for _, s := range r.Series {
		if s.Name == name && s.Phase == phase && s.Kind == kind {
			return s
		}
	}
	t.Fatalf("no series %s/%s/%s in the record", name, phase, kind)
	return results.Series{}
}

func findPhase(t *testing.T, r *results.Run, name string) results.Phase {
	t.Helper()
	for _, p := range r.Phases {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no phase %s", name)
	return results.Phase{}
}

// A server that stalls is charged for every arrival that came due meanwhile.
// Only the two pings under way wait in the service time.
func TestStallShowsInResponseNotInService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, scenario(2, "{name: steady, duration: 30s, open: {rate: 100/s}}", "ping"), "stall=10s+1.4s")
		run := b.run(t)
		response, service := find(t, run, "ping", "steady", results.Response), find(t, run, "ping", "steady", results.Service)
		if response.Count != 3000 || service.Count != 3000 {
			t.Fatalf("%d responses, %d services; want 3000", response.Count, service.Count)
		}
		// 140 of 3000 come due during the stall, evenly, so 30 wait longer than 1.1 s.
		if got := time.Duration(*response.P99NS); got < 1050*time.Millisecond || got > 1150*time.Millisecond {
			t.Errorf("response p99 = %v, want 1.1 s", got)
		}
		if got := time.Duration(*service.P99NS); got > 10*time.Millisecond {
			t.Errorf("service p99 = %v although only two pings were under way", got)
		}
		if lag := find(t, run, "ping", "steady", results.Lag); lag.MaxNS > int64(time.Millisecond) {
			t.Errorf("lag of %v: the server's stall was taken for the rig's", time.Duration(lag.MaxNS))
		}
	})
}

// Delays drawn from a known distribution come back.
func TestDelaysComeBack(t *testing.T) {
	for _, tt := range []struct {
		fault    string
		quantile func(p float64) float64 // seconds
	}{
		{"delay=5ms", func(float64) float64 { return 0.005 }},
		{"delay=uniform:2ms..8ms", func(p float64) float64 { return 0.002 + 0.006*p }},
		{"delay=exponential:20ms", func(p float64) float64 { return -0.020 * math.Log(1-p) }},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// Sessions enough that none has still to wait when its next ping comes due.
				b := newBench(t, scenario(2000, "{name: steady, duration: 50s, open: {rate: 2000/s}}", "ping"), tt.fault)
				s := find(t, b.run(t), "ping", "steady", results.Response)
				for _, q := range []struct {
					p   float64
					got *int64
				}{{0.5, s.P50NS}, {0.9, s.P90NS}, {0.99, s.P99NS}, {0.999, s.P999NS}} {
					want := tt.quantile(q.p)
					if off := math.Abs(float64(*q.got)/1e9 - want); off > max(100e-6, 0.01*want) {
						t.Errorf("p%v = %v, want %.3f ms", 100*q.p, time.Duration(*q.got), 1000*want)
					}
				}
			})
		})
	}
}

// Every planted loss, duplicate, reordering and misdelivery is counted, and
// nothing else, at 5,000 messages a second.
func TestLedgerCountsPlantedFaults(t *testing.T) {
	for _, faults := range [][]string{
		{}, {"lose=97"}, {"duplicate=89"}, {"reorder=83"}, {"misdeliver=101"},
		{"lose=97", "duplicate=89", "reorder=83", "misdeliver=101"},
		{"lose=7", "delay=30ms"},
	} {
		t.Run(fmt.Sprint(faults), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, scenario(20, "{name: steady, duration: 4s, open: {rate: 5000/s}}", "{message: {to: paired, size: 40B}}"), faults...)
				run := b.run(t)
				tally := b.srv.Tally()
				run.Ledger.Samples = nil
				want := results.Ledger{
					Sent: 20_000, Lost: tally.Lost, Duplicated: tally.Duplicated, Reordered: tally.Reordered, Misdelivered: tally.Misdelivered,
					Delivered: 20_000 - tally.Lost - tally.Misdelivered,
				}
				if !equalLedgers(run.Ledger, want) {
					t.Errorf("got  %+v\nwant %+v", run.Ledger, want)
				}
				if n := int64(len(faults)); n > 0 && want.Lost+want.Duplicated+want.Reordered+want.Misdelivered < 150*n/2 {
					t.Errorf("the server planted too little to tell: %+v", tally)
				}
			})
		})
	}
}
