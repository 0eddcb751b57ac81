package oracle

import (
	"fmt"
	"strings"
	"time"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// Bounds beyond which something is conspicuous. Real servers stay far below them.
const (
	maxUnauthenticated = 512 << 10 // bytes of an element before authentication
	maxElement         = 1 << 20   // bytes of an element
	suspectRSS         = 4 << 20   // bytes of memory
	suspectFDs         = 1
	suspectThreads     = 8
	suspectCPU         = 100 * time.Millisecond
	cpuPerKiB          = 300 * time.Microsecond
	cpuPerElement      = 2 * time.Millisecond   // each is parsed, routed and answered
	cpuPerPiece        = 100 * time.Microsecond // that arrives alone
	cpuPerDial         = 10 * time.Millisecond  // with TLS
	cpuPerExchange     = 20 * time.Millisecond  // a password is hashed in it
	amplifiedBytes     = 64 << 10
	amplifiedBy        = 30      // times what was sent
	heldBytes          = 8 << 20 // of memory, while a peer does not read
	floodBytes         = 64 << 10
	floodedBy          = 10                     // times what was sent
	perDial            = 1 << 10                // bytes that a connection counts as: it is logged, and takes packets
	waitedStill        = 200 * time.Millisecond // for a server that does nothing
	waitedBusy         = 300 * time.Millisecond // for one that is busy
	waitedBy           = 20                     // times what is usual
	waitedLong         = 800 * time.Millisecond // for whatever; where others use the server too, no more is known
)

// limits looks for elements without a bound (RFC 6120 §13.12).
func limits(c *Case) (found []Finding) {
	for _, a := range attackers() {
		w := c.talks[a]
		if w == nil || w.dropped || w.ended || w.over || w.sent.broken || !c.taken(w) {
			continue
		}
		f := Finding{Oracle: Limit, Row: "O-105", Level: program.Should, Ought: "policy-violation, or the end of the stream", Clause: "RFC 6120 §13.12"}
		switch {
		case w.user == "" && w.sent.largest > maxUnauthenticated:
			f.Title = "an element before authentication may have more than 512 KiB"
			if w.secure {
				f.Title += " under TLS"
			}
		case w.user != "" && w.sent.largest > maxElement:
			f.Title = "an element may have more than 1 MiB"
		default:
			continue
		}
		if w.carrier != "" {
			f.Title += " over " + w.carrier
		}
		f.Detail = fmt.Sprintf("%s: %d KiB were taken", f.Title, w.sent.largest>>10)
		found = append(found, f)
	}
	return found
}

// held looks for memory that grows with what a peer does not read (RFC 6120 §13.12): a bounded queue takes no more at some point.
func held(c *Case) []Finding {
	in, _, _ := c.spent()
	if c.Facts.Peak < heldBytes || c.Facts.Peak < in*9/10 || in < heldBytes || c.Facts.Ended {
		return nil
	}
	return []Finding{{Oracle: Limit, Row: "O-112", Level: program.Should, Title: "what a peer does not read is kept without bound", Clause: "RFC 6120 §13.12",
		Detail: fmt.Sprintf("%d MiB more memory while %d MiB were sent and nothing was read", c.Facts.Peak>>20, in>>20), Ought: "a bounded queue, and the end of a stream that is not read"}}
}

// taken reports whether the server had time to refuse the largest element, and did not rather leave it in the network.
func (c *Case) taken(w *talk) bool {
	if at := c.timedOut(w, string(program.Send)); at >= 0 {
		return false
	}
	if n := len(w.timeouts); n > 0 && w.timeouts[n-1] > w.sent.largeAt {
		return true
	}
	n := len(w.received.turns)
	return n > 0 && w.received.turns[n-1].event > w.sent.largeAt
}

// What may stay.
const (
	fds     = "file descriptors stay"
	threads = "threads stay"
	memory  = "memory stays"
)

// Residue reports whether what stayed after one more trial is of the kind that a finding is about.
func Residue(f Finding, moreFDs, moreThreads int, moreRSS, leastRSS int64) bool {
	switch {
	case strings.HasPrefix(f.Title, fds):
		return moreFDs > 0
	case strings.HasPrefix(f.Title, threads):
		return moreThreads > 0
	}
	return strings.HasPrefix(f.Title, memory) && moreRSS >= leastRSS
}

// leaks looks for what stayed. One program shows no more than a suspicion: a server that was never so busy before grows.
func leaks(c *Case) (found []Finding) {
	f := Finding{Oracle: Leak, Row: "O-112", Level: program.Must, Ought: "what a connection took is given back when it is gone", Clause: "RFC 6120 §13.12"}
	for _, x := range []struct {
		suspect bool
		what    string
		n       int64
	}{
		{c.Facts.FDs >= suspectFDs, fds, int64(c.Facts.FDs)},
		{c.Facts.Threads >= suspectThreads, threads, int64(c.Facts.Threads)},
		{c.Facts.RSS >= suspectRSS, memory, c.Facts.RSS},
	} {
		if x.suspect && !c.Facts.Ended {
			f.Title = x.what + " when all connections are gone"
			f.Detail = fmt.Sprintf("%s: %d more than before", f.Title, x.n)
			found = append(found, f)
		}
	}
	return found
}

// costs looks for CPU time out of proportion to what was sent.
func costs(c *Case) []Finding {
	bytes, dials, exchanges := c.spent()
	fair := suspectCPU + cpuPerKiB*time.Duration(1+bytes>>10) + cpuPerElement*time.Duration(c.elements()) + cpuPerPiece*time.Duration(c.pieces(bytes)) +
		cpuPerDial*time.Duration(dials) + cpuPerExchange*time.Duration(exchanges)
	if c.Facts.CPU < fair {
		return nil
	}
	return []Finding{{Oracle: Cost, Row: "O-112", Level: program.Should, Title: "CPU time out of proportion to what is sent", Clause: "RFC 6120 §13.12",
		Detail: fmt.Sprintf("%v of CPU for %d bytes", c.Facts.CPU.Round(time.Millisecond), bytes), Ought: "a cost that grows with the bytes, and not faster"}}
}

// elements is how many first-level elements all actors sent.
func (c *Case) elements() (n int) {
	for _, w := range c.talks {
		n += len(w.sent.turns)
	}
	return n
}

// pieces is in how many writes the bytes came, at the most.
func (c *Case) pieces(bytes int64) int64 {
	smallest := 0
	for _, op := range c.Program.Ops {
		if op.By > 0 && (smallest == 0 || op.By < smallest) {
			smallest = op.By
		}
	}
	if smallest == 0 {
		return 0
	}
	return bytes / int64(smallest)
}

// spent is what all actors did from the first on: bytes that they sent, connections that they made, and steps of SASL.
func (c *Case) spent() (bytes int64, dials, exchanges int) {
	for _, w := range c.talks {
		bytes += w.sent.all
		dials += w.dials
		exchanges += w.exchange
	}
	return bytes, dials, exchanges
}

// amplified looks for far more bytes out than in.
func amplified(c *Case) []Finding {
	var in, out int64
	for _, w := range c.talks {
		in += w.sent.bytes
		out += w.received.bytes - w.archived()
	}
	if out < amplifiedBytes || out < amplifiedBy*(in+1) {
		return nil
	}
	return []Finding{{Oracle: Amplification, Row: "O-108", Level: program.Should, Title: "far more comes out than goes in", Clause: "RFC 6120 §13.12",
		Detail: fmt.Sprintf("%d bytes out for %d in", out, in), Ought: "what one session sends is answered in proportion"}}
}

// archived is how many bytes came out of archives (XEP-0313), which somebody sent before.
func (w *talk) archived() (n int64) {
	for _, t := range w.received.turns {
		if t.marked && hasChildOf(t.element, wire.NSArchive) {
			n += int64(len(t.element.Raw()))
		}
	}
	return n
}

// flooded looks for a log that grows much faster than the input.
func flooded(c *Case) []Finding {
	in, dials, _ := c.spent()
	if c.Facts.Log < floodBytes || c.Facts.Log < floodedBy*(in+perDial*int64(dials)+1) || len(c.Facts.Crashes) > 0 {
		return nil
	}
	return []Finding{{Oracle: LogFlood, Row: "O-112", Level: program.Should, Title: "the log grows far more than the input",
		Detail: fmt.Sprintf("%d bytes logged for %d sent", c.Facts.Log, in), Ought: "what is logged of hostile input is bounded"}}
}

// shortestSecret is the length below which a password may stand in a log by chance.
const shortestSecret = 6

// told looks for passwords in the log.
func told(c *Case) []Finding {
	for _, line := range c.Facts.Lines {
		for _, secret := range c.Facts.Secrets {
			if len(secret) >= shortestSecret && strings.Contains(line, secret) {
				return []Finding{{Oracle: Secret, Level: program.Must, Title: "the log tells a password", Clause: "RFC 6120 §13.9",
					Detail: "a line of the log holds it: " + strings.ReplaceAll(line, secret, "***"), Ought: "no password, and nothing it can be read from, is logged"}}
			}
		}
	}
	return nil
}

// neighbours looks for honest sessions that had to wait.
func neighbours(c *Case) []Finding {
	if c.Facts.Waited < waitedBy*c.Facts.Usual || c.Facts.Ended || !waitedInVain(c.Facts.Waited, c.Facts.CPU) {
		return nil
	}
	return []Finding{{Oracle: Neighbour, Row: "O-108", Level: program.Should, Title: "honest sessions wait", Clause: "RFC 6120 §13.12",
		Detail: fmt.Sprintf("one waited %v for an answer that usually takes %v", c.Facts.Waited.Round(time.Millisecond), c.Facts.Usual.Round(10*time.Microsecond)),
		Ought:  "others are served while somebody is served"}}
}

// waitedInVain reports whether somebody waited for a server that was busy with somebody else, or that stood still. One that used some CPU,
// and not as much as others waited, may itself have waited for a CPU of a busy machine.
func waitedInVain(waited, cpu time.Duration) bool {
	return waited >= waitedLong || waited >= waitedBusy && 2*cpu >= waited || waited >= waitedStill && cpu > 0 && 10*cpu < waited
}
