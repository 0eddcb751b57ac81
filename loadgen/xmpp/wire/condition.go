package wire

import "strconv"

// Condition is a stream error condition of RFC 6120 §4.9.3, by its element name.
type Condition string

// The stream error conditions of RFC 6120 §4.9.3. The scanner itself reports BadFormat, InvalidNamespace,
// NotWellFormed, PolicyViolation, RestrictedXML and UnsupportedEncoding.
const (
	BadFormat              Condition = "bad-format"
	BadNamespacePrefix     Condition = "bad-namespace-prefix"
	Conflict               Condition = "conflict"
	ConnectionTimeout      Condition = "connection-timeout"
	HostGone               Condition = "host-gone"
	HostUnknown            Condition = "host-unknown"
	ImproperAddressing     Condition = "improper-addressing"
	InternalServerError    Condition = "internal-server-error"
	InvalidFrom            Condition = "invalid-from"
	InvalidNamespace       Condition = "invalid-namespace"
	InvalidXML             Condition = "invalid-xml"
	NotAuthorized          Condition = "not-authorized"
	NotWellFormed          Condition = "not-well-formed"
	PolicyViolation        Condition = "policy-violation"
	RemoteConnectionFailed Condition = "remote-connection-failed"
	Reset                  Condition = "reset"
	ResourceConstraint     Condition = "resource-constraint"
	RestrictedXML          Condition = "restricted-xml"
	SeeOtherHost           Condition = "see-other-host"
	SystemShutdown         Condition = "system-shutdown"
	UndefinedCondition     Condition = "undefined-condition"
	UnsupportedEncoding    Condition = "unsupported-encoding"
	UnsupportedFeature     Condition = "unsupported-feature"
	UnsupportedStanzaType  Condition = "unsupported-stanza-type"
	UnsupportedVersion     Condition = "unsupported-version"
)

// SyntaxError says why bytes are not an XMPP stream. It is a comparable value:
//
//	bad, ok := errors.AsType[wire.SyntaxError](err)
type SyntaxError struct {
	Condition Condition // the stream error that answers it
	Offset    int64     // bytes since the start of the stream (the last Reset)
	Reason    string    // in plain words
}

// Error gives condition, place and reason: "restricted-xml at byte 17: comment".
func (e SyntaxError) Error() string {
	return string(e.Condition) + " at byte " + strconv.FormatInt(e.Offset, 10) + ": " + e.Reason
}
