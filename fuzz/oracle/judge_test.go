package oracle

import (
	"fmt"
	"strings"
	"testing"

	"xmpprig/fuzz/program"
)

const (
	open  = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' from='d' xmlns:p='urn:p'>"
	fault = "<stream:error><%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
)

// said is a transcript in which both actors have a stream, and after the mark the attacker and the witness get these.
func said(t *testing.T, attacker, witness string, ends ...string) program.Transcript {
	t.Helper()
	var b strings.Builder
	for i, l := range []string{"attacker learned \"domain=d\"", "attacker learned \"attacker.jid=a@d/r\"", "attacker stream", "witness stream"} {
		fmt.Fprintf(&b, "%d.000000 %s\n", i, l)
	}
	fmt.Fprintf(&b, "5.000000 attacker received %q\n5.000000 witness received %q\n6.000000 - mark\n", open, open)
	for actor, text := range map[string]string{"attacker": attacker, "witness": witness} {
		for i := range text { // in the smallest pieces that there are
			fmt.Fprintf(&b, "7.000000 %s received %q\n", actor, text[i:i+1])
		}
	}
	for _, e := range ends {
		fmt.Fprintf(&b, "8.000000 %s\n", e)
	}
	tr, err := program.ParseTranscript("t", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func asked(t *testing.T, lines string) *program.Program {
	t.Helper()
	p, err := program.Parse("p", []byte("row 1 a\ntitle a\nstate a\nlevel MUST\nclause a\n"+lines+"\n\nattacker dial\nwitness dial\nmark\n"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestJudge(t *testing.T) {
	restricted := fmt.Sprintf(fault, "restricted-xml")
	stanzaError := "<iq type='error' id='%s' from='d'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
	message := "<message from='a@d/r' xml:lang='de'><body>x</body><q:x xmlns:q='urn:x' b='1' a='2'>t<p:y/></q:x></message>"
	for _, c := range []struct {
		name, lines, attacker, witness string
		ends                           []string
		want                           Outcome
		level                          program.Level
	}{
		{"silence", "conform attacker nothing", "", "", nil, Conform, "MUST"},
		{"the answer to a sync is not judged", "conform attacker nothing", "<iq type='result' id='sync-3'/>", "", nil, Conform, "MUST"},
		{"an element by its name", `conform attacker element xmlns="urn:x" name="a" h="1"`, "<a xmlns='urn:x' h='1'/>", "", nil, Conform, "MUST"},
		{"another name", `conform attacker element xmlns="urn:x" name="a"`, "<b xmlns='urn:x'/>", "", nil, Deviation, "MUST"},
		{"another namespace", `conform attacker element xmlns="urn:x" name="a"`, "<a xmlns='urn:y'/>", "", nil, Deviation, "MUST"},
		{"a new stream behind success", "conform attacker success ; attacker header ; attacker nothing", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/><?xml version='1.0'?>" + open, "", nil, Conform, "MUST"},
		{"an answer from where the witness wrote to", "conform witness error any any", "", strings.Replace(fmt.Sprintf(stanzaError, "x"), "from='d'", "from='room@c/w'", 1), []string{`witness sent "<presence to='room@c/w'/>"`}, Conform, "MUST"},
		{"an answer from where nobody wrote to", "conform witness error any any", "", strings.Replace(fmt.Sprintf(stanzaError, "x"), "from='d'", "from='roo'", 1), []string{`witness sent "<presence to='room@c/w'/>"`}, Deviation, "MUST"},
		{"a session before", "conform witness presence", "", "<presence from='a@d/old' type='unavailable'/>", []string{`attacker learned "attacker.jid=a@d/old"`, `attacker learned "attacker.jid=a@d/new"`}, Conform, "MUST"},
		{"anything but silence", "conform attacker nothing", "<iq type='result' id='x'/>", "", nil, Deviation, "MUST"},
		{"unanswered", "conform attacker nothing", "", "", []string{"attacker timed-out \"sync\""}, Deviation, "MUST"},
		{"nobody is owed an end", "conform attacker nothing", "", "", []string{"attacker timed-out \"end\""}, Conform, "MUST"},
		{"closed", "conform attacker nothing", "", "", []string{"attacker ended \"EOF\""}, Deviation, "MUST"},
		{"a stream error and the footer", "conform attacker stream-error a|restricted-xml", restricted + "</stream:stream>", "", []string{"attacker ended \"EOF\""}, Conform, "MUST"},
		{"a stream error and the end of the connection", "conform attacker stream-error any", restricted, "", []string{"attacker ended \"EOF\""}, Conform, "MUST"},
		{"a stream error and no end", "conform attacker stream-error any", restricted, "", nil, Deviation, "MUST"},
		{"two stream errors", "conform attacker stream-error any", restricted + restricted + "</stream:stream>", "", nil, Deviation, "MUST"},
		{"a stream error without condition", "conform attacker stream-error any", "<stream:error/></stream:stream>", "", nil, Deviation, "MUST"},
		{"an answer before the stream error", "conform attacker stream-error any", "<iq type='result' id='x'/>" + restricted + "</stream:stream>", "", nil, Deviation, "MUST"},
		{"another condition is tolerated", "conform attacker stream-error a\ntolerate attacker stream-error restricted-xml", restricted + "</stream:stream>", "", nil, Tolerated, "MUST"},
		{"another condition is known", "conform attacker stream-error a\ndeviate SHOULD attacker stream-error any", restricted + "</stream:stream>", "", nil, Deviation, "SHOULD"},
		{"the name of RFC 3920", "conform attacker stream-error not-well-formed", fmt.Sprintf(fault, "xml-not-well-formed") + "</stream:stream>", "", nil, Tolerated, "MUST"},
		{"the name of RFC 3920 where any will do", "conform attacker stream-error any", fmt.Sprintf(fault, "xml-not-well-formed") + "</stream:stream>", "", nil, Tolerated, "MUST"},
		{"the name of RFC 3920 for something else", "conform attacker stream-error bad-format", fmt.Sprintf(fault, "xml-not-well-formed") + "</stream:stream>", "", nil, Deviation, "MUST"},
		{"a stanza error", "conform attacker error modify bad-request id=\"i\" from=\"{domain}\"", fmt.Sprintf(stanzaError, "i"), "", nil, Conform, "MUST"},
		{"of another type", "conform attacker error cancel bad-request", fmt.Sprintf(stanzaError, "i"), "", nil, Deviation, "MUST"},
		{"of another id", "conform attacker error modify bad-request id=\"i\"", fmt.Sprintf(stanzaError, "j"), "", nil, Deviation, "MUST"},
		{"without an error", "conform attacker error any any", "<iq type='error' id='i'/>", "", nil, Deviation, "MUST"},
		{"the witness gets what was sent", "conform witness message from=\"{attacker.jid}\" body=\"x\" xml:lang=\"de\" has=\"<x xmlns='urn:x' a='2' b='1'>t<y xmlns='urn:p'/></x>\"", "", message, nil, Conform, "MUST"},
		{"a child lost an attribute", "conform witness message has=\"<x xmlns='urn:x' a='2' b='1' c='3'>t<y xmlns='urn:p'/></x>\"", "", message, nil, Deviation, "MUST"},
		{"a child has another text", "conform witness message has=\"<x xmlns='urn:x' a='2' b='1'>u<y xmlns='urn:p'/></x>\"", "", message, nil, Deviation, "MUST"},
		{"a child lost a child", "conform witness message has=\"<x xmlns='urn:x' a='2' b='1'>t<y xmlns='urn:p'/><y xmlns='urn:p'/></x>\"", "", message, nil, Deviation, "MUST"},
		{"it comes twice", "conform witness message", "", message + message, nil, Deviation, "MUST"},
		{"the witness gets nothing", "conform witness message", "", "", nil, Deviation, "MUST"},
		{"the witness gets what it must not", "conform attacker nothing", "", message, nil, Deviation, "MUST"},
		{"from a stranger", "deviate SHOULD witness message\nconform attacker nothing", "", strings.Replace(message, "a@d/r", "b@d", 1), nil, Deviation, "MUST"},
		{"the witness loses its stream", "conform witness closed", "", "", []string{"witness ended \"EOF\""}, Deviation, "MUST"},
		{"garbage", "conform attacker nothing", "<a></b>", "", nil, Deviation, "MUST"},
		{"a prefixed stanza is none", "conform witness message", "", "<c:message xmlns:c='jabber:client' from='a@d/r'/>", nil, Deviation, "MUST"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Judge(asked(t, c.lines), said(t, c.attacker, c.witness, c.ends...))
			if err != nil || got.Outcome != c.want || got.Level != c.level {
				t.Errorf("%+v, %v; want %s %s", got, err, c.want, c.level)
			}
		})
	}
}

func TestJudgeNeedsWhatTheHeaderNames(t *testing.T) {
	if j, err := Judge(asked(t, "conform witness message from=\"{bystander.jid}\""), said(t, "", "")); err == nil {
		t.Errorf("a JID that nobody learned: %+v", j)
	}
}

func TestSeen(t *testing.T) {
	j, err := Judge(asked(t, "conform attacker nothing"), said(t, fmt.Sprintf(fault, "conflict"), "<iq type='get' id='1'/>"))
	if want := "attacker stream-error unclosed conflict ; witness iq"; err != nil || j.Seen != want {
		t.Errorf("%q, %v; want %q", j.Seen, err, want)
	}
}
