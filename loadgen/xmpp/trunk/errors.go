package trunk

import (
	"errors"

	"xmpprig/loadgen/xmpp/wire"
)

// StreamError is a stream error (RFC 6120 §4.9), sent by the peer or, where Local is set, by this side.
type StreamError struct {
	Condition wire.Condition
	Text      string
	Local     bool
}

func (e *StreamError) Error() string {
	who := "peer closed the stream: "
	if e.Local {
		who = "closed the stream: "
	}
	if e.Text != "" {
		return who + string(e.Condition) + ": " + e.Text
	}
	return who + string(e.Condition)
}

// Errors of streams.
var (
	ErrClosed      = errors.New("stream is closed")
	ErrUnexpected  = errors.New("peer sent something else than an answer")
	ErrNotStream   = errors.New("peer does not answer with a stream of this kind")
	errHungUp      = errors.New("peer ended its stream")
	errNotAccepted = errors.New("peer did not accept the handshake")
)

// refuse is a stream error of this side's.
func refuse(condition wire.Condition, text string) error {
	return &StreamError{Condition: condition, Text: text, Local: true}
}

// parseStreamError reads <stream:error/>.
func parseStreamError(e *wire.Element) *StreamError {
	found := &StreamError{Condition: wire.UndefinedCondition}
	for c := range e.Children() {
		switch {
		case c.Is(wire.NSStreams, "text"):
			found.Text = string(c.Text())
		case string(c.Space()) == wire.NSStreams:
			found.Condition = wire.Condition(c.Local())
		}
	}
	return found
}
