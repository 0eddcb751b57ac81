package loadgen

import (
	"testing"
	"testing/synctest"

	"xmpprig/results"
)

// TestWebSocketMeasuresTheSame: what a server does to messages is measured alike over both transports, to the nanosecond,
// as in virtual time nothing else takes any.
func TestWebSocketMeasuresTheSame(t *testing.T) {
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
				for _, path := range []string{"", "/xmpp-websocket"} {
					b := newBench(t, scenario(20, phase, "{message: {to: random, size: 40B}}, ping"), faults...)
					b.o.Dialer.WebSocket = path
					runs = append(runs, b.run(t))
				}
				tcp, web := runs[0], runs[1]
				if figures(tcp, "message.delivery").count == 0 {
					t.Error("no messages were measured")
				}
				for _, name := range []string{"message.delivery", "ping"} {
					a, b := figures(tcp, name), figures(web, name)
					if a != b {
						t.Errorf("%s: %+v over TCP, %+v over WebSocket", name, a, b)
					}
				}
				if a, b := counted(tcp), counted(web); a != b {
					t.Errorf("ledger %+v over TCP, %+v over WebSocket", a, b)
				}
				if tcp.PlanHash != web.PlanHash || len(tcp.Errors) != len(web.Errors) || tcp.Verdict.ExitCode != web.Verdict.ExitCode {
					t.Errorf("%+v %+v, %+v %+v", tcp.Errors, tcp.Verdict, web.Errors, web.Verdict)
				}
			})
		})
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
