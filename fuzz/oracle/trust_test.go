package oracle

import (
	"fmt"
	"strings"
	"testing"

	"xmpprig/fuzz/program"
)

const serverHead = "<stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' id='%s'>"

// opens is an actor's stream between servers, or (U) one that the server opens to the authority.
func opens(a, id string) []string {
	if a == "U" {
		return []string{"U accepted", "U stream", "U< " + fmt.Sprintf(serverHead, ""), "U> " + fmt.Sprintf(serverHead, id)}
	}
	return []string{a + " dialled server", a + " stream", a + "> " + fmt.Sprintf(serverHead, ""), a + "< " + fmt.Sprintf(serverHead, id)}
}

// asks has the authority asked about a stream, and answers.
func asks(domain, id, answer string) []string {
	lines := join(opens("U", "u1"), "U< <db:verify from='d' to='"+domain+"' id='"+id+"'>k</db:verify>")
	if answer != "" {
		lines = append(lines, "U> <db:verify "+answer+" type='valid'/>")
	}
	return lines
}

func from(domain string) (sent, got string) {
	return "A> <message id='m' from='r@" + domain + "/x' to='w@d'><body>x</body></message>", "W< <message id='m' from='r@" + domain + "/x' to='w@d'><body>x</body></message>"
}

// TestFederated plays what servers have done wrong with dialback, and what is right.
func TestFederated(t *testing.T) {
	known := []string{"A learned attacker.domain=a.test", "C learned accomplice.domain=b.test"}
	claim := "A> <db:result from='a.test' to='d'>k</db:result>"
	valid := "A< <db:result from='d' to='a.test' type='valid'/>"
	good := "from='a.test' to='d' id='s1'"
	sent, got := from("a.test")
	sentB, gotB := from("b.test")
	sentW, gotW := from("d")
	const early, spoof = "pre-auth O-129 MUST a stanza is routed before its server is believed", "identity O-128 MUST a stanza is delivered from a domain that is not verified"
	const unvouched = "identity O-131 MUST a domain is believed for which nobody vouched"
	begin := func(lines ...any) []string { return join(known, "W login", opens("A", "s1"), "mark", join(lines...)) }
	for _, h := range []heard{
		{"as it should be", begin(claim, asks("a.test", "s1", good), valid, sent, got), nil, nil},
		{"before the result was read", begin(claim, asks("a.test", "s1", good), sent, got, valid), nil, nil},
		{"in the same packet as the claim", begin(claim, sent, asks("a.test", "s1", good), got, valid), nil, nil},
		{"to a service of the server", begin(claim, asks("a.test", "s1", good), valid, "A> <message id='m' from='r@a.test' to='room@conference.d'/>", "W< <message id='m' from='r@a.test'/>"), nil, nil},
		{"before dialback", begin(sent, got), []string{early}, []string{sent[3:], got[3:]}},
		{"nobody was asked", begin(claim, valid, sent, got), []string{unvouched, spoof}, nil},
		{"asked, and no answer", begin(claim, asks("a.test", "s1", ""), valid), []string{unvouched}, []string{valid[3:]}},
		{"another stream", begin(claim, asks("a.test", "s1", "from='a.test' to='d' id='s2'"), valid), []string{unvouched}, nil},
		{"another domain", begin(claim, asks("a.test", "s1", "from='b.test' to='d' id='s1'"), valid), []string{unvouched}, nil},
		{"not where it was asked", begin(claim, asks("a.test", "s1", ""), opens("U", "u2"), "U> <db:verify "+good+" type='valid'/>", valid), []string{unvouched}, nil},
		{"by who claims it", begin(claim, "A> <db:verify "+good+" type='valid'/>", sent, got), []string{early}, nil},
		{"a result by who claims it", begin("A> <db:result from='d' to='a.test' type='valid'/>", sent, got), []string{early}, nil},
		{"a second domain", begin(claim, asks("a.test", "s1", good), valid, sentB, gotB), []string{spoof}, []string{sentB[3:], gotB[3:]}},
		{"the server's own domain", begin(claim, asks("a.test", "s1", good), valid, sentW, gotW), []string{spoof}, nil},
		{"a stream of the same domain that was not verified", begin(claim, asks("a.test", "s1", good), valid, "A dialled server", "A stream", "A> "+fmt.Sprintf(serverHead, ""), "A< "+fmt.Sprintf(serverHead, "s9"), sent, got), []string{early}, nil},
		{"sent on to a third", begin(claim, asks("a.test", "s1", good), valid, "A> <message id='m' from='r@a.test' to='j@b.test'/>", opens("U", "u2"), "U< <message id='m' from='r@a.test' to='j@b.test'/>"),
			[]string{"identity O-127 MUST a stanza of another domain is sent on to a third"}, nil},
		{"a connection to a third", begin(claim, asks("a.test", "s1", good), valid, "A> <message id='m' from='r@a.test' to='j@b.test'/>", "U accepted", "U stream", "U< "+strings.Replace(fmt.Sprintf(serverHead, ""), "version", "to='b.test' version", 1)),
			[]string{"identity O-127 MUST a stanza of another domain is sent on to a third"}, nil},
		{"what a user writes", begin("W> <message id='m' to='j@b.test'/>", opens("U", "u2"), "U< <message id='m' from='w@d/w' to='j@b.test'/>"), nil, nil},
		{"an error of the server", begin(sent, "W< <message type='error' id='m' from='r@a.test/x' to='w@d'/>"), nil, nil},
	} {
		h.check(t)
	}
}

