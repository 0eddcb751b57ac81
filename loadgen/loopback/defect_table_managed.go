package loopback

// managedDefects are those of stream management (XEP-0198).
func managedDefects() []Defect {
	return []Defect{
		{"sm-enabled-unbound", "EX", "d", []int{67}, "answer", "MUST",
			"stream management is enabled before a resource is bound",
			"<enable xmlns='urn:xmpp:sm:3'/> between SASL success and bind"},
		{"sm-resume-of-another", "ID", "", []int{67}, "identity", "MUST",
			"whoever knows its name may resume anybody's session",
			"<resume previd='THAT OF THE WITNESS' h='0'/> instead of bind"},
		{"sm-resume-unauthenticated", "ST", "d", []int{67}, "pre-auth", "MUST",
			"a session can be resumed before authentication",
			"<resume previd='…' h='0'/> right after the header"},
		{"sm-previd-crash", "EX", "g", []int{67, 85}, "crash", "MUST",
			"the resumption of a session that there never was panics and is swallowed",
			"<resume previd='x' h='0'/>"},
		{"sm-destroyed-crash", "EX", "g", []int{67}, "crash", "MUST",
			"the resumption of a session that was ended panics and is swallowed",
			"<enable resume='true'/>, the end of the stream, then <resume/>"},
		{"sm-high-ack-crash", "EX", "", []int{67}, "crash", "MUST",
			"an acknowledgement of more than was sent panics and is swallowed",
			"<a h='100'/>"},
		{"sm-high-ack-accepted", "EX", "", []int{67}, "answer", "SHOULD",
			"an acknowledgement of more than was sent is taken for one of all",
			"<a h='100'/>"},
		{"sm-count-wrong", "EX", "", []int{67}, "answer", "MUST",
			"the count of stanzas handled has the request for it in it",
			"<r/> behind some stanzas"},
		{"sm-request-ignored", "EX", "", []int{67}, "answer", "MUST",
			"a request to acknowledge has no answer",
			"<r/>"},
		{"sm-failed-tells-count", "ID", "", []int{67}, "answer", "SHOULD",
			"who may not resume a session is told how far it came",
			"<resume previd='THAT OF THE WITNESS' h='0'/>"},
	}
}
