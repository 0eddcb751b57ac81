package oracle

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// Outcome is how a server did in one row.
type Outcome string

// The outcomes.
const (
	Conform       Outcome = "conform"        // as the specification says
	Tolerated     Outcome = "tolerated"      // otherwise, and harmless
	Deviation     Outcome = "deviation"      // against a requirement of the judgement's level
	NotApplicable Outcome = "not-applicable" // the server does not offer what the row is about
)

// Judgement is an outcome and what it rests on.
type Judgement struct {
	Outcome Outcome
	Level   program.Level // of the requirement, and so of a deviation from it
	Seen    string        // what was seen, in the words of a program
	Reason  string        // why it is a deviation beyond what was seen; may be empty
}

// Judge says how the server did whose transcript this is.
func Judge(p *program.Program, t program.Transcript) (Judgement, error) {
	c := &court{t: t, seen: map[program.Actor][]Seen{}, trunks: trunksOf(p, t)}
	for _, a := range program.Actors() {
		c.seen[a] = Look(t, a)
	}
	j := Judgement{Outcome: Deviation, Level: p.Level, Seen: c.words(p)}
	if c.err = c.learned(p); c.err != nil {
		return j, c.err
	}
	if j.Reason = c.breach(); j.Reason != "" {
		j.Level = program.Must
		return j, nil
	}
	for _, l := range p.Lines {
		if !c.fits(l) {
			continue
		}
		switch l.Verdict {
		case program.Conform:
			j.Outcome = Conform
			if c.elder {
				j.Outcome = Tolerated
			}
		case program.Tolerate:
			j.Outcome = Tolerated
		case program.Deviate:
			j.Level = l.Level
		}
		return j, c.err
	}
	return j, c.err
}

// court is one case.
type court struct {
	t     program.Transcript
	seen  map[program.Actor][]Seen
	elder bool  // the line fits by a name that a condition had before
	err   error // of a template

	trunks *Case // the streams between servers
}

// words is what all actors saw.
func (c *court) words(p *program.Program) string {
	var all []string
	for _, a := range program.Actors() {
		acts := slices.ContainsFunc(p.Ops, func(o program.Op) bool { return o.Actor == a })
		if !acts {
			continue
		}
		var one []string
		for _, s := range c.seen[a] {
			one = append(one, s.String())
		}
		if len(one) == 0 {
			one = []string{string(program.Nothing)}
		}
		all = append(all, string(a)+" "+strings.Join(one, ", "))
	}
	return strings.Join(all, " ; ")
}

// learned makes sure that every template of the header has its value.
func (c *court) learned(p *program.Program) error {
	for _, l := range p.Lines {
		for _, s := range l.Seen {
			for _, v := range s.Values {
				if _, err := program.Expand(v.Text, c.t.Known); err != nil {
					return fmt.Errorf("%s: %w", p.Name(), err)
				}
			}
		}
	}
	return nil
}

// breach is what was done to others, whatever the row is about; empty if nothing was.
func (c *court) breach() string {
	if told := c.betrayed(); told != "" {
		return told
	}
	senders := append(c.addresses(), "")
	for _, a := range []program.Actor{program.Witness, program.Bystander} {
		for _, s := range c.seen[a] {
			switch s.Kind {
			case program.StreamError, program.Closed, program.CloseFrame, program.Refused, program.Terminated, program.Footer, program.Unanswered, program.Garbage:
				return fmt.Sprintf("the %s lost its stream", a)
			case program.Message, program.Presence, program.IQ, program.Result, program.Error:
				if from := string(s.element.Attr("from")); !slices.Contains(senders, from) && !c.addressed(a, from) && !c.ofComponent(from) && !c.trunks.claims(domainOf(from)) {
					return fmt.Sprintf("the %s received a stanza from %q, who sent none", a, from)
				}
			}
		}
	}
	return ""
}

// addresses is what the server and the actors are or were called.
func (c *court) addresses() (all []string) {
	for _, e := range c.t {
		name, value, _ := strings.Cut(string(e.Data), "=")
		if e.What == program.Learned && (name == "domain" || strings.HasSuffix(name, ".jid") || strings.HasSuffix(name, ".bare")) {
			all = append(all, value)
		}
	}
	return all
}

// addressed reports whether an actor sent something to an address or to what it is a part of, such as a room.
func (c *court) addressed(a program.Actor, from string) bool {
	bare, _, _ := strings.Cut(from, "/")
	return slices.ContainsFunc(c.t, func(e program.Event) bool {
		to := []byte("to='" + bare)
		return e.Actor == a && e.What == program.Sent && (bytes.Contains(e.Data, append(to, '\'')) || bytes.Contains(e.Data, append(to, '/')))
	})
}

