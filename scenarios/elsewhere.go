package scenarios

import (
	"fmt"
	"strings"
)

// Elsewhere says where every second user is at home, if not at the server under test: users 1, 3, 5 and so on. Exactly one of its
// fields that name a place is set.
type Elsewhere struct {
	Component string // behind an external component that serves this domain
}

func elsewhereForm() form[*Elsewhere] {
	f := exactly(object("the block elsewhere", Elsewhere{},
		key("component", domainForm(), "They are behind an external component (XEP-0114) that serves this domain; a name without a dot is a subdomain of the target's.", func(e *Elsewhere) *string { return &e.Component }),
	), "component")
	return into(f, func(e Elsewhere) *Elsewhere { return &e })
}

func (e *Elsewhere) print() *node {
	if e == nil {
		return nil
	}
	return mapOf().put("component", quoted(e.Component))
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
	return fmt.Sprintf("every second user is elsewhere: behind the component %s\n", s.ComponentDomain())
}

// checkElsewhere makes sure that there is somebody elsewhere, who talks over streams of a server.
func (k *checker) checkElsewhere() {
	e := k.Elsewhere
	if e == nil {
		return
	}
	add := func(reason, remedy string, about ...string) {
		k.add(conflict{path: []any{"elsewhere"}, reason: reason, remedy: remedy, about: append(about, "component")})
	}
	if k.Load.Sessions == 1 {
		add("one session leaves nobody for elsewhere", "have 2 sessions or more", "sessions")
	}
	if e.Component != "" && k.ComponentDomain() == k.Target.Domain {
		add("the component has the domain of the server", "give it one of its own, such as bots", "domain")
	}
	if e.Component != "" && !isStarted(k.Target.Server) {
		add("a component needs a port and a secret of the server, which only those have that the rig starts", "use loopback, prosody or ejabberd", "server")
	}
}

// elsewhereFrom takes over where the command line has every second user.
func (w *overriding) elsewhereFrom(o Overrides) {
	if o.Component != "" && use(w, "component", o.Component, domainForm()) {
		w.Elsewhere = &Elsewhere{Component: o.Component}
	}
}
