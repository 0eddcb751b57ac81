package oracle

import (
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// reply takes an answer to a request of BOSH: its status where that is an error, and else the element that it holds (XEP-0124 §7, §11).
func (v *view) reply(answer string) {
	status, body, _ := strings.Cut(answer, " ")
	if status != "200" {
		v.add(Seen{Kind: program.Refused, Condition: status})
		return
	}
	e, ok := alone(body)
	if !ok {
		v.add(Seen{Kind: program.Garbage, raw: body})
		return
	}
	v.add(classify(e))
}

// alone is a text that is one element.
func alone(text string) (*wire.Element, bool) {
	var s wire.Scanner
	s.Reset(Limits())
	if _, _, err := s.Next(wire.AppendHeader(nil, wire.StreamHeader{Namespace: wire.NSClient})); err != nil {
		return nil, false
	}
	e, _, err := s.Next([]byte(text))
	return e, err == nil && e.Kind != wire.None
}