// fits reports whether every actor saw what the line says, in this order, and nothing else.
func (c *court) fits(l program.Line) bool {
	c.elder = false
	for _, a := range program.Actors() {
		var want []program.Sight
		for _, s := range l.Seen {
			if s.Actor == a && s.Kind != program.Nothing {
				want = append(want, s)
			}
		}
		if slices.ContainsFunc(want, func(s program.Sight) bool { return s.Kind == program.Anything }) {
			continue
		}
		if a == program.Authority {
			if !c.heard(l, want) {
				return false
			}
			continue
		}
		if !c.sequence(c.seen[a], want) {
			return false
		}
	}
	return true
}

func (c *court) sequence(seen []Seen, want []program.Sight) bool {
	met := false // the first that is wanted, which may be many
	for _, s := range seen {
		if met && !c.is(s, want[0]) {
			want, met = want[1:], false
		}
		if len(want) > 0 && c.is(s, want[0]) {
			if met = want[0].Many; !met {
				want = want[1:]
			}
			continue
		}
		if s.Kind != program.Header && s.Kind != program.Features {
			return false
		}
	}
	if met {
		want = want[1:]
	}
	return len(want) == 0
}

// is reports whether s is what is wanted.
func (c *court) is(s Seen, want program.Sight) bool {
	if s.Kind == program.CloseFrame && want.Kind == program.Closed { // without a word of XMPP
		return true
	}
	if s.Kind == program.Terminated && (want.Kind == program.Closed || want.Kind == program.Footer) {
		return true
	}
	if s.Kind == program.Terminated && want.Kind == program.StreamError {
		return slices.ContainsFunc(want.Conditions, func(c string) bool { return meansSame(s.Condition, c) })
	}
	if s.Kind != want.Kind || s.Kind == program.StreamError && s.Type != "" {
		return false
	}
	if want.Conditions != nil && (s.Condition == "" || !c.allows(want, s)) {
		return false
	}
	if (want.Kind == program.Error || want.Kind == program.Dialback) && (s.Type == "" || want.Type != "any" && want.Type != s.Type) {
		return false
	}
	for _, v := range want.Values {
		text, err := program.Expand(v.Text, c.t.Known)
		if err != nil {
			c.err = err
			return false
		}
		if s.element == nil || holds(s.element, v.Name, text) == v.Not {
			return false
		}
	}
	return true
}

// holds reports whether an element has a value: an attribute, its own name or namespace, the text of the body, a child that
// means the same, or one at whatever depth.
func holds(e *wire.Element, name, text string) bool {
	switch name {
	case "name":
		return string(e.Local()) == text
	case "xmlns":
		return string(e.Space()) == text
	case "body":
		body, ok := e.Child(string(e.Space()), "body")
		return ok && string(body.Text()) == text
	case "has":
		return hasChild(e, text)
	case "inside":
		return isInside(e, text)
	}
	return bytes.Equal(e.Attr(name), []byte(text))
}

// hasChild reports whether e has a child that means the same as the XML does in a message of jabber:client.
func hasChild(e *wire.Element, xml string) bool {
	want, ok := childOf(xml)
	for c := range e.Children() {
		if ok && same(&c, &want) {
			return true
		}
	}
	return false
}

// isInside reports whether it has such a child, or one of its children has it inside.
func isInside(e *wire.Element, xml string) bool {
	want, ok := childOf(xml)
	return ok && contains(e, &want)
}

func contains(e, want *wire.Element) bool {
	for c := range e.Children() {
		if same(&c, want) || contains(&c, want) {
			return true
		}
	}
	return false
}

// childOf is XML as it is in a message of jabber:client.
func childOf(xml string) (wire.Element, bool) {
	var s wire.Scanner
	s.Reset(Limits())
	if _, _, err := s.Next(wire.AppendHeader(nil, wire.StreamHeader{Namespace: wire.NSClient})); err != nil {
		return wire.Element{}, false
	}
	holder, _, err := s.Next([]byte("<message>" + xml + "</message>"))
	if err != nil || holder.Kind != wire.Stanza {
		return wire.Element{}, false
	}
	return holder.First()
}

// same compares expanded names, attributes, text and children (Canonical XML without the prefixes).
func same(a, b *wire.Element) bool {
	if !namesakes(a, b) || !sameText(a.Text(), b.Text()) || !attrsWithin(a, b) || !attrsWithin(b, a) {
		return false
	}
	x, xok := a.First()
	y, yok := b.First()
	for xok && yok {
		if !same(&x, &y) {
			return false
		}
		x, xok = x.Next()
		y, yok = y.Next()
	}
	return xok == yok
}

// attrsWithin reports whether b has the attributes of a. Namespace declarations are compared by the names that they are for.
func attrsWithin(a, b *wire.Element) bool {
	for name, value := range a.Attrs() {
		if !declares(name) && !hasAttr(b, name, value) {
			return false
		}
	}
	return true
}
