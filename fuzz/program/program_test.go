package program

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const sample = `# comments are for readers
row 28 undeclared-prefix
title a stanza with a prefix that is not bound
state bound
level MUST
clause RFC 6120 §11.3
unless mechanism ANONYMOUS
needs mechanism SCRAM-SHA-1
needs feature urn:xmpp:sm:3
needs service urn:xmpp:mam:2 at {attacker.bare}
needs setting max-bytes
only wss
conform attacker many message id="{witness.limit-1}" ; attacker stream-error not-well-formed|bad-format ; witness nothing
tolerate attacker error modify not-acceptable id="probe" ; witness message from!="{attacker.jid}" body="a ; b"
deviate SHOULD attacker closed

attacker login
mark
attacker send "<message to='{witness.jid}'>\x00\u00e9{b64:a{domain}}{3*x}{{}}"
repeat 3
accomplice send by=2 "x"
attacker freeze 200ms
end
attacker await end
witness auth PLAIN
attacker dial-ws none
accomplice dial-wss
witness login wss
attacker frame text part unmasked long reserved=2 claims=-1 "{{"
attacker frame 11 ""
attacker raw "\x81"
witness learn limit urn:x limits/max-bytes
witness learn node urn:y create@node
attacker freeze "{witness.limit}ms"
attacker send "{witness.limit+1 bytes:{fill}}{setting.max-bytes-2*x}"
attacker dial-component
attacker certificate "cn={attacker.local}\nxmpp={witness.bare}\nexpired"
attacker auth SCRAM-SHA-256-PLUS
attacker authenticate HT-SHA-256-NONE
attacker authenticate PLAIN "<bind/>"
accomplice login component
attacker await header
attacker send "{sha1:{attacker.stream}{component.secret}}{hmac:{attacker.token} x}{attacker.proof:r={attacker.nonce}}"
`

func TestParse(t *testing.T) {
	p, err := Parse("sample", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	want := &Program{
		Row: 28, Case: "undeclared-prefix", Title: "a stanza with a prefix that is not bound", State: "bound", Level: Must,
		Clause: "RFC 6120 §11.3", Unless: []string{"ANONYMOUS"}, Offers: []string{"SCRAM-SHA-1"}, Needs: []string{"urn:xmpp:sm:3"}, Only: WSS, Serves: []Service{{"urn:xmpp:mam:2", "{attacker.bare}"}}, Settings: []Setting{StanzaBytes},
		Lines: []Line{
			{Conform, "", []Sight{{Actor: Attacker, Many: true, Kind: Message, Values: []Value{{"id", false, "{witness.limit-1}"}}}, {Actor: Attacker, Kind: StreamError, Conditions: []string{"not-well-formed", "bad-format"}}, {Actor: Witness, Kind: Nothing}}},
			{Tolerate, "", []Sight{
				{Attacker, false, Error, "modify", []string{"not-acceptable"}, []Value{{"id", false, "probe"}}},
				{Actor: Witness, Kind: Message, Values: []Value{{"from", true, "{attacker.jid}"}, {"body", false, "a ; b"}}}}},
			{Deviate, Should, []Sight{{Actor: Attacker, Kind: Closed}}},
		},
		Ops: []Op{{Actor: Attacker, Verb: Login}, {Verb: Mark},
			{Actor: Attacker, Verb: Send, Arg: "<message to='{witness.jid}'>\x00é{b64:a{domain}}{3*x}{{}}"},
			{Verb: Repeat, Times: 3}, {Actor: Accomplice, Verb: Send, Arg: "x", By: 2}, {Actor: Attacker, Verb: Freeze, For: 200 * time.Millisecond}, {Verb: End},
			{Actor: Attacker, Verb: Await, Arg: "end"}, {Actor: Witness, Verb: Auth, Arg: "PLAIN"},
			{Actor: Attacker, Verb: DialWS, Arg: "none"}, {Actor: Accomplice, Verb: DialWSS}, {Actor: Witness, Verb: Login, Arg: "wss"},
			{Actor: Attacker, Verb: Frame, Arg: "{{", Form: Form{"text", true, true, 2, true, -1}}, {Actor: Attacker, Verb: Frame, Form: Form{Opcode: "11"}},
			{Actor: Attacker, Verb: Raw, Arg: "\x81"},
			{Actor: Witness, Verb: Learn, Arg: "limit urn:x limits/max-bytes"}, {Actor: Witness, Verb: Learn, Arg: "node urn:y create@node"},
			{Actor: Attacker, Verb: Freeze, Arg: "{witness.limit}ms"},
			{Actor: Attacker, Verb: Send, Arg: "{witness.limit+1 bytes:{fill}}{setting.max-bytes-2*x}"},
			{Actor: Attacker, Verb: DialComponent},
			{Actor: Attacker, Verb: Certificate, Arg: "cn={attacker.local}\nxmpp={witness.bare}\nexpired"}, {Actor: Attacker, Verb: Auth, Arg: "SCRAM-SHA-256-PLUS"},
			{Actor: Attacker, Verb: Authenticate, Mechanism: "HT-SHA-256-NONE"}, {Actor: Attacker, Verb: Authenticate, Mechanism: "PLAIN", Arg: "<bind/>"},
			{Actor: Accomplice, Verb: Login, Arg: "component"}, {Actor: Attacker, Verb: Await, Arg: "header"},
			{Actor: Attacker, Verb: Send, Arg: "{sha1:{attacker.stream}{component.secret}}{hmac:{attacker.token} x}{attacker.proof:r={attacker.nonce}}"}},
	}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("got\n%+v\nwant\n%+v", p, want)
	}
}

