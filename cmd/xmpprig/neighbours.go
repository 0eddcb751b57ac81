package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"xmpprig/loadgen"
	"xmpprig/results"
)

// neighbours reckons what others on this machine use beside rig and server, while something is measured.
type neighbours struct {
	busy, at      time.Duration // at the last look
	used, watched time.Duration
}

// look is called each second of a run.
func (n *neighbours) look(p loadgen.Progress) {
	busy, ok := machineCPU()
	elapsed, more := p.At-n.at, busy-n.busy
	first := n.at == 0
	n.busy, n.at = busy, p.At
	if !ok || first || p.ServerCPU < 0 || p.Count.Kind != results.PhaseOpen && p.Count.Kind != results.PhaseClosed {
		return
	}
	own := time.Duration((p.ServerCPU + p.RigCPU) * float64(elapsed))
	n.used += more - own
	n.watched += elapsed
}

// mean is the CPUs that others used; negative where that is not known.
func (n *neighbours) mean() float64 {
	if n.watched <= 0 {
		return -1
	}
	return max(0, n.used.Seconds()/n.watched.Seconds())
}

// clockTick is the unit of /proc/stat, which Linux has fixed for programs.
const clockTick = 10 * time.Millisecond

// machineCPU is the CPU time that anything has used on this machine, or that its host kept from it (proc_stat(5)).
func machineCPU() (busy time.Duration, ok bool) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	line, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(line) // cpu user nice system idle iowait irq softirq steal …
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, false
	}
	for i, f := range fields[1:9] {
		ticks, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, false
		}
		if i != 3 && i != 4 { // idle, and idle while a disk is waited for
			busy += time.Duration(ticks) * clockTick
		}
	}
	return busy, true
}
