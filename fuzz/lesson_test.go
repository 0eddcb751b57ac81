package fuzz

import (
	"testing"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// TestTaught looks for values in elements.
func TestTaught(t *testing.T) {
	const features = "<stream:features><sm xmlns='urn:xmpp:sm:3'/><limits xmlns='urn:xmpp:stream-limits:0' kind='x'><max-bytes> 10000\n</max-bytes></limits></stream:features>"
	const result = "<iq type='result' id='1'><pubsub xmlns='http://jabber.org/protocol/pubsub'><create node='n1'/></pubsub></iq>"
	for _, c := range []struct {
		element, lesson, want string
		ok                    bool
	}{
		{features, "limit urn:xmpp:stream-limits:0 limits/max-bytes", "10000", true},
		{features, "kind urn:xmpp:stream-limits:0 limits@kind", "x", true},
		{features, "limit urn:xmpp:stream-limits:0 limits/idle-seconds", "", false},
		{features, "limit urn:xmpp:stream-limits:1 limits/max-bytes", "", false},
		{features, "kind urn:xmpp:stream-limits:0 limits@other", "", false},
		{result, "node http://jabber.org/protocol/pubsub pubsub/create@node", "n1", true},
		{result, "request jabber:client iq@id", "1", true},
		{result, "none http://jabber.org/protocol/pubsub pubsub/create", "", true},
	} {
		l, ok := program.Op{Verb: program.Learn, Arg: c.lesson}.Lesson()
		if !ok || l.String() != c.lesson {
			t.Fatalf("%s is no lesson, or is written %s", c.lesson, l)
		}
		var s wire.Scanner
		if _, _, err := s.Next(wire.AppendHeader(nil, wire.StreamHeader{Namespace: wire.NSClient})); err != nil {
			t.Fatal(err)
		}
		e, _, err := s.Next([]byte(c.element))
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := taught(e, l); got != c.want || ok != c.ok {
			t.Errorf("%s: %q, %v; want %q, %v", c.lesson, got, ok, c.want, c.ok)
		}
	}
}
