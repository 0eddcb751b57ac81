package loopback

// boshDefects are those of sessions over BOSH (XEP-0124).
func boshDefects() []Defect {
	return []Defect{
		{"no-limit-over-bosh", "WS", "a", []int{6, 31, 74}, "limit", "MUST",
			"elements have no limit over BOSH",
			"over BOSH, any element of more than 256 KiB"},
		{"wider-limit-over-websocket", "WS", "a", []int{31, 74}, "limit", "MUST",
			"elements may be three times as long over WebSocket as they may be elsewhere",
			"over WebSocket, an element of 256 to 768 KiB"},
		{"bosh-rid-ignored", "WS", "d", []int{74}, "answer", "MUST",
			"requests are taken whatever their number is",
			"a request of a session whose rid is far beyond the window"},
		{"bosh-missing-key-taken", "WS", "", []int{74}, "answer", "MUST",
			"a request without a key is taken where keys are checked",
			"a session with a sequence of keys, then a request without one"},
		{"bosh-lives-after-terminate", "WS", "d", []int{74}, "answer", "MUST",
			"a session goes on after its terminate",
			"a request of type terminate, then any other"},
		{"bosh-no-rid-crash", "WS", "g", []int{74}, "crash", "MUST",
			"a request without a number panics and is swallowed",
			"<body> without a rid"},
		{"truncated-request-loop", "LP", "", []int{76}, "cost", "MUST",
			"a request that is JSON, or the beginning of it, is looked at in a loop of two seconds",
			"POST to the path of BOSH with {"},
	}
}
