package oracle

import (
	"fmt"
	"strings"
	"time"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// What two streams of one program are compared by.
const (
	declared   = 256                    // bytes that a namespace may take which is declared over one of them only
	leastLimit = 8 << 10                // bytes of an element that may be refused for its length; no limit is lower (RFC 6120 §13.12)
	slowed     = 400 * time.Millisecond // that an answer takes where somebody is slowed down
	slowedBy   = 8                      // times what it takes where nobody is
)

// differing looks at streams that do the same over two transports, for limits that hold over one of them alone.
func differing(c *Case) []Finding {
	a, b := c.talks[program.Attacker], c.talks[program.Accomplice]
	if a == nil || b == nil || a.way() == b.way() || (a.user == "") != (b.user == "") || !alike(a, b) || c.Facts.Ended {
		return nil
	}
	for _, x := range [][2]*talk{{a, b}, {b, a}} {
		strict, lax := x[0], x[1]
		f := Finding{Oracle: Limit, Row: "O-105", Level: program.Should, Clause: "RFC 6120 §13.12", Ought: "the same limit, whatever a stream goes over"}
		phase := ""
		if strict.user == "" {
			phase = " before authentication"
		}
		switch took, other := c.answered(strict), c.answered(lax); {
		case c.refusedLength(strict) && lax.sent.largest+declared >= strict.sent.largest && !lax.ended && !lax.over && c.taken(lax) && !c.refusedLength(lax):
			f.Title = fmt.Sprintf("an element%s that is refused over %s is taken over %s", phase, strict.way(), lax.way())
			f.Detail = fmt.Sprintf("%s: %d and %d KiB", f.Title, strict.sent.largest>>10, lax.sent.largest>>10)
		case took >= slowed && other > 0 && took >= slowedBy*other && c.Facts.CPU > 0 && 2*c.Facts.CPU < took:
			f.Row = "O-108"
			f.Title = fmt.Sprintf("what is slowed down%s over %s is not over %s", phase, strict.way(), lax.way())
			f.Detail = fmt.Sprintf("%s: %v and %v", f.Title, took.Round(time.Millisecond), other.Round(time.Millisecond))
		default:
			continue
		}
		return []Finding{f}
	}
	return nil
}

// alike reports whether two talks said what is read the same, and ended nothing themselves.
func alike(a, b *talk) bool {
	for _, w := range []*talk{a, b} {
		if w.sent.lost || w.sent.broken || w.sent.partial || w.left || w.dropped {
			return false
		}
	}
	return true
}

// way is what a talk goes over, in words.
func (w *talk) way() string {
	switch {
	case w.carrier != "":
		return w.carrier
	case w.direct:
		return "direct TLS"
	}
	return "TCP"
}

// refusedLength reports whether a talk was refused an element that can have been too long: the stream ended with policy-violation or
// without a word, or the stanza has an error that says as much.
func (c *Case) refusedLength(w *talk) bool {
	if w.sent.largest < leastLimit {
		return false
	}
	for _, s := range Look(c.Transcript, w.actor) {
		switch {
		case s.Condition == "policy-violation" || s.Condition == "resource-constraint":
			return true
		case s.Kind == program.StreamError || s.Kind == program.Terminated:
			return false
		}
	}
	return w.over || w.ended
}

// answered is how long it took until the last answer to what a talk said behind the mark; 0: there was none.
func (c *Case) answered(w *talk) time.Duration {
	first := -1
	for i, e := range c.Transcript {
		if e.Actor == w.actor && e.What == program.Sent && first < 0 && c.isMarked(i) {
			first = i
		}
	}
	last := -1
	for _, t := range w.received.turns {
		if t.marked && t.element.Kind == wire.Stanza && strings.HasPrefix(string(t.element.Attr("id")), syncPrefix) {
			last = t.event
		}
	}
	if first < 0 || last < first || w.over || w.ended {
		return 0
	}
	return c.Transcript[last].At - c.Transcript[first].At
}

// isMarked reports whether an event stands behind the mark.
func (c *Case) isMarked(event int) bool {
	for i, e := range c.Transcript {
		if e.What == program.Marked {
			return event > i
		}
	}
	return false
}
