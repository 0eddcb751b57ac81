package loopback

// compressDefects are those of compressed streams (XEP-0138), which are offered with any of these.
func compressDefects() []Defect {
	return []Defect{
		{"inflated-unbounded", "ZB", "b", []int{35, 36, 38, 39}, "limit", "MUST",
			"elements of a compressed stream have no limit: what counts are the bytes that came",
			"compressed, an element of some MiB that compress well"},
		{"compress-before-auth", "ZB", "d", []int{37, 40}, "answer", "SHOULD",
			"a stream can be compressed before authentication",
			"<compress xmlns='http://jabber.org/protocol/compress'> right after the header"},
		{"bad-deflate-crash", "ZB", "", []int{38}, "crash", "MUST",
			"bytes that are no compressed data panic, and are swallowed",
			"compressed, then bytes that are not zlib"},
		{"unknown-method-ends-stream", "ZB", "", []int{38}, "answer", "MUST",
			"a method of compression that there is not ends the stream",
			"<compress> with <method>lzw</method>"},
	}
}