func TestParseSaysAllThatIsWrong(t *testing.T) {
	_, err := Parse("f", []byte("row x\nlevel ALWAYS\ntitle\ntitle a\nnonsense 1\nunless SCRAM\nconform\nconform witness sees\ndeviate\n"+
		"conform attacker error modify\nconform boss nothing\nconform attacker header id\n\n"+
		"boss dial\nattacker\nattacker fly\nattacker send x\nattacker auth SCRAM\nattacker await rain\nattacker dial 1\nattacker send \"\nattacker send \"{boss.jid}\"\nattacker send \"{\"\n"))
	for _, want := range []string{
		"f:1:1: row is followed by", "f:2:1: \"ALWAYS\" is no level", "f:3:1: title is empty", "f:4:1: title is said twice", "f:5:1: \"nonsense\" is no key",
		"f:6:1: unless is", "f:7:1: the line does not say", "f:8:17: \"sees\" cannot be seen", "f:9:1: deviate is followed by a level",
		"f:10:1: error needs conditions", "f:11:9: \"boss\" is no actor", `f:12:25: NAME="VALUE"`,
		"f:14:1: \"boss\" is no actor", "f:15:1: what the actor does", "f:16:10: \"fly\" is no operation", "f:17:10: send is followed", "f:18:10: auth is followed",
		"f:19:10: await is followed", "f:20:15: dial is followed by nothing", "f:21:15: the text in quotes", "f:22:15: {boss.jid} is not known", "f:23:15: a brace",
		"the header has no state", "the header has no clause", "f:23:15: a brace", "the program has 0 marks",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("nothing about %q in:\n%v", want, err)
		}
	}
	if _, err := Parse("f", []byte("\xff")); err == nil || !strings.Contains(err.Error(), "not UTF-8") {
		t.Errorf("bytes that are not UTF-8: %v", err)
	}
}

