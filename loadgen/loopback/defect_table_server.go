package loopback

// serverDefects are those of streams between servers (RFC 6120 §8.1, XEP-0220). Their names are those of the flaws of package trunk.
func serverDefects() []Defect {
	return []Defect{
		{"dialback-unsolicited", "DB", "", []int{41, 42}, "pre-auth", "MUST",
			"a dialback result or verify that nobody asked for is believed",
			"on a stream to the port of servers: <db:result type='valid' from='DOMAIN' to='localhost'/>, then a <message> from there"},
		{"dialback-cross-stream", "DB", "", []int{41, 42}, "identity", "MUST",
			"a dialback verify is believed on whatever stream it comes",
			"two domains are claimed; on the stream on which one is asked about: <db:verify type='valid'> for the other"},
		{"dialback-not-verified", "DB", "", []int{45, 46}, "identity", "MUST",
			"a dialback key is believed, and the domain is not asked about it",
			"<db:result from='DOMAIN' to='localhost'>KEY</db:result>"},
		{"dialback-no-id-crash", "DB", "g", []int{46, 47}, "crash", "MUST",
			"a dialback key to verify without the id of a stream panics and is swallowed",
			"<db:verify from='DOMAIN' to='localhost'>KEY</db:verify>"},
		{"dialback-pairs-kept", "DB", "", []int{46, 72}, "leak", "MUST",
			"each claim of a domain leaves 256 KiB behind",
			"<db:result> from some fifty domains"},
		{"stanza-before-dialback", "DB", "d", []int{45, 66}, "pre-auth", "MUST",
			"stanzas of other servers are delivered before dialback",
			"a <message> on a stream to the port of servers"},
		{"stanza-of-any-domain", "DB", "", []int{44, 45}, "identity", "MUST",
			"who is believed for one domain may speak for all",
			"dialback for one domain, then a <message> from another"},
		{"stanza-relayed", "DB", "", []int{47}, "identity", "MUST",
			"what another server sends for a third is sent on to that",
			"dialback, then a <message> to a domain that is not served"},
		{"stanza-without-address", "DB", "", []int{47}, "answer", "MUST",
			"a stanza without from or to is passed over, and the stream goes on",
			"dialback, then a <message> without from"},
	}
}
