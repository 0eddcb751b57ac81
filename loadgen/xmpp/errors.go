package xmpp

import (
	"fmt"

	"xmpprig/loadgen/xmpp/wire"
)

// Stage is a stage of logging in.
type Stage uint8

// The stages in their order.
const (
	Connect      Stage = iota + 1 // TCP
	Stream                        // stream headers and features
	TLS                           // STARTTLS and the handshake
	Upgrade                       // from HTTP to WebSocket
	SASL                          // authentication
	Bind                          // resource binding and the session request
	Manage                        // stream management: enabling it, or resuming
	Registration                  // of an account, in place of what comes behind TLS
)

var stageNames = [...]string{"", "connect", "stream", "tls", "upgrade", "sasl", "bind", "manage", "registration"}

// String returns the name of the stage in lower case.
func (s Stage) String() string {
	if int(s) >= len(stageNames) {
		return fmt.Sprintf("stage %d", uint8(s))
	}
	return stageNames[s]
}

// LoginError says at which stage a login failed. Err is, or wraps, a
// *StreamError, *StanzaError, *SASLError, *ManagementError, IterationError, SCRAMError, Fault,
// wire.SyntaxError, websocket.StatusError or FrameError, one of package bosh, an error of crypto/tls or crypto/x509, of net, or the
// cause of the context's end.
type LoginError struct {
	Stage Stage
	Err   error
}

func (e *LoginError) Error() string { return "log in: " + e.Stage.String() + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *LoginError) Unwrap() error { return e.Err }

// StreamError is a stream error that the peer sent (RFC 6120 §4.9). Host is
// the address inside <see-other-host/>, empty otherwise.
type StreamError struct {
	Condition  wire.Condition
	Text, Host string
}

func (e *StreamError) Error() string {
	return "peer closed the stream: " + describe(string(e.Condition), e.Host, e.Text)
}

// Is reports whether target is a *StreamError of the same condition; an empty
// condition matches every stream error.
func (e *StreamError) Is(target error) bool {
	t, ok := target.(*StreamError)
	return ok && (t.Condition == "" || t.Condition == e.Condition)
}

// StanzaError is a stanza error that the peer sent (RFC 6120 §8.3).
type StanzaError struct {
	Type, Condition, Text string
}

func (e *StanzaError) Error() string {
	return "stanza error: " + describe(e.Condition, e.Type, e.Text)
}

// Is reports whether target is a *StanzaError of the same condition; an empty
// condition matches every stanza error.
func (e *StanzaError) Is(target error) bool {
	t, ok := target.(*StanzaError)
	return ok && (t.Condition == "" || t.Condition == e.Condition)
}

// SASLError is a <failure/> that the peer sent (RFC 6120 §6.5).
type SASLError struct {
	Mechanism, Condition, Text string
}

func (e *SASLError) Error() string {
	return e.Mechanism + " refused: " + describe(e.Condition, "", e.Text)
}

// Is reports whether target is a *SASLError of the same condition; an empty
// condition matches every refusal.
func (e *SASLError) Is(target error) bool {
	t, ok := target.(*SASLError)
	return ok && (t.Condition == "" || t.Condition == e.Condition)
}

// ManagementError is a <failed/> that the peer sent in answer to enable or
// resume (XEP-0198 §3, §5).
type ManagementError struct {
	Request, Condition, Text string
}

func (e *ManagementError) Error() string {
	return e.Request + " refused: " + describe(e.Condition, "", e.Text)
}

// Is reports whether target is a *ManagementError of the same condition; an
// empty condition matches every refusal.
func (e *ManagementError) Is(target error) bool {
	t, ok := target.(*ManagementError)
	return ok && (t.Condition == "" || t.Condition == e.Condition)
}

func describe(condition, detail, text string) string {
	if detail != "" {
		condition += " (" + detail + ")"
	}
	if text != "" {
		condition += ": " + text
	}
	return condition
}

// Fault is a breach of protocol that this side saw, or a need that the peer
// does not meet. Faults compare with errors.Is.
type Fault string

func (f Fault) Error() string { return string(f) }

// The faults.
const (
	NotStream          Fault = "peer does not answer with an XMPP 1.0 stream"
	NotFeatures        Fault = "peer sent something else where stream features are due"
	NoStartTLS         Fault = "peer does not offer STARTTLS"
	StartTLSRefused    Fault = "peer refused STARTTLS"
	InjectedBytes      Fault = "peer sent unencrypted bytes after it agreed to TLS"
	NoMechanism        Fault = "peer offers no SASL mechanism that this account can use"
	NotOffered         Fault = "peer does not offer the SASL mechanism asked for"
	PlainWithoutTLS    Fault = "PLAIN over an unencrypted stream is not allowed"
	NoBinding          Fault = "no channel binding type in common with the peer"
	NoAccountForm      Fault = "peer lets nobody choose the name of an account"
	NoBind             Fault = "peer does not offer resource binding"
	BadJID             Fault = "peer bound no address with a resource"
	NotXML             Fault = "peer sent a WebSocket message that does not begin with <" // RFC 7395 §3.3.3
	UnexpectedAnswer   Fault = "peer sent something else than an answer"
	NoManagement       Fault = "peer does not offer stream management"
	BadAcknowledgement Fault = "peer acknowledges what was not sent" // XEP-0198 §4
	Unacknowledged     Fault = "peer acknowledges nothing"
	BadEncoding        Fault = "SASL data is not base64"
	EarlySuccess       Fault = "peer reports success before it has proved itself"
	BadChallenge       Fault = "SCRAM message is malformed"
	BadExtension       Fault = "SCRAM message needs an extension that is not supported"
	BadNonce           Fault = "SCRAM nonce of the server does not extend the client's"
	BadSignature       Fault = "SCRAM signature of the server is wrong"
	Unexpected         Fault = "peer challenges where the mechanism has nothing to say"
)

// IterationError is an iteration count outside of the Dialer's bounds.
type IterationError struct{ Count, Min, Max int }

func (e IterationError) Error() string {
	return fmt.Sprintf("SCRAM iteration count %d is outside of %d to %d", e.Count, e.Min, e.Max)
}

// SCRAMError is an error that the server reports in place of its signature
// (RFC 5802 §7, server-error-value).
type SCRAMError struct{ Value string }

func (e SCRAMError) Error() string { return "SCRAM server error: " + e.Value }
