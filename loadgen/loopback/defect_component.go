package loopback

import (
	"xmpprig/loadgen/xmpp/trunk"
	"xmpprig/loadgen/xmpp/wire"
)

// componentDefects are those of external components (XEP-0114).
func componentDefects() []Defect {
	return []Defect{
		{"component-handshake-unchecked", "AU", "", []int{43, 51}, "identity", "MUST",
			"a component is let in whatever its handshake says",
			"<handshake>0</handshake> on the port of components"},
		{"component-foreign-from", "ID", "", []int{45, 80}, "identity", "MUST",
			"a component may send in the name of whomever it likes",
			"a component's <message from='BYSTANDER' to='WITNESS'>"},
		{"component-unaddressed-crash", "EX", "g", []int{46, 47}, "crash", "MUST",
			"a component's stanza without from panics and is swallowed",
			"a component's <message to='WITNESS'>"},
	}
}

// componentLimits are those of a component's stream.
func (s *Server) componentLimits() trunk.Limits {
	return trunk.Limits{
		Elements: s.options.Limits, Timeout: s.options.LoginTimeout, AnyHandshake: s.bug("component-handshake-unchecked"),
		AnyAddress: s.bug("component-foreign-from") || s.bug("component-unaddressed-crash"),
	}
}

// mishearComponent is what defects do with a component's stanza. It reports whether nothing else is to be done.
func (s *Server) mishearComponent(e *wire.Element) bool {
	return len(e.Attr("from")) == 0 && s.bug("component-unaddressed-crash") && s.survive(func() { panic("badmatch: no from") })
}
