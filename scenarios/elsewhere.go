package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Elsewhere says where every second user is at home, if not at the server under test: users 1, 3, 5 and so on. Exactly one of its
// fields that name a place is set.
type Elsewhere struct {
	Component string // behind an external component that serves this domain
	Server    string // at another server, which is started beside the one under test: loopback, prosody, ejabberd or jabberd2
	Domains   int    // at so many domains, whose server is the rig itself
	Streams   int    // with Domains: that they share to the server under test; 0: each has one of its own
	TLS       string // with Server or Domains: how the servers prove who they are; empty: the default
	Split     *Split // with Server; nil: the two are never parted
}

// Split parts the two servers: for For, and After from the beginning of the measured phases.
type Split struct {
	After, For time.Duration
	Reset      bool // their connections are reset; else they fall silent, and what was sent meanwhile arrives late
}

// Values of Elsewhere.TLS. The default of Domains is none; two servers use TLS where both can, and dialback.
const (
	PeersPlain    = "none"     // dialback over unencrypted streams
	PeersDialback = "dialback" // dialback over TLS
	PeersExternal = "external" // certificates over TLS (XEP-0178)
)

// PeerDomain is what the domains of the rig are under.
const PeerDomain = "peers.test"

// ElsewhereDomain is the domain of the other server.
const ElsewhereDomain = "elsewhere.test"

func elsewhereForm() form[*Elsewhere] {
	f := exactly(object("the block elsewhere", Elsewhere{},
		key("component", domainForm(), "They are behind an external component (XEP-0114) that serves this domain; a name without a dot is a subdomain of the target's.", func(e *Elsewhere) *string { return &e.Component }),
		key("server", oneOf(federating()...), "They are at another server, which is started beside the one under test and federated with it.", func(e *Elsewhere) *string { return &e.Server }),
		key("domains", integer(1, 10_000), "They are at so many domains, d0.peers.test and so on, whose server is the rig itself.", func(e *Elsewhere) *int { return &e.Domains }),
		key("streams", integer(1, 10_000), "With domains: how many streams to the server the domains share. Default: each has one of its own.", func(e *Elsewhere) *int { return &e.Streams }),
		key("tls", peersTLSForm(), "With server or domains: none is dialback without TLS, dialback is over TLS, external is certificates over TLS. Default: none with domains; with server dialback, over TLS where both can.", func(e *Elsewhere) *string { return &e.TLS }),
		key("split", splitForm(), "With server: the connections between the two are cut for a while. Default: never.", func(e *Elsewhere) **Split { return &e.Split }),
	), "component", "server", "domains")
	return into(f, func(e Elsewhere) *Elsewhere { return &e })
}

func (e *Elsewhere) print() *node {
	if e == nil {
		return nil
	}
	m := mapOf().put("component", quoted(e.Component)).put("server", quoted(e.Server)).put("domains", whole(e.Domains)).put("streams", whole(e.Streams)).put("tls", quoted(e.TLS))
	if s := e.Split; s != nil {
		how := "silence"
		if s.Reset {
			how = "reset"
		}
		m.put("split", mapOf().put("after", lasting(s.After)).put("for", lasting(s.For)).put("how", quoted(how)))
	}
	return m
}

// ComponentDomain is the whole domain of the component; empty: there is none.
func (s *Scenario) ComponentDomain() string {
	if s.Elsewhere == nil || s.Elsewhere.Component == "" || strings.Contains(s.Elsewhere.Component, ".") {
		return s.elsewhere().Component
	}
	return s.Elsewhere.Component + "." + s.Target.Domain
}

func (s *Scenario) elsewhere() Elsewhere {
	if s.Elsewhere == nil {
		return Elsewhere{}
	}
	return *s.Elsewhere
}

// explain says where the others are.
func (e *Elsewhere) explain(s *Scenario) string {
	if e == nil {
		return ""
	}
	if e.Component != "" {
		return fmt.Sprintf("every second user is elsewhere: behind the component %s\n", s.ComponentDomain())
	}
	if e.Domains > 0 {
		return fmt.Sprintf("every second user is elsewhere: at %d domains of the rig%s\n", e.Domains, e.proof())
	}
	text := fmt.Sprintf("every second user is elsewhere: at %s, which is %s%s\n", ElsewhereDomain, e.Server, e.proof())
	if e.Split != nil {
		text += fmt.Sprintf("the two servers are parted for %v, %v after the measured phases begin\n", e.Split.For, e.Split.After)
	}
	return text
}

