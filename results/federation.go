package results

// Federation says what became of the streams between the server under test and the domains whose server the rig was.
type Federation struct {
	Opened     int64       `json:"opened"`    // streams by the rig
	Accepted   int64       `json:"accepted"`  // streams from the server
	Encrypted  int64       `json:"encrypted"` // of both
	Dialback   int64       `json:"dialback"`  // domains of the rig that the server believed by dialback (XEP-0220)
	External   int64       `json:"external"`  // domains of the rig that it believed by a certificate (XEP-0178)
	Refused    int64       `json:"refused"`   // domains of the rig that it did not believe
	Verified   int64       `json:"verified"`  // proofs of the server's own domain by dialback
	Vouched    int64       `json:"vouched"`   // and by a certificate
	Unsent     int64       `json:"unsent"`    // stanzas of the rig that found no way
	Handshakes []Handshake `json:"handshakes,omitempty"`
}

// Handshake is how long one part of opening these streams took. A percentile is there only if ten samples lie beyond it.
type Handshake struct {
	Name  string `json:"name"` // tls.out and tls.in, of streams that the rig opened and accepted; external; dialback
	Count int64  `json:"count"`
	P50NS *int64 `json:"p50_ns,omitempty"`
	P99NS *int64 `json:"p99_ns,omitempty"`
	MaxNS int64  `json:"max_ns"`
}

// HandshakeOf sums a histogram up.
func HandshakeOf(name string, h *Histogram) Handshake {
	s := Summary(name, "", "", h.Snapshot())
	return Handshake{name, s.Count, s.P50NS, s.P99NS, s.MaxNS}
}
