package loadgen

import (
	"testing"
	"testing/synctest"

	"xmpprig/results"
)

// TestTransportsMeasureTheSame: what a server does to messages is measured alike over all transports, to the nanosecond,
// as in virtual time nothing else takes any.
func TestTransportsMeasureTheSame(t *testing.T) {
	const phase = "{name: steady, duration: 30s, open: {rate: 100/s}}"
	for _, faults := range [][]string{
		{"delay=20ms"},
		{"stall=8s+1.4s/10s"},
		{"lose=50", "duplicate=70", "reorder=30"},
		{"mute=ping"},
		{"cut=3:5s"},
	} {
		t.Run(faults[0], func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var runs []*results.Run
				for _, path := range []struct{ web, bosh string }{{}, {web: "/xmpp-websocket"}, {bosh: "/http-bind"}} {
					b := newBench(t, scenario(20, phase, "{message: {to: random, size: 40B}}, ping"), faults...)
					b.o.Dialer.WebSocket, b.o.Dialer.BOSH = path.web, path.bosh
					runs = append(runs, b.run(t))
				}
				tcp := runs[0]
				if figures(tcp, "message.delivery").count == 0 {
					t.Error("no messages were measured")
				}
				for i, other := range runs[1:] {
					if i == 1 && faults[0] == "cut=3:5s" {
						continue // a session over BOSH outlives its connections, and is lost in another way
					}
					sameAs(t, tcp, other)
				}
			})
		})
	}
}

// sameAs compares a run over TCP with one over another transport.
func sameAs(t *testing.T, tcp, other *results.Run) {
	for _, name := range []string{"message.delivery", "ping"} {
		if a, b := figures(tcp, name), figures(other, name); a != b {
			t.Errorf("%s: %+v over TCP, %+v over another transport", name, a, b)
		}
	}
	if a, b := counted(tcp), counted(other); a != b {
		t.Errorf("ledger %+v over TCP, %+v over another transport", a, b)
	}
	if tcp.PlanHash != other.PlanHash || len(tcp.Errors) != len(other.Errors) || tcp.Verdict.ExitCode != other.Verdict.ExitCode {
		t.Errorf("%+v %+v, %+v %+v", tcp.Errors, tcp.Verdict, other.Errors, other.Verdict)
	}
}

// figures are a series' count, longest time and histogram; empty where there is none.
func figures(r *results.Run, name string) (f struct {
	count, most int64
	histogram   string
}) {
	for _, s := range r.Series {
		if s.Name == name && s.Phase == "steady" && s.Kind == results.Response {
			f.count, f.most, f.histogram = s.Count, s.MaxNS, s.HDR
		}
	}
	return f
}

func counted(r *results.Run) [6]int64 {
	l := r.Ledger
	return [6]int64{l.Sent, l.Delivered, l.Lost, l.Duplicated, l.Reordered, l.Misdelivered}
}