// proof says by what servers prove who they are, where the scenario does.
func (e *Elsewhere) proof() string {
	switch e.TLS {
	case PeersPlain:
		return ", proven by dialback without TLS"
	case PeersDialback:
		return ", proven by dialback over TLS"
	case PeersExternal:
		return ", proven by certificates over TLS"
	}
	return ""
}

// checkElsewhere makes sure that there is somebody elsewhere, who talks over streams of a server.
func (k *checker) checkElsewhere() {
	e := k.Elsewhere
	if e == nil {
		return
	}
	add := func(reason, remedy string, about ...string) {
		k.add(conflict{path: []any{"elsewhere"}, reason: reason, remedy: remedy, about: append(about, "component", "federate", "peer-domains")})
	}
	if k.Load.Sessions == 1 {
		add("one session leaves nobody for elsewhere", "have 2 sessions or more", "sessions")
	}
	if e.Component != "" && k.ComponentDomain() == k.Target.Domain {
		add("the component has the domain of the server", "give it one of its own, such as bots", "domain")
	}
	if e.Split != nil && e.Server == "" {
		add("split parts two servers, and there is one", "name the other with server")
	}
	if e.Streams > 0 && e.Domains == 0 {
		add("streams are of domains of the rig, and there are none", "say how many with domains")
	}
	if e.TLS != "" && e.Server == "" && e.Domains == 0 {
		add("tls is of streams between servers, and there are none", "name another server, or domains of the rig", "peer-tls")
	}
	if e.TLS == PeersExternal && (e.Server == "jabberd2" || k.Target.Server == "jabberd2") {
		add("jabberd2 knows dialback alone, and neither asks other servers for certificates nor offers EXTERNAL", "have tls be dialback", "peer-tls", "server")
	}
	if (e.Server != "" || e.Domains > 0) && !slices.Contains(federating(), k.Target.Server) {
		add("only servers that the rig starts can be federated here", "use --server loopback, prosody, ejabberd or jabberd2", "server")
	}
	if e.Server != "" && k.Target.Domain == ElsewhereDomain {
		add(ElsewhereDomain+" is the domain of the other server", "name another", "domain")
	}
	if e.Component != "" && !isStarted(k.Target.Server) {
		add("a component needs a port and a secret of the server, which only those have that the rig starts", "use loopback, prosody, ejabberd or jabberd2", "server")
	}
}

// elsewhereFrom takes over where the command line has every second user.
func (w *overriding) elsewhereFrom(o Overrides) {
	if o.Component != "" && use(w, "component", o.Component, domainForm()) {
		w.Elsewhere = &Elsewhere{Component: o.Component}
	}
	if o.PeerDomains != 0 && use(w, "peer-domains", fmt.Sprint(o.PeerDomains), integer(1, 10_000)) {
		e := Elsewhere{Domains: o.PeerDomains}
		if w.Elsewhere != nil {
			e.Streams, e.TLS = w.Elsewhere.Streams, w.Elsewhere.TLS
		}
		w.Elsewhere = &e
	}
	if o.Federate != "" && use(w, "federate", o.Federate, oneOf(federating()...)) {
		e := Elsewhere{Server: o.Federate}
		if w.Elsewhere != nil {
			e.Split, e.TLS = w.Elsewhere.Split, w.Elsewhere.TLS
		}
		w.Elsewhere = &e
	}
	if o.PeerTLS != "" && use(w, "peer-tls", o.PeerTLS, peersTLSForm()) {
		e := w.elsewhere()
		e.TLS = o.PeerTLS
		w.Elsewhere = &e
	}
}

func peersTLSForm() form[string] { return oneOf(PeersPlain, PeersDialback, PeersExternal) }

// federating are the servers that can be federated with another.
func federating() []string { return []string{"loopback", "prosody", "ejabberd", "jabberd2"} }

func splitForm() form[*Split] {
	f := object("the block split", Split{},
		must("after", duration(0, longestTime), "How long after the beginning of the measured phases.", func(s *Split) *time.Duration { return &s.After }),
		must("for", duration(time.Millisecond, longestTime), "How long it lasts.", func(s *Split) *time.Duration { return &s.For }),
		key("how", into(oneOf("silence", "reset"), func(s string) bool { return s == "reset" }), "Whether the connections fall silent, or are reset. Default: silence.", func(s *Split) *bool { return &s.Reset }),
	)
	return into(f, func(s Split) *Split { return &s })
}

// PeerDomains are the domains of the rig.
func (s *Scenario) PeerDomains() []string {
	var all []string
	for i := range s.elsewhere().Domains {
		all = append(all, fmt.Sprintf("d%d."+PeerDomain, i))
	}
	return all
}
