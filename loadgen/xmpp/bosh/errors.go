package bosh

import (
	"fmt"
	"net/http"
	"strings"
)

// A TerminalError ends a session (XEP-0124 §17.2).
type TerminalError struct{ Condition string }

func (e *TerminalError) Error() string { return "BOSH: peer ended the session: " + e.Condition }

// Is reports whether target is a *TerminalError of the same condition; an empty condition matches every one.
func (e *TerminalError) Is(target error) bool {
	t, ok := target.(*TerminalError)
	return ok && (t.Condition == "" || t.Condition == e.Condition)
}

// A RecoverableError is a request that the peer asked for again (XEP-0124 §17.3), or that was lost with its connection
// (§14.3), more often than this side repeats one.
type RecoverableError struct {
	Times int   // that it was sent
	Err   error // how the last connection ended; nil: the peer asked for it again
}

func (e *RecoverableError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("BOSH: no answer to a request sent %d times: %v", e.Times, e.Err)
	}
	return fmt.Sprintf("BOSH: peer asks again for a request sent %d times", e.Times)
}

// Unwrap returns how the last connection ended.
func (e *RecoverableError) Unwrap() error { return e.Err }

// A StatusError is an HTTP status other than 200 that stands for no condition.
type StatusError int

func (e StatusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("BOSH: the server answers %d %s", int(e), http.StatusText(int(e))))
}

// StatusOf is the error of an HTTP status. 400, 403 and 404 are conditions of servers from before these were in <body/>
// (XEP-0124 §17.1).
func StatusOf(status int) error {
	switch status {
	case http.StatusOK:
		return nil
	case http.StatusBadRequest:
		return &TerminalError{Condition: "bad-request"}
	case http.StatusForbidden:
		return &TerminalError{Condition: "policy-violation"}
	case http.StatusNotFound:
		return &TerminalError{Condition: "item-not-found"}
	}
	return StatusError(status)
}

// Conditions are those of a TerminalError (XEP-0124 §17.2).
func Conditions() []string {
	return []string{"bad-request", "host-gone", "host-unknown", "improper-addressing", "internal-server-error", "item-not-found", "other-request",
		"policy-violation", "remote-connection-failed", "remote-stream-error", "see-other-uri", "system-shutdown", "undefined-condition"}
}

// A FormatError is a message that is not HTTP/1, or no answer to what was asked.
type FormatError string

func (e FormatError) Error() string { return "BOSH: " + string(e) }

// The errors of a Reader, and of who reads <body/>.
const (
	BadHead   FormatError = "a message does not begin as HTTP/1 does"
	BadLength FormatError = "a length of HTTP is no number, or stated twice" // RFC 9112 §6.3
	BadChunk  FormatError = "a chunk of HTTP is malformed"                   // RFC 9112 §7.1
	TooLong   FormatError = "the head of a message is too long"
	Unasked   FormatError = "the server says what nobody asked for"
	NoBody    FormatError = "a response is no whole <body/>" // XEP-0124 §6
)
