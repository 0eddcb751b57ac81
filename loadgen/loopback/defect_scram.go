package loopback

// scramDefects are those of SCRAM (RFC 5802).
func scramDefects() []Defect {
	return []Defect{
		{"scram-proof-unchecked", "AU", "", []int{56}, "identity", "MUST",
			"any proof is good",
			"SCRAM for the witness, with a proof that is made up"},
		{"scram-nonce-unchecked", "AU", "", []int{56}, "answer", "MUST",
			"the nonce of the last message is not compared",
			"SCRAM whose last message has another nonce than the challenge"},
		{"scram-binding-unchecked", "AU", "", []int{56}, "answer", "MUST",
			"what the exchange is bound to is not compared",
			"SCRAM whose last message has another c= than its first"},
		{"scram-downgrade-accepted", "AU", "", []int{56}, "answer", "MUST",
			"a client that was kept from binding to the channel is let in",
			"SCRAM with the flag y, though the -PLUS mechanisms are offered"},
	}
}

// lets reports whether a defect lets something pass; nil has none.
func (t *twist) lets(name string) bool { return t != nil && t.has(name) }
