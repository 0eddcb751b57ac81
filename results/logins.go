package results

// Logins says of what kinds the logins of a run were that succeeded.
type Logins struct {
	SASL2   int64 `json:"sasl2"`    // by SASL2 (XEP-0388)
	Bind2   int64 `json:"bind2"`    // of these, with the resource bound at once (XEP-0386)
	ByToken int64 `json:"by_token"` // of these, in one round, by a token of FAST (XEP-0484)

	TokensRefused int64 `json:"tokens_refused"`     // tokens that the server refused, and a password stood in for
	Upgraded      int64 `json:"upgraded,omitempty"` // that gave the server what it needs for another mechanism (XEP-0480)
	Handshakes    int64 `json:"handshakes"`         // of TLS
	Resumed       int64 `json:"handshakes_resumed"` // of these, those that resumed a session
}
