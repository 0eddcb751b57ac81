package target

// A jabberdChain is what sm does at one point of a packet's way, in that order.
type jabberdChain struct {
	Name    string
	Modules []string
}

// jabberdChains are those that jabberd2 is shipped with.
func jabberdChains() []jabberdChain {
	return []jabberdChain{
		{"sess-start", []string{"status"}},
		{"sess-end", []string{"status", "iq-last"}},
		{"in-sess", []string{"validate", "status", "privacy", "roster", "vacation", "iq-vcard", "iq-ping", "iq-private", "disco",
			"amp", "offline", "announce", "presence", "deliver"}},
		{"out-sess", nil},
		{"in-router", []string{"session", "validate", "presence", "privacy"}},
		{"out-router", []string{"privacy"}},
		{"pkt-sm", []string{"iq-last", "iq-ping", "iq-time", "iq-version", "amp", "disco", "announce", "help", "echo", "status", "presence"}},
		{"pkt-user", []string{"roster", "presence", "disco", "iq-vcard", "amp", "deliver", "vacation", "offline", "iq-last"}},
		{"pkt-router", []string{"session", "disco"}},
		{"user-load", []string{"active", "roster", "roster-publish", "privacy", "vacation"}},
		{"user-unload", nil},
		{"user-create", []string{"active", "template-roster"}},
		{"user-delete", []string{"active", "announce", "offline", "privacy", "roster", "vacation", "status", "iq-last", "iq-private", "iq-vcard"}},
		{"disco-extend", []string{"iq-version", "help"}},
	}
}
