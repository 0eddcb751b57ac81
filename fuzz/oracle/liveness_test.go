package oracle

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"xmpprig/fuzz/program"
)

func TestHung(t *testing.T) {
	const (
		none  = "hang O-80 MUST a request has no answer: iq get {urn:x}other"
		more  = "hang O-80 MUST a request has more than one answer: iq get {urn:x}other"
		mute  = "hang O-80 MUST the server answers a session no more after message chat"
		goes  = "hang O-25 MUST what is not well-formed does not end the stream"
		loop  = "hang O-82 MUST an error is answered by an error: message"
		other = "hang O-108 MUST a session of somebody else is answered no more"
	)
	none2 := strings.Replace(none, "{urn:x}other", "{other}q", 1)
	more2 := strings.Replace(more, "{urn:x}other", "{other}q", 1)
	ask := func(to string) string { return "<iq type='get' id='1'" + to + "><q xmlns='urn:x'/></iq>" }
	bad := "<message type='error' id='1' to='w@d'><error type='cancel'/></message>"
	for _, h := range []heard{
		{"answered", both("A> "+ask(""), "A< <iq type='error' id='1'><error/></iq>", sync("A", 1)), nil, nil},
		{"not", both("A> "+ask(""), sync("A", 1)), []string{none2}, []string{ask("")}},
		{"not, of an account", both("A> "+ask(" to='w@d'"), sync("A", 1)), []string{none2}, nil},
		{"not yet", both("A> " + ask("")), nil, nil},
		{"behind the sync", both(sync("A", 1), "A> "+ask("")), nil, nil},
		{"of who may be silent", both("A> "+ask(" to='w@d/w'"), sync("A", 1)), nil, nil},
		{"a stream error instead", both("A> "+ask(""), sync("A", 1), "A< "+kicked), nil, nil},
		{"one's own end", both("A> "+ask("")+"</stream:stream>", sync("A", 1)), nil, nil},
		{"twice", both("A> "+ask(""), "A< <iq type='error' id='1'/><iq type='result' id='1' from='d'/>", sync("A", 1)), []string{more2}, nil},
		{"one id twice", both("A> "+ask("")+ask(""), "A< <iq type='error' id='1'/>", sync("A", 1)), nil, nil},
		{"an answer of somebody else with the id", both("A> "+ask(""), "A< <iq type='error' id='1'/><iq type='result' id='1' from='w@d/w'/>", sync("A", 1)), nil, nil},
		{"an id whose line end is not escaped", both("A> "+strings.Replace(ask(""), "'1'", "'&#10;'", 1), "A< <iq type='error' id='\n'/>", sync("A", 1)), nil, nil},
		{"no answer any more", both("A> <message type='chat' to='w@d/w'/>", "A> <iq type='get' id='sync-1' to='d'><ping xmlns='urn:xmpp:ping'/></iq>", "A timed-out sync"), []string{mute}, []string{"sync"}},
		{"inside of an element", both("A> <message type='chat'>", "A timed-out sync"), nil, nil},
		{"inside of a comment", both("A> <message type='chat'><!---></message>", "A timed-out sync"), nil, nil},
		{"inside of a comment, and a new connection", both("A> <message type='chat'><!---></message>", "A timed-out sync", "A dialled", "A stream", "A> "+head, "A< "+head+offers), nil, nil},
		{"a longer wait than for an answer", both("A> <message type='chat' to='w@d/w'/>", sync("A", 1), "A timed-out end"), nil, nil},
		{"hung up", both("A> <message type='chat'/>", "A timed-out sync", "A dropped"), nil, nil},
		{"auth", secured("A> "+auth("="), "A timed-out element"), []string{"hang O-80 MUST neither an answer nor an end comes: {" + nsSASL + "}auth"}, []string{"element", auth("=")}},
		{"header", join("A dialled", "A stream", "mark", "A> "+head, "A timed-out features"), []string{"hang O-80 MUST neither an answer nor an end comes: header"}, nil},
		{"what may be passed over", secured("A> <x xmlns='"+nsSASL+"'/><begintls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "A timed-out end"), nil, nil},
		{"answered, and the end is waited for", secured("A> "+auth("="), "A< <failure xmlns='"+nsSASL+"'><not-authorized/></failure>", "A timed-out end"), nil, nil},
		{"bytes where TLS is to begin", secured("A< <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "A> "+strings.Repeat("\x16\x03", 20), "A timed-out closed"), []string{"order O-46 MUST TLS is begun where it was not offered"}, nil},
		{"not well-formed", both("A> <a></b>", "A> <iq type='get' id='sync-1' to='d'/>", "A timed-out sync"), []string{goes}, []string{"sync", "<a></b>"}},
		{"not well-formed, at the last bytes", both("A> <a></b>", "A timed-out end"), nil, nil},
		{"not well-formed, and the stream ends", both("A> <a></b>", "A> <iq type='get' id='sync-1' to='d'/>", "A< "+kicked, "A timed-out closed"), nil, nil},
		{"another encoding is declared", join("A dialled", "A stream", "mark", "A> <?xml version='1.0' encoding='ISO-8859-1'?>"+head, "A< "+head+offers, "A timed-out end"), nil, nil},
		{"UTF-16", join("A dialled", "A stream", "mark", "A> \xff\xfe<\x00s\x00t\x00r\x00e\x00a\x00m\x00:\x00s\x00t\x00r\x00e\x00a\x00m\x00\xf0\x9f", "A timed-out features"), nil, nil},
		{"UTF-16 without a mark", join("A dialled", "A stream", "mark", "A> <\x00s\x00t\x00r\x00e\x00a\x00m\x00:\x00s\x00t\x00r\x00e\x00a\x00m\x00", "A timed-out features"), nil, nil},
		{"another protocol", join("A dialled", "A stream", "mark", "A> GET / HTTP/1.1\r\nHost: d\r\n\r\n", "A timed-out closed"), []string{goes}, nil},
		{"an error is answered", both("A> "+bad, "A< <message type='error' id='1' from='w@d'><error type='modify'/></message>"), []string{loop}, nil},
		{"an error to oneself", both("A> <message type='error' id='1' to='a@d/a'><error type='cancel'/></message>", "A< <message type='error' id='1' from='a@d/a' to='a@d/a' xml:lang='en'><error type='cancel'/></message>"), nil, nil},
		{"an error of somebody else with the id", both("A> "+bad, "A< <message type='error' id='1' from='b@d'><error type='modify'/></message>"), nil, nil},
		{"an error, and a message with the id", both("A> "+bad+"<message id='1' to='w@d'/>", "A< <message type='error' id='1' from='w@d'><error type='modify'/></message>"), nil, nil},
		{"the witness", both("A> <presence/>", "W> <iq type='get' id='sync-1' to='d'/>", "W timed-out sync"), []string{other}, nil},
		{"the witness, busy with its own", both("W> <message", "W timed-out sync"), nil, nil},
	} {
		h.check(t)
	}
}

func TestBounds(t *testing.T) {
	const (
		early = "limit O-105 SHOULD an element before authentication may have more than 512 KiB under TLS"
		late  = "limit O-105 SHOULD an element may have more than 1 MiB"
	)
	large := func(n int) string { return "<message><body>" + strings.Repeat("x", n) + "</body></message>" }
	begun := func(n int) string { return "<x><y a='" + strings.Repeat("x", n) }
	for _, h := range []heard{
		{"large", secured("A> "+begun(600<<10), "A timed-out sync"), []string{early}, nil},
		{"in pieces", secured("A> "+begun(300<<10), "A> "+strings.Repeat("x", 300<<10), "A timed-out sync"), []string{early}, nil},
		{"not that large", secured("A> "+begun(100<<10), "A timed-out sync"), nil, nil},
		{"many", secured("A> "+strings.Repeat("<x/>", 200<<10), "A timed-out end"), nil, nil},
		{"refused", secured("A> "+begun(600<<10), "A ended EOF"), nil, nil},
		{"nobody waited", secured("A> " + begun(600<<10)), nil, nil},
		{"left in the network", secured("A> "+begun(600<<10), "A timed-out send", "A timed-out sync"), nil, nil},
		{"of a session", both("A> "+large(2<<20), sync("A", 1)), []string{late}, nil},
		{"of a session, all at once", both("A> "+large(9<<20), "A timed-out sync"), []string{late}, nil},
		{"of a session, not that large", both("A> "+large(500<<10), sync("A", 1)), nil, nil},
	} {
		h.check(t)
	}
}

func TestFacts(t *testing.T) {
	few := both("A> <presence/>", sync("A", 1))
	var logins []string
	for range 30 {
		logins = join(logins, "A dialled", "A stream", "A> "+head+auth("="), "A< "+head+offers+"<failure xmlns='"+nsSASL+"'><not-authorized/></failure>")
	}
	gets := both("W> "+strings.Repeat(sentM, 4000), "A< "+strings.Repeat("<message from='w@d/w'><body>x</body></message>", 6000))
	body := "<message from='w@d/w' id='1'><body>" + strings.Repeat("x", 300<<10) + "</body></message>"
	for _, c := range []struct {
		name  string
		lines []string
		facts Facts
		want  []string
	}{
		{"cost", few, Facts{CPU: time.Second}, []string{"cost O-112 SHOULD CPU time out of proportion to what is sent"}},
		{"logins cost", join("mark", logins), Facts{CPU: 300 * time.Millisecond}, nil},
		{"a collection of garbage costs", few, Facts{CPU: 150 * time.Millisecond}, nil},
		{"files", few, Facts{FDs: 1}, []string{"leak O-112 MUST file descriptors stay when all connections are gone"}},
		{"memory", few, Facts{RSS: 5 << 20}, []string{"leak O-112 MUST memory stays when all connections are gone"}},
		{"some memory", few, Facts{RSS: 1 << 20}, nil},
		{"neighbours", few, Facts{Waited: time.Second, Usual: time.Millisecond}, []string{"neighbour O-108 SHOULD honest sessions wait"}},
		{"neighbours of a busy server", few, Facts{Waited: 310 * time.Millisecond, Usual: time.Millisecond, CPU: 160 * time.Millisecond}, []string{"neighbour O-108 SHOULD honest sessions wait"}},
		{"neighbours of one that stands still", few, Facts{Waited: 250 * time.Millisecond, Usual: time.Millisecond, CPU: 14 * time.Millisecond}, []string{"neighbour O-108 SHOULD honest sessions wait"}},
		{"neighbours of one that others use, too", few, Facts{Waited: 250 * time.Millisecond, Usual: time.Millisecond}, nil},
		{"neighbours on a busy machine", few, Facts{Waited: 660 * time.Millisecond, Usual: 3 * time.Millisecond, CPU: 125 * time.Millisecond}, nil},
		{"neighbours who always wait", few, Facts{Waited: time.Second, Usual: 200 * time.Millisecond}, nil},
		{"flood", few, Facts{Log: 1 << 20}, []string{"log-flood O-112 SHOULD the log grows far more than the input"}},
		{"many connections are logged", join("mark", strings.Split(strings.Repeat("A dialled,", 500), ",")[:500]), Facts{Log: 115 << 10}, nil},
		{"a password", few, Facts{Lines: []string{"x secret1"}, Secrets: []string{"", "secret1"}}, []string{"secret  MUST the log tells a password"}},
		{"amplification", both("W> <message id='1' to='a@d'/>", "A< "+body), Facts{}, []string{"amplification O-108 SHOULD far more comes out than goes in"}},
		{"what the witness sent comes out", gets, Facts{}, nil},
	} {
		h := heard{c.name, c.lines, c.want, nil}
		h.checkWith(t, c.facts)
	}
}

func TestReportsOfOneProcessAreOneFinding(t *testing.T) {
	var all []Failure
	for _, x := range [][2]string{
		{"supervisor report", "error:{badmatch,…} in mod_x:f/1 < mod_x:g/2"}, {"crash report", "error:no match of right hand side value … in mod_x:f/1 < mod_x:g/2"},
		{"process terminated", "error:{badmatch,…} in mod_x:f/1 < mod_x:g/2"}, {"crash report", "error:badarg in mod_y:f/1"}, {"traceback", "bad argument in mod_saslauth"}, {"traceback", "bad argument in mod_saslauth"},
	} {
		all = append(all, Failure{Kind: x[0], Title: x[0] + ": " + x[1], Text: "text"})
	}
	var got []string
	for _, f := range crashes(&Case{Facts: Facts{Crashes: all}}) {
		got = append(got, f.Title)
	}
	want := "[traceback: bad argument in mod_saslauth process failed: error:{badmatch,…} in mod_x:f/1 < mod_x:g/2 process failed: error:badarg in mod_y:f/1]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestDiffers(t *testing.T) {
	for _, c := range []struct{ one, two, title string }{
		{"pieces of 16 bytes", "pieces of 1 byte", "pieces"},
		{"CDATA", "CDATA", "CDATA"},
		{"CDATA, pieces of 16 bytes", "other quotes, pieces of 1 byte", "several ways at once"},
	} {
		one, ok := Differs(c.one, "a", "b", nil)
		two, _ := Differs(c.two, "a", "c", nil)
		if !ok || one.Fingerprint() != two.Fingerprint() || one.Title != "another spelling has another answer: "+c.title {
			t.Errorf("%+v, %+v", one, two)
		}
	}
	if _, ok := Differs("CDATA", "a", "a", nil); ok {
		t.Error("the same answer differs")
	}
}

// TestTitlesNameNobody has each title without what differs from run to run.
func TestTitlesNameNobody(t *testing.T) {
	for _, lines := range [][]string{
		both("A> <iq type='get' id='1'><q12345 xmlns='urn:x:12345'/></iq>", sync("A", 1)),
		both("A> <message type='odd42' id='77' to='w@d/w'/>", "A> <iq type='get' id='sync-1' to='d'/>", "A timed-out sync"),
		both("W< <message from='b@d/xyz' id='77'/>"),
	} {
		for _, f := range Examine(&Case{Program: &program.Program{}, Transcript: script(t, lines...), Domain: "d"}) {
			if strings.ContainsAny(f.Title, "0123456789@") {
				t.Errorf("%q", f.Title)
			}
		}
	}
}