// TestBesieged counts the connections of a server.
func TestBesieged(t *testing.T) {
	few := join("A dialled server", "A stream", "mark", "A> "+fmt.Sprintf(serverHead, ""))
	many := few
	for range 3 * mostCalls {
		many = append(many, "U accepted", "U ignored")
	}
	heard{"now and then", append(few, "U accepted", "U ignored"), nil, nil}.check(t)
	heard{"all the time", many, []string{"amplification O-155 SHOULD the server connects to another again and again"}, nil}.check(t)
}

// TestJudgeServers judges what the lines of programs say of streams between servers.
func TestJudgeServers(t *testing.T) {
	tr := script(t, join("A learned domain=d", "A learned attacker.domain=a.test", "W login", opens("A", "s1"), "mark", "A< <db:result from='d' to='x' type='error'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></db:result>",
		"A< <db:verify id='sync-1' type='invalid'/>", opens("U", "u1"), "U< <db:verify id='s1' from='d' to='a.test'>k</db:verify>")...)
	for line, want := range map[string]Outcome{
		"conform attacker dialback result item-not-found from=\"d\"":                           Conform,
		"conform attacker dialback any any type=\"error\" ; authority dialback verify request": Conform,
		"conform attacker anything ; authority dialback verify request id=\"s1\"":              Conform,
		"conform attacker dialback verify any":                                                 Deviation,
		"conform attacker dialback result valid|invalid":                                       Deviation,
		"conform attacker anything ; authority nothing":                                        Deviation,
		"conform attacker anything ; authority message":                                        Deviation,
		"conform attacker nothing":                                                             Deviation,
	} {
		p, err := program.Parse("p", []byte("row 1 a\ntitle a\nstate a\nlevel MUST\nclause a\n"+line+"\n\nattacker dial-s2s\nwitness login\nmark\n"))
		if err != nil {
			t.Fatal(err)
		}
		if j, err := Judge(p, tr); err != nil || j.Outcome != want || j.Reason != "" {
			t.Errorf("%s: %+v, %v, want %s", line, j, err, want)
		}
	}
	spoofed := script(t, join("A learned domain=d", "A learned attacker.domain=a.test", "W login", opens("A", "s1"), "mark", "A> <message id='m' from='r@a.test' to='w@d'/>", "W< <message id='m' from='r@a.test'/>")...)
	p, err := program.Parse("p", []byte("row 1 a\ntitle a\nstate a\nlevel MAY\nclause a\nconform attacker anything ; witness anything\n\nattacker dial-s2s\nwitness login\nmark\n"))
	if err != nil {
		t.Fatal(err)
	}
	if j, err := Judge(p, spoofed); err != nil || j.Outcome != Deviation || j.Level != program.Must {
		t.Errorf("a forged message is %+v, %v", j, err)
	}
}
