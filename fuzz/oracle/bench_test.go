package oracle

import (
	"fmt"
	"strings"
	"testing"

	"xmpprig/fuzz/program"
)

// BenchmarkExamine judges floods of thousands of stanzas, as programs with repeats send them.
func BenchmarkExamine(b *testing.B) {
	for _, kind := range []struct{ name, sent, got, answer string }{
		{"messages", "<message to='w@d/w' id='%d'><body>x</body></message>", "<message from='a@d/a' to='w@d/w' id='%d'><body>x</body></message>", ""},
		{"alike", "<message to='w@d/w'><body>x</body></message>", "<message from='a@d/a' to='w@d/w'><body>x</body></message>", ""},
		{"requests", "<iq type='get' id='%d' to='d'><ping xmlns='urn:xmpp:ping'/></iq>", "", "<iq type='result' id='%d' from='d'/>"},
		{"errors", "<message type='error' id='%d' to='w@d/w'/>", "", ""},
	} {
		b.Run(kind.name, func(b *testing.B) {
			t := flood(kind.sent, kind.got, kind.answer, 5000)
			p := &program.Program{Ops: []program.Op{{Verb: program.Mark}}}
			for b.Loop() {
				Examine(&Case{Program: p, Transcript: t, Domain: "d"})
			}
		})
	}
}

func flood(sent, got, answer string, n int) program.Transcript {
	head := "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' from='d'>"
	t := program.Transcript{{Actor: program.Attacker, What: program.Learned, Data: []byte("attacker.bare=a@d")}, {Actor: program.Attacker, What: program.Learned, Data: []byte("attacker.jid=a@d/a")},
		{Actor: program.Attacker, What: program.Learned, Data: []byte("witness.bare=w@d")}, {Actor: program.Attacker, What: program.Learned, Data: []byte("witness.jid=w@d/w")}}
	for _, a := range []program.Actor{program.Attacker, program.Witness} {
		t = append(t, program.Event{Actor: a, What: program.Stream}, program.Event{Actor: a, What: program.Sent, Data: []byte(head)}, program.Event{Actor: a, What: program.Received, Data: []byte(head)})
	}
	t = append(t, program.Event{What: program.Marked})
	say := func(a program.Actor, what program.What, text string, i int) {
		if strings.Contains(text, "%d") {
			text = fmt.Sprintf(text, i)
		}
		if text != "" {
			t = append(t, program.Event{Actor: a, What: what, Data: []byte(text)})
		}
	}
	for i := range n {
		say(program.Attacker, program.Sent, sent, i)
		say(program.Attacker, program.Received, answer, i)
		say(program.Witness, program.Received, got, i)
	}
	return t
}
