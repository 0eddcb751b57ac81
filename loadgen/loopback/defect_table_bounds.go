package loopback

// boundsDefects are those of limits that a server announces or was given, and of accounts in trouble. Most show only on a server that
// has the limit; see Options.Bounds.
func boundsDefects() []Defect {
	return []Defect{
		{"limit-overstated", "RX", "", []int{33}, "answer", "SHOULD",
			"an element may have an eighth of the bytes that the features announce (XEP-0478); other limits are as much lower than is said",
			"after bind: <message> of as many bytes as <max-bytes/> says"},
		{"limit-not-enforced", "RX", "", []int{29, 33}, "answer", "SHOULD",
			"elements of up to twice the bytes that the features announce are taken",
			"after bind: <message> of one byte more than <max-bytes/> says"},
		{"silent-peer-kept", "RX", "", []int{72}, "answer", "SHOULD",
			"a peer that opens no session is kept for ever",
			"dial, and nothing more"},
		{"idle-session-kept", "RX", "", []int{72}, "answer", "SHOULD",
			"a session that says nothing is neither asked for a sign of life nor ended",
			"after bind: silence for longer than <idle-seconds/> says"},
		{"attempts-unbounded", "RX", "", []int{73}, "answer", "SHOULD",
			"connections of one address are not counted",
			"more connections in a row than Bounds.Attempts"},
		{"recipients-unbounded", "RX", "", []int{70}, "answer", "SHOULD",
			"the addresses that a session sends to are not counted",
			"after bind: presence to more addresses than Bounds.Recipients"},
		{"unacked-unbounded", "SL", "", []int{71}, "answer", "MUST",
			"what a client does not acknowledge is kept without limit",
			"<enable/>, then more messages to the session than Bounds.Unacked, and no <a/>"},
		{"offline-unbounded", "RX", "", []int{70}, "answer", "SHOULD",
			"messages wait for a user who is away without limit",
			"more messages to a user who is away than Options.Offline"},
		{"disabled-account-in", "AU", "", []int{51}, "answer", "MUST",
			"an account that is disabled gets in, with any password",
			"PLAIN as one of Options.Disabled"},
		{"outage-lets-in", "AU", "", []int{51}, "answer", "MUST",
			"an account that cannot be looked up gets in, with any password",
			"PLAIN as one of Options.Unavailable"},
		{"renegotiation-answered", "ST", "", []int{59}, "answer", "MUST",
			"who asks for another TLS handshake has a stream error under the old keys, and the connection goes on until then",
			"a ClientHello under TLS 1.2"},
	}
}
