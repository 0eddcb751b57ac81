package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"xmpprig/loadgen"
	"xmpprig/results"
)

// progress shows how a run stands: one live line on a terminal, a line every
// few seconds in a log.
type progress struct {
	w     io.Writer
	style string // bar, log, none
	every time.Duration
	last  loadgen.Progress
	said  time.Duration
}

func newProgress(w io.Writer, style string) *progress {
	if style == "auto" {
		style = "log"
		if isTerminal(w) {
			style = "bar"
		}
	}
	return &progress{w: w, style: style, every: 5 * time.Second}
}

// show takes the news of each second.
func (p *progress) show(n loadgen.Progress) {
	rate := p.rate(n)
	changed := n.Phase != p.last.Phase
	p.last = n
	switch {
	case p.style == "bar":
		fmt.Fprintf(p.w, "\r\x1b[K%s", p.line(n, rate))
	case p.style == "log" && (changed || n.At-p.said >= p.every):
		p.said = n.At
		fmt.Fprintf(p.w, "xmpprig: %s\n", p.line(n, rate))
	}
}

// rate is how many arrivals, or logins, were completed a second since last
// time; it is negative where a phase began meanwhile.
func (p *progress) rate(n loadgen.Progress) float64 {
	dt := (n.At - p.last.At).Seconds()
	if dt <= 0 || n.Phase != p.last.Phase {
		return -1
	}
	return float64(n.Count.Completed-p.last.Count.Completed) / dt
}

func (p *progress) line(n loadgen.Progress, rate float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%4.0fs %-8s", n.At.Seconds(), n.Phase)
	if p.style == "bar" {
		fmt.Fprintf(&b, " %s", bar(n, 16))
	} else if n.RunEnd > n.At {
		fmt.Fprintf(&b, " (%.0fs to go)", (n.RunEnd - n.At).Seconds())
	}
	fmt.Fprintf(&b, "  %d/%d sessions", n.Sessions, n.Wanted)
	if n.Count.Kind != results.PhaseDrain && rate >= 0 {
		fmt.Fprintf(&b, "  %.0f/s", rate)
	}
	fmt.Fprintf(&b, "  rig %.0f%%", 100*n.RigCPU)
	if n.ServerCPU >= 0 {
		fmt.Fprintf(&b, "  server %.0f%%", 100*n.ServerCPU)
	}
	if n.Count.Dropped > 0 {
		fmt.Fprintf(&b, "  dropped %d", n.Count.Dropped)
	}
	if n.Errors > 0 {
		fmt.Fprintf(&b, "  errors %d", n.Errors)
	}
	return b.String()
}

// bar draws how much of the phase is over: of its time, or of the logins.
func bar(n loadgen.Progress, width int) string {
	share := 0.0
	switch {
	case n.Count.Kind == results.PhaseLogin && n.Wanted > 0:
		share = float64(n.Sessions) / float64(n.Wanted)
	case n.PhaseEnd > n.PhaseStart:
		share = float64(n.At-n.PhaseStart) / float64(n.PhaseEnd-n.PhaseStart)
	}
	full := int(min(max(share, 0), 1) * float64(width))
	return "[" + strings.Repeat("=", full) + strings.Repeat(" ", width-full) + "]"
}

// done ends the live line.
func (p *progress) done() {
	if p.style == "bar" && p.last.At > 0 {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
