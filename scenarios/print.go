package scenarios

import (
	"strconv"
	"strings"
	"time"
)

// Print returns the scenario as a file in canonical form, with the defaults
// filled in. Parsing it gives the same scenario but for positions, Source and
// Hash. The scenario must come from this package.
func (s *Scenario) Print() []byte {
	m := mapOf()
	m.put("name", quoted(s.Name))
	m.put("description", quoted(s.Description))
	m.put("users", s.Users.print())
	m.put("target", s.Target.print())
	m.put("elsewhere", s.Elsewhere.print())
	m.put("load", s.Load.print())
	m.put("rooms", s.Rooms.print())
	features := listOf()
	for _, f := range s.Session.Features {
		features.items = append(features.items, quoted(f))
	}
	m.put("session", mapOf().put("features", features).put("start", printSteps(s.Session.Start)).
		put("work", printSteps(s.Session.Work)).put("stop", printSteps(s.Session.Stop)))
	objectives := listOf()
	for _, o := range s.Objectives {
		objectives.items = append(objectives.items, quoted(o.Text))
	}
	m.put("objectives", objectives)
	return []byte(emit(m))
}

// mapOf, quoted, bare and listOf make nodes to be written.
func mapOf() *node                { return &node{kind: mapping} }
func listOf(items ...*node) *node { return &node{kind: sequence, items: items} }
func quoted(s string) *node       { return &node{kind: text, text: s} }
func bare(s string) *node         { return &node{kind: number, text: s} }
func whole(n int) *node           { return bare(strconv.Itoa(n)) }
func lasting(d time.Duration) *node {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return bare(s)
}

// pausing is lasting, and nothing for none.
func pausing(d time.Duration) *node {
	if d == 0 {
		return nil
	}
	return lasting(d)
}

// put adds a key unless its value is nothing: nil, "" or 0.
func (n *node) put(key string, v *node) *node {
	if v == nil || v.kind < mapping && (v.text == "" || v.text == "0") || v.kind == sequence && len(v.items) == 0 {
		return n
	}
	n.keys = append(n.keys, bare(key))
	n.items = append(n.items, v)
	return n
}

func (u Users) print() *node {
	return mapOf().put("count", whole(u.Count)).put("name", quoted(u.Name)).
		put("password", quoted(u.Password)).put("resource", quoted(u.Resource)).put("devices", whole(u.Devices))
}

func (t Target) print() *node {
	return mapOf().put("server", quoted(t.Server)).put("domain", quoted(t.Domain)).
		put("transport", bare(t.Transport)).put("tls", bare(t.TLS)).put("login", bare(t.Login)).put("mechanism", bare(t.Mechanism)).
		put("stream-management", t.StreamManagement.print())
}

func (l Load) print() *node {
	m := mapOf().put("sessions", whole(l.Sessions))
	m.put("login", mapOf().put("rate", bare(printRate(l.Login.Rate))).put("arrivals", printArrivals(l.Login.Poisson)))
	m.put("warm-up", lasting(l.WarmUp)).put("drain", lasting(l.Drain)).put("timeout", lasting(l.Timeout))
	if l.Reconnect {
		m.put("reconnect", bare("true"))
	}
	m.put("restart-server", pausing(l.RestartServer))
	phases := listOf()
	for _, p := range l.Phases {
		phases.items = append(phases.items, p.print())
	}
	return m.put("phases", phases)
}

func printArrivals(poisson bool) *node {
	if poisson {
		return bare("poisson")
	}
	return bare("constant")
}

func (p Phase) print() *node {
	m := mapOf().put("name", quoted(p.Name)).put("duration", lasting(p.Duration))
	if p.Closed != nil {
		sessions := bare("all")
		if p.Closed.Sessions > 0 {
			sessions = whole(p.Closed.Sessions)
		}
		return m.put("closed", mapOf().put("sessions", sessions))
	}
	return m.put("open", p.Open.print())
}

func (o *Open) print() *node {
	m := mapOf()
	first, last := o.Pieces[0], o.Pieces[len(o.Pieces)-1]
	switch {
	case len(o.Pieces) > 1:
		m.put("stairs", mapOf().put("from", bare(printRate(first.From))).
			put("to", bare(printRate(last.To))).put("steps", whole(len(o.Pieces))))
	case first.From == first.To && first.From >= lowestRate:
		m.put("rate", bare(printRate(first.From)))
	default:
		m.put("ramp", mapOf().put("from", bare(printRate(first.From))).put("to", bare(printRate(first.To))))
	}
	return m.put("arrivals", printArrivals(o.Poisson))
}

func (p Peer) print() *node {
	switch p.Mode {
	case Random:
		return bare("random")
	case Paired:
		return bare("paired")
	case Self:
		return bare("self")
	case Remote:
		return bare("remote")
	case Ring:
		return mapOf().put("ring", whole(p.Span))
	}
	if p.JID != "" {
		return quoted(p.JID)
	}
	return bare("user " + strconv.Itoa(p.N))
}

func printPeer(p *Peer) *node {
	if p == nil {
		return nil
	}
	return p.print()
}

// print spells a distribution whose quantities unit spells.
func (d Dist) print(unit func(float64) *node) *node {
	switch d.Kind {
	case Uniform:
		return mapOf().put("uniform", listOf(unit(d.A), unit(d.B)))
	case Exponential:
		m := mapOf().put("exponential", unit(d.A))
		if d.B > 0 {
			m.put("max", unit(d.B))
		}
		return m
	}
	return unit(d.A)
}

func bytesOf(v float64) *node { return bare(printSize(int(v))) }

func secondsOf(v float64) *node {
	return lasting(time.Duration(v*float64(time.Second) + 0.5))
}