func TestParseOtherKinds(t *testing.T) {
	for _, c := range []struct{ text, err string }{
		{"seed bound\ntitle a\nstate bound\norigin of abc by tree\n\nattacker login\nmark\n", ""},
		{"class SM nested\nrecord 8 9\ntitle a\nstate bound\n\nmark\nrepeat 2\nattacker dial\nattacker reset\nend\n", ""},
		{"class SM nested\ntitle a\nstate bound\nlevel MUST\nclause a\nconform attacker nothing\n\nmark\n", ""},
		{"title a\nstate b\n\nmark\n", "0 of row, class and seed"},
		{"seed a\nclass SM b\ntitle a\nstate b\n\nmark\n", "2 of row, class and seed"},
		{"class SM\ntitle a\nstate b\n\nmark\n", "class is followed by"},
		{"seed a\nrecord x\ntitle a\nstate b\n\nmark\n", "record is followed by"},
		{"seed a\ntitle a\nstate b\nconform attacker nothing\n\nmark\n", "the header has no level"},
		{"seed a\ntitle a\nstate b\n\nmark\nrepeat 2\n", "a repeat has no end"},
		{"seed a\ntitle a\nstate b\n\nmark\nend\n", "an end has no repeat"},
		{"seed a\ntitle a\nstate b\n\nmark\nrepeat 2\nrepeat 2\nend\nend\n", "a repeat stands in another"},
		{"seed a\ntitle a\nstate b\n\nrepeat 2\nmark\nend\n", "the mark stands between"},
		{"seed a\ntitle a\nstate b\n\nmark\nrepeat 100000\nend\n", "1 to 10000"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker freeze 10m\n", "at most 5s"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker send by=0 \"\"\n", "by= is followed"},
		{"seed a\ntitle a\nstate b\nneeds x\n\nmark\n", "needs is followed by"},
		{"seed a\ntitle a\nstate b\nneeds service a b\n\nmark\n", "service NAMESPACE at ADDRESS"},
		{"seed a\ntitle a\nstate b\nneeds service a at {b}\n\nmark\n", "{b} is not known"},
		{"seed a\ntitle a\nstate b\nneeds feature a b\n\nmark\n", "needs is followed by"},
		{"seed a\ntitle a\nstate b\nneeds feature a\nneeds feature b\n\nmark\nattacker handshake\n", ""},
		{"seed a\ntitle a\nstate b\nonly udp\n\nmark\n", "only is followed by"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker frame \"\"\n", "frame is followed by an opcode"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker frame 16 \"\"\n", "\"16\" is no opcode"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker frame text reserved=8 \"\"\n", "says nothing of a frame"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker login udp\n", "login is followed by"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker dial-ws a b\n", "or by one subprotocol"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker learn jid urn:x a\n", "learn is followed by a name"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker learn x1 urn:x a\n", "learn is followed by a name"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker learn x urn:x a//b\n", "learn is followed by a name"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker learn x urn:x a@\n", "learn is followed by a name"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker learn x urn:x a@b\nattacker send \"{attacker.x}{witness.x}\"\n", "{witness.x} is not known"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker send \"{setting.silence}\"\n", "{setting.silence} is not known"},
		{"seed a\ntitle a\nstate b\nneeds setting silence\n\nmark\nattacker freeze \"{setting.silence+1}s\"\n", ""},
		{"seed a\ntitle a\nstate b\nneeds setting rain\n\nmark\n", "\"rain\" is no setting"},
		{"seed a\ntitle a\nstate b\n\nmark\nattacker freeze \"\"\n", "freeze is followed by"},
		{"seed a\ntitle a\nstate b\nlevel MUST\nclause a\nconform attacker many nothing\n\nmark\n", "nothing is not many"},
		{"seed a\ntitle a\nstate b\n\nmark 2\n", "mark is followed by nothing"},
		{"seed a\ntitle a\nstate b\n\nmark\n" + strings.Repeat("attacker sync\n", MaxOps), "at most 200"},
	} {
		p, err := Parse("f", []byte(c.text))
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%.80q: %v, want %q", c.text, err, c.err)
		}
		if err == nil && p.Check() != nil {
			t.Errorf("%q: %v", c.text, p.Check())
		}
	}
}

