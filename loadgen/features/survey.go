package features

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/results"
)

// Most that is taken of what a server says, so that none can fill the record.
const (
	mostComponents = 30
	mostFeatures   = 300
	longestName    = 200
)

// A Survey collects what a server offers. The zero value is ready.
type Survey struct {
	offered results.Offered
}

// Stream takes the features of a stream, as [xmpp.Dialer.Survey] hands them over.
func (s *Survey) Stream(features *wire.Element) {
	for f, ok := features.First(); ok; f, ok = f.Next() {
		name := "{" + word(f.Space()) + "}" + word(f.Local())
		if !slices.Contains(s.offered.Streams, name) && len(s.offered.Streams) < mostFeatures {
			s.offered.Streams = append(s.offered.Streams, name)
		}
		if f.Is(wire.NSSASL, "mechanisms") {
			s.offered.Mechanisms = nil // what counts is the last stream that asks for them
			for m, ok := f.First(); ok; m, ok = m.Next() {
				if m.Is(wire.NSSASL, "mechanism") && len(s.offered.Mechanisms) < mostFeatures {
					s.offered.Mechanisms = append(s.offered.Mechanisms, word(m.Text()))
				}
			}
		}
	}
}

// Ask asks the server, the user's account and the server's components about
// themselves, until limit at the most. What is not answered, or refused, is left open.
func (s *Survey) Ask(c *xmpp.Conn, domain string, limit time.Time) *results.Offered {
	o := &s.offered
	account, _, _ := strings.Cut(c.JID(), "/")
	o.Server.JID, o.Account.JID = domain, account
	round := inquiry{}
	round.info(&o.Server)
	round.info(&o.Account)
	round.ask(domain, wire.NSDiscoItem, func(query *wire.Element) { o.Components = items(query) })
	if round.run(c, limit) == nil && len(o.Components) > 0 {
		round = inquiry{}
		for i := range o.Components {
			round.info(&o.Components[i])
		}
		_ = round.run(c, limit) // what is not known by then stays open
	}
	for _, f := range Table() {
		if offered, _ := f.Offers(o); offered {
			o.Features = append(o.Features, f.Name)
		}
	}
	return o
}

// An inquiry is questions asked at once.
type inquiry struct {
	text    []byte
	answers []func(query *wire.Element) // nil: answered
	left    int
}

func (q *inquiry) ask(to, space string, answer func(query *wire.Element)) {
	id := "offered-" + strconv.Itoa(len(q.answers))
	q.text = append(q.text, wire.AppendIQ(nil, wire.Addressing{To: to, ID: id, Type: "get"}, []byte("<query xmlns='"+space+"'/>"))...)
	q.answers = append(q.answers, answer)
	q.left++
}

func (q *inquiry) info(e *results.Entity) {
	q.ask(e.JID, wire.NSDiscoInfo, func(query *wire.Element) { describe(e, query) })
}

func (q *inquiry) run(c *xmpp.Conn, limit time.Time) error {
	if err := c.Send(q.text); err != nil {
		return err
	}
	for q.left > 0 && time.Now().Before(limit) {
		if _, err := c.Receive(limit, q.take); err != nil {
			return err
		}
	}
	return nil
}

func (q *inquiry) take(e *wire.Element) error {
	number, ok := bytes.CutPrefix(e.Attr("id"), []byte("offered-"))
	i, err := strconv.Atoi(string(number))
	if string(e.Local()) != "iq" || !ok || err != nil || i < 0 || i >= len(q.answers) || q.answers[i] == nil {
		return nil
	}
	if query, ok := e.First(); ok && string(e.Attr("type")) == "result" {
		q.answers[i](&query)
	}
	q.answers[i] = nil
	q.left--
	return nil
}

// describe reads disco#info (XEP-0030 §3).
func describe(e *results.Entity, query *wire.Element) {
	e.Answered = true
	for c, ok := query.First(); ok; c, ok = c.Next() {
		switch {
		case c.Is(wire.NSDiscoInfo, "identity") && len(e.Identities) < mostFeatures:
			e.Identities = append(e.Identities, word(c.Attr("category"))+"/"+word(c.Attr("type")))
		case c.Is(wire.NSDiscoInfo, "feature") && len(e.Features) < mostFeatures:
			e.Features = append(e.Features, word(c.Attr("var")))
		}
	}
}

// items reads disco#items (XEP-0030 §4): those that are services of the server, not nodes or users.
func items(query *wire.Element) []results.Entity {
	var all []results.Entity
	for c, ok := query.First(); ok; c, ok = c.Next() {
		jid := word(c.Attr("jid"))
		if c.Is(wire.NSDiscoItem, "item") && jid != "" && !strings.ContainsAny(jid, "@/") && c.Attr("node") == nil && len(all) < mostComponents {
			all = append(all, results.Entity{JID: jid})
		}
	}
	return all
}

// word is text of the server: valid, not too long, and nothing that would move or
// colour a terminal.
func word(text []byte) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(string(text[:min(len(text), longestName)]), ""))
}
