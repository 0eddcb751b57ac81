package loadgen

import "time"

// ending is one time that a session closed its stream in good order: from just before it sent its footer until the server's had
// come (RFC 6120 §4.4). The session is over for both of them then.
type ending struct{ from, to time.Duration }

// crossing is how long before a session closes its stream a message to it may have been sent and still be on its way: longer
// than servers take that are not short of CPU.
const crossing = time.Second

// endings are those of a session, in order.
type endings []ending

// met reports whether a message that was sent at some time can have come to the session while that was ending. Until the
// server's footer it is owed delivery, or an offline store; some drop it.
func (l endings) met(sent time.Duration) bool {
	for _, e := range l {
		if sent >= e.from-crossing && sent <= e.to {
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
	isLost    fate = iota
	isKept         // by the server, for somebody who is away
	metTheEnd      // of the recipient's stream, which it came to as that was being closed
)

// fateOf says what became of a message that the session was sent and did not get. Where messages are to be stored, what was sent
// since a session that is away has gone still lies with the server.
func (s *session) fateOf(sent time.Duration) fate {
	switch {
	case s.program.receipts.stores && s.away && s.ends.after(sent):
		return isKept
	case s.ends.met(sent):
		return metTheEnd
	}
	return isLost
}