func TestCheckHoldsMutants(t *testing.T) {
	good := Program{Case: "a", Title: "a", State: "a", Ops: []Op{{Verb: Mark}}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for _, op := range []Op{{Verb: Mark}, {Verb: End}, {Actor: Attacker, Verb: Send, Arg: "{"}, {Actor: "boss", Verb: Dial},
		{Actor: Attacker, Verb: Freeze, For: time.Hour}, {Actor: Attacker, Verb: Send, Arg: "\n", By: -1}} {
		bad := good
		bad.Ops = append([]Op{op}, good.Ops...)
		if bad.Check() == nil {
			t.Errorf("%s passes", op)
		}
	}
}

func TestExpand(t *testing.T) {
	known := func(name string) (string, bool) {
		if name == "a.n" {
			return "7", true
		}
		return "v", name == "domain" || name == "a.t"
	}
	for _, c := range []struct{ in, want, err string }{
		{"a{domain}b", "avb", ""},
		{"{b64:\x00{domain}}", "AHY=", ""},
		{"{upper:x{domain}}", "XV", ""},
		{"{4*{domain}}", "vvvv", ""},
		{"{3*a{#}='' }", "a0='' a1='' a2='' ", ""},
		{"{0*x}{2*{2*{#}}}", "0101", ""},
		{"{#}", "", "{#} is not known"},
		{"{9000000*{#}}", "", "longer than"},
		{"{{}}{{{domain}}}", "{}{v}", ""},
		{"{nobody.jid}", "", "{nobody.jid} is not known"},
		{"{", "", "no partner"},
		{"}", "", "no partner"},
		{"{-1*a}", "", "a number stands before *"},
		{"{9000000*a}", "", "longer than"},
		{"{3000000*a}{3000000*a}", "", "longer than"},
		{"{a.n+1}|{a.n-8}|{a.n*x}|{a.n-5*x}", "8|-1|xxxxxxx|xx", ""},
		{"{a.n bytes:<{fill}>}|{a.n+1 bytes:<a>{domain}{fill}>}|{5 bytes:{fill}{2*{a.n}}}", "<xxxxx>|<a>vxxx>|xxx77", ""},
		{"{a.n-8*x}", "", "a number stands before"},
		{"{domain*x}", "", "a number stands before"},
		{"{a.t+1}", "", "\"v\" is no number"},
		{"{a.u+1}", "", "{a.u} is not known"},
		{"{3 bytes:<aa>{fill}}", "", "4 bytes long already"},
		{"{3 bytes:a}", "", "one {fill}"},
		{"{9 bytes:{fill}{fill}}", "", "one {fill}"},
		{"{9 bytes:{b64:{fill}}}", "", "becomes something else"},
		{"{999999999 bytes:{fill}}", "", "longer than"},
		{"{b64:{b64:{b64:{b64:{b64:a}}}}}", "", "in one another"},
	} {
		got, err := Expand(c.in, known)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %.60q, %v; want %q, %s", c.in, got, err, c.want, c.err)
		}
	}
}

func TestTranscript(t *testing.T) {
	want := Transcript{
		{0, Attacker, Stream, nil},
		{time.Microsecond, Attacker, Learned, []byte("attacker.jid=a@b/c")},
		{2 * time.Second, "", Marked, nil},
		{61*time.Second + 5*time.Microsecond, Witness, Received, []byte("<\x00\xff\"'é\n>")},
		{61*time.Second + 6*time.Microsecond, Witness, Learned, []byte("attacker.jid=d")},
	}
	got, err := ParseTranscript("t", []byte(want.String()))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n%s", err, got)
	}
	if v, ok := got.Known("attacker.jid"); v != "d" || !ok {
		t.Errorf("attacker.jid is %q", v)
	}
	if v, ok := got.Known("domain"); ok {
		t.Errorf("domain is %q", v)
	}
	_, err = ParseTranscript("t", []byte("1.0 attacker sent\n1.000000 boss sent\n1.000000 attacker sang\n1.000000 attacker sent x\n1.000000\n"))
	for _, want := range []string{"t:1:1: ", "t:2:10: ", "t:3:19: ", "t:4:24: ", "t:5:1: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("nothing about %q in:\n%v", want, err)
		}
	}
}

// FuzzParse holds print to be the inverse of parse.
func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := Parse("f", src)
		if err != nil {
			return
		}
		again, err := Parse("f", []byte(p.String()))
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("%v\n%s\nbecomes\n%s", err, p, again)
		}
	})
}

// FuzzTranscript does the same for transcripts.
func FuzzTranscript(f *testing.F) {
	f.Add([]byte("0.000001 attacker sent \"a\\xff\"\n1.000000 - mark\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := ParseTranscript("f", src)
		if err != nil {
			return
		}
		again, err := ParseTranscript("f", []byte(p.String()))
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("%v\n%s\nbecomes\n%s", err, p, again)
		}
	})
}
