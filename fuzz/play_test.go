package fuzz

import (
	"strings"
	"testing"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
)

func parsed(t *testing.T, body string) *program.Program {
	t.Helper()
	p, err := program.Parse("p", []byte("seed a\ntitle a\nstate a\n\n"+body))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func seen(t program.Transcript, a program.Actor) string {
	var all []string
	for _, s := range oracle.Look(t, a) {
		all = append(all, s.String())
	}
	return strings.Join(all, ", ")
}

// What login does, by hand.
const (
	secured   = "attacker dial\nattacker header\nattacker starttls\nattacker header\n"
	typedAuth = "attacker send \"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{b64:\\x00{attacker.local}\\x00{attacker.password}}</auth>\"\nattacker await element\nattacker header\n"
	typedBind = "attacker send \"<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>\"\nattacker await element\n"
)

// TestPlayOperations plays what the rows do not: pieces, repeats, ends of connections, the accomplice.
func TestPlayOperations(t *testing.T) {
	site := serve(t)
	for _, c := range []struct{ body, attacker, witness string }{
		{"attacker login\nwitness login\nmark\nrepeat 3\nattacker send by=1 \"<message to='{witness.jid}'/>\"\nend\nattacker sync\nwitness sync\n", "", "message, message, message"},
		{"attacker login\nwitness login\nmark\nattacker freeze 10ms\nattacker send by=7 \"{20*<message to='{witness.jid}'/>}\"\nattacker sync\nattacker close\nwitness sync\n", "", strings.TrimSuffix(strings.Repeat("message, ", 20), ", ")},
		{"attacker login\nwitness login\nmark\nattacker reset\nattacker send \"<message to='{witness.jid}'/>\"\nattacker dial\nattacker header\n", "header, features", ""},
		{"attacker login\naccomplice login\nmark\naccomplice send \"<message to='{attacker.jid}'/>\"\naccomplice sync\nattacker sync\n", "message", ""},
		{"attacker dial\nattacker header\nmark\nattacker send \"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\"\nattacker await element\nattacker handshake\nattacker header\n", "proceed, header, features", ""},
		{"witness login\n" + secured + typedAuth + typedBind + "mark\nattacker send \"<message to='{witness.jid}'/><message to='{attacker.jid}'/>\"\nattacker sync\nwitness sync\n", "message", "message"},
		{"mark\n" + secured + "attacker send \"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{b64:\\x00{attacker.local}\\x00{attacker.password}}</auth>" +
			"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{domain}' version='1.0'>\"\nattacker await element\nattacker await features\n",
			"header, features, proceed, header, features, success, header, features", ""},
		{"mark\nrepeat 20\nattacker dial\nattacker header\nattacker reset\nend\n", "", ""},
	} {
		tr, err := Play(t.Context(), site, parsed(t, c.body))
		if err != nil {
			t.Errorf("%s\n%v", c.body, err)
		}
		if a, w := seen(tr, program.Attacker), seen(tr, program.Witness); c.attacker != "" && a != c.attacker || w != c.witness {
			t.Errorf("%s\nattacker %s\nwitness %s\n%s", c.body, a, w, tr)
		}
	}
}
