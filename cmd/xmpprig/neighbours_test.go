package main

import (
	"testing"
	"time"

	"xmpprig/loadgen"
	"xmpprig/results"
)

// TestNeighbours looks at the measured seconds alone, and says nothing where the server cannot be seen.
func TestNeighbours(t *testing.T) {
	var n neighbours
	open := results.Phase{Kind: results.PhaseOpen}
	for s := range 3 {
		n.look(loadgen.Progress{At: time.Duration(s+1) * time.Second, Count: results.Phase{Kind: results.PhaseLogin}})
	}
	if n.mean() >= 0 {
		t.Errorf("%v CPUs before anything was measured", n.mean())
	}
	n.look(loadgen.Progress{At: 4 * time.Second, ServerCPU: -1, Count: open})
	if n.mean() >= 0 {
		t.Errorf("%v CPUs beside a server that is not seen", n.mean())
	}
	n.look(loadgen.Progress{At: 5 * time.Second, Count: open})
	if n.mean() < 0 {
		t.Error("nothing is known after a measured second")
	}
	n = neighbours{}
	n.busy, n.at = 0, time.Second // all that this machine ever used came within one second, of which rig and server had a little
	n.look(loadgen.Progress{At: 2 * time.Second, ServerCPU: .5, RigCPU: .25, Count: open})
	busy, ok := machineCPU()
	if got := n.mean(); !ok || got <= 0 || got > busy.Seconds() {
		t.Errorf("%v CPUs of %v", got, busy)
	}
}
