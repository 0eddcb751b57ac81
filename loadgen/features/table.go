package features

import (
	"slices"

	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// A Feature is something that a server may offer or not.
type Feature struct {
	Name string
	Spec string // where it is specified
	// Marks are how it is recognised; one suffices.
	Marks []Mark
	// needs says that a step cannot work without it, and by which of its keys: empty
	// where it is the step as such. Nil: no step needs it.
	needs func(s *scenarios.Scenario, step scenarios.Step) (key string, needed bool)
}

// A Mark is one sign that a feature is offered.
type Mark struct {
	Where Place
	Name  string // of a stream feature {namespace}name; else a namespace, or an identity category/type
}

// A Place is where a mark shows.
type Place string

// The places.
const (
	Stream    Place = "stream"
	Server    Place = "server"
	Account   Place = "account"
	Component Place = "component"
)

// Table lists the features that are known.
func Table() []Feature {
	return []Feature{
		{"starttls", "RFC 6120", []Mark{{Stream, "{" + wire.NSTLS + "}starttls"}}, nil},
		{"stream management", "XEP-0198", []Mark{{Stream, "{" + wire.NSSM + "}sm"}}, is[scenarios.Resume]},
		{"roster versioning", "RFC 6121", []Mark{{Stream, "{urn:xmpp:features:rosterver}ver"}}, nil},
		{"client state", "XEP-0352", []Mark{{Stream, "{urn:xmpp:csi:0}csi"}}, is[scenarios.CSI]},
		{"registration", "XEP-0077", []Mark{{Stream, "{http://jabber.org/features/iq-register}register"}, {Server, wire.NSRegister}}, is[scenarios.Register]},
		{"ping", "XEP-0199", []Mark{{Server, wire.NSPing}}, pingsServer},
		{"version", "XEP-0092", []Mark{{Server, wire.NSVersion}}, nil},
		{"carbons", "XEP-0280", []Mark{{Server, wire.NSCarbons}, {Account, wire.NSCarbons}}, is[scenarios.Carbons]},
		{"blocking", "XEP-0191", []Mark{{Server, wire.NSBlocking}, {Account, wire.NSBlocking}}, requests("blocklist", "block", "unblock")},
		{"privacy lists", "XEP-0016", []Mark{{Server, "jabber:iq:privacy"}}, nil},
		{"private storage", "XEP-0049", []Mark{{Server, "jabber:iq:private"}}, nil},
		{"vcard", "XEP-0054, XEP-0292", []Mark{{Server, wire.NSVCardTemp}, {Account, wire.NSVCardTemp}, {Account, "pubsub/pep"}, {Server, "pubsub/pep"}}, requests("vcard", "vcard-set")},
		{"pep", "XEP-0163", []Mark{{Account, "pubsub/pep"}, {Server, "pubsub/pep"}}, usesNodes},
		{"archive", "XEP-0313", []Mark{{Account, wire.NSArchive}, {Server, wire.NSArchive}}, readsArchive},
		{"push", "XEP-0357", []Mark{{Account, wire.NSPush}, {Server, wire.NSPush}}, requests("push", "push-disable")},
		{"offline storage", "XEP-0160", []Mark{{Server, "msgoffline"}}, nil},
		{"muc", "XEP-0045", []Mark{{Component, wire.NSMUC}}, joinsRoom},
		{"pubsub", "XEP-0060", []Mark{{Component, "pubsub/service"}, {Server, "pubsub/service"}}, usesService},
		{"upload", "XEP-0363", []Mark{{Component, wire.NSUpload}, {Server, wire.NSUpload}}, is[scenarios.Upload]},
	}
}

// Offers reports whether a feature is offered. It is known if it is, or if every
// place that it could show was seen.
func (f Feature) Offers(o *results.Offered) (offered, known bool) {
	known = true
	for _, m := range f.Marks {
		shown, seen := m.on(o)
		if shown {
			return true, true
		}
		known = known && seen
	}
	return false, known
}

func (m Mark) on(o *results.Offered) (shown, seen bool) {
	switch m.Where {
	case Stream:
		return slices.Contains(o.Streams, m.Name), true
	case Server:
		return m.of(o.Server), o.Server.Answered
	case Account:
		return m.of(o.Account), o.Account.Answered
	}
	seen = o.Server.Answered
	for _, c := range o.Components {
		shown = shown || m.of(c)
		seen = seen && c.Answered
	}
	return shown, seen
}

func (m Mark) of(e results.Entity) bool {
	return slices.Contains(e.Features, m.Name) || slices.Contains(e.Identities, m.Name)
}
