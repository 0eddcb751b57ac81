package oracle

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"xmpprig/fuzz/program"
)

// How those see each other that the scripts below have: a at d, w at d, b at d.
const (
	head     = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' xmlns:p='urn:p'>"
	nsSASL   = "urn:ietf:params:xml:ns:xmpp-sasl"
	nsBind   = "urn:ietf:params:xml:ns:xmpp-bind"
	offers   = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><mechanisms xmlns='" + nsSASL + "'><mechanism>PLAIN</mechanism></mechanisms></stream:features>"
	bindable = "<stream:features><bind xmlns='" + nsBind + "'/></stream:features>"
	success  = "<success xmlns='" + nsSASL + "'/>"
	binds    = "<iq type='set' id='bind'><bind xmlns='" + nsBind + "'/></iq>"
)

// b64 is a PLAIN message; its password stands as ***, as in transcripts.
func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func auth(message string) string {
	return "<auth xmlns='" + nsSASL + "' mechanism='PLAIN'>" + message + "</auth>"
}

func bound(jid string) string {
	return "<iq type='result' id='bind'><bind xmlns='" + nsBind + "'><jid>" + jid + "</jid></bind></iq>"
}

// script is a transcript in short: a line an event, "A> bytes" for sent, "A< bytes" for received, "A what data" for others; "mark" marks.
// "A login" is all the way to a bound session. A is the attacker, C the accomplice, W the witness, B the bystander.
func script(t *testing.T, lines ...string) program.Transcript {
	t.Helper()
	actors := map[byte]program.Actor{'A': program.Attacker, 'C': program.Accomplice, 'W': program.Witness, 'B': program.Bystander, 'U': program.Authority}
	names := map[byte]string{'A': "a", 'C': "a", 'W': "w", 'B': "b"}
	var all program.Transcript
	add := func(a program.Actor, what program.What, data string) {
		all = append(all, program.Event{At: time.Duration(len(all)) * time.Millisecond, Actor: a, What: what, Data: []byte(data)})
	}
	for _, a := range "AWBC" {
		add(actors[byte(a)], program.Learned, string(actors[byte(a)])+".local="+names[byte(a)])
		add(actors[byte(a)], program.Learned, string(actors[byte(a)])+".bare="+names[byte(a)]+"@d")
	}
	for _, l := range lines {
		if l == "mark" {
			add("", program.Marked, "")
			continue
		}
		a, rest := actors[l[0]], strings.TrimSpace(l[2:])
		switch {
		case l[1] == '>':
			add(a, program.Sent, rest)
		case l[1] == '<':
			add(a, program.Received, rest)
		case rest == "login":
			all = append(all, session(a, names[l[0]], strings.ToLower(l[:1]))...)
		default:
			what, data, _ := strings.Cut(rest, " ")
			add(a, program.What(what), data)
		}
	}
	return all
}

// session is the way to a bound session, by TLS and PLAIN.
func session(a program.Actor, name, resource string) (all program.Transcript) {
	jid := name + "@d/" + resource
	for _, e := range []struct {
		what program.What
		data string
	}{
		{program.Dialled, ""}, {program.Stream, ""}, {program.Sent, head}, {program.Received, head + offers},
		{program.Sent, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"}, {program.Received, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"},
		{program.Secured, ""}, {program.Stream, ""}, {program.Sent, head}, {program.Received, head + strings.Replace(offers, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "", 1)},
		{program.Sent, auth(b64("\x00" + name + "\x00***"))}, {program.Received, success}, {program.Stream, ""}, {program.Sent, head},
		{program.Received, head + bindable}, {program.Sent, binds}, {program.Received, bound(jid)}, {program.Learned, string(a) + ".jid=" + jid},
	} {
		all = append(all, program.Event{Actor: a, What: e.what, Data: []byte(e.data)})
	}
	return all
}

// sync is a sync and its answer.
func sync(a string, n int) []string {
	id := "sync-" + strconv.Itoa(n)
	return []string{a + "> <iq type='get' id='" + id + "' to='d'><ping xmlns='urn:xmpp:ping'/></iq>", a + "< <iq type='result' id='" + id + "' from='d'/>"}
}

// heard is one transcript and what is to be found in it: oracle, row, level and title of each, and the texts of the evidence.
type heard struct {
	name  string
	lines []string
	want  []string // "oracle O-1 MUST title"; nothing
	spans []string // of the first
}

func (h heard) check(t *testing.T) {
	t.Helper()
	h.checkWith(t, Facts{})
}

func (h heard) checkWith(t *testing.T, facts Facts) {
	t.Helper()
	tr := script(t, h.lines...)
	found := Examine(&Case{Program: &program.Program{}, Transcript: tr, Facts: facts, Domain: "d"})
	var got []string
	for _, f := range found {
		got = append(got, fmt.Sprintf("%s %s %s %s", f.Oracle, f.Row, f.Level, f.Title))
		if f.Title == "" || f.Ought == "" || f.Detail == "" || f.State == "" || f.Input == "" {
			t.Errorf("%s: incomplete: %+v", h.name, f)
		}
	}
	if !slices.Equal(got, h.want) {
		t.Errorf("%s: found %q, want %q", h.name, got, h.want)
		return
	}
	if h.spans == nil || len(found) == 0 {
		return
	}
	var spans []string
	for _, s := range found[0].Evidence {
		data := tr[s.Event].Data
		if s.To == 0 {
			s.To = len(data)
		}
		spans = append(spans, string(data[s.From:s.To]))
	}
	if !slices.Equal(spans, h.spans) {
		t.Errorf("%s: evidence %q, want %q", h.name, spans, h.spans)
	}
}

// join puts lines together.
func join(all ...any) (lines []string) {
	for _, x := range all {
		switch x := x.(type) {
		case string:
			lines = append(lines, x)
		case []string:
			lines = append(lines, x...)
		}
	}
	return lines
}

// both are the beginning of most: attacker and witness have sessions, and what follows is judged.
func both(lines ...any) []string { return join("A login", "W login", "mark", join(lines...)) }
