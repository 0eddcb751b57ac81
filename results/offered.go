package results

// Offered is what a server said it offers, asked before the load: by the features
// of its streams (RFC 6120 §4.3.2) and by service discovery (XEP-0030).
type Offered struct {
	Features   []string `json:"features"`        // by the names that the rig has for them: ping, muc, …
	Mechanisms []string `json:"mechanisms"`      // of SASL, on the stream that was authenticated
	Streams    []string `json:"stream_features"` // {namespace}name
	Server     Entity   `json:"server"`
	Account    Entity   `json:"account"`              // of the user who asked
	Components []Entity `json:"components,omitempty"` // what the server lists as its own
}

// Entity is one address and what it said about itself.
type Entity struct {
	JID        string   `json:"jid"`
	Answered   bool     `json:"answered"`             // it described itself; where it did not, nothing is known
	Identities []string `json:"identities,omitempty"` // category/type
	Features   []string `json:"features,omitempty"`   // namespaces
}
