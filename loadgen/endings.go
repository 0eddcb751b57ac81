package loadgen

import "time"

// ending is one time that a session closed its stream in good order: from just before it sent its footer until the server's had
// come (RFC 6120 §4.4). The session is over for both of them then, until it shows itself again.
type ending struct{ from, to, back time.Duration }

// crossing is how long a message may be on its way to a session that comes or goes: longer than servers take that are not short
// of CPU.
const crossing = time.Second

// endings are those of a session, in order.
type endings []ending

// met reports whether a message that was sent at some time can have come to the session while that was ending: from its sender,
// or from the store, where the session had but just come back. Until the server's footer it is owed delivery, or the store; some
// drop it.
func (l endings) met(sent time.Duration) bool {
	start := time.Duration(0)
	for i, e := range l {
		if i == 0 || l[i-1].back < e.from-crossing {
			start = e.from - crossing
		}
		if sent >= start && sent <= e.to {
			return true
		}
	}
	return false
}

// returned takes note of when the session showed itself again.
func (l endings) returned(at time.Duration) {
	if len(l) > 0 && l[len(l)-1].back == 0 {
		l[len(l)-1].back = at
	}
}

// crossed reports whether a message that was sent to the session when it was away can have come to the server's store when that
// had just been emptied, as the session had come back. It lies there until the next login.
func (l endings) crossed(sent time.Duration) bool {
	for _, e := range l {
		if e.back > 0 && sent >= max(e.from, e.back-crossing) && sent <= e.back+crossing {
			return true
		}
	}
	return false
}

// after reports whether a message was sent when the session was ending for the last time, or later.
func (l endings) after(sent time.Duration) bool {
	return len(l) > 0 && sent >= l[len(l)-1].from-crossing
}

// fate is what became of a message that was not seen again.
type fate int

const (
	isLost       fate = iota
	isKept            // by the server, for somebody who is away
	metTheEnd         // of the recipient's stream, which it came to as that was being closed
	metTheReturn      // of the recipient, who had been away when it was sent
)

// fateOf says what became of a message that the session was sent and did not get. Where messages are to be stored, what was sent
// since a session that is away has gone still lies with the server.
func (s *session) fateOf(sent time.Duration) fate {
	switch {
	case s.program.receipts.stores && s.away && s.ends.after(sent):
		return isKept
	case s.ends.met(sent):
		return metTheEnd
	case s.program.receipts.stores && s.ends.crossed(sent):
		return metTheReturn
	}
	return isLost
}
