package wire

import (
	"strings"
	"testing"
)

const opening = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"

func TestStanzas(t *testing.T) {
	in := opening + "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>\n" +
		"<message to='a@b' id='1'><body>x &amp; <![CDATA[<y>]]></body></message></stream:stream>"
	var s Scanner
	var got []string
	for _, c := range []byte(in) {
		e, n, err := s.Next([]byte{c})
		if err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if e.Kind == None {
			continue
		}
		got = append(got, e.Kind.String()+" "+string(e.Local()))
		if e.Kind == Stanza {
			body, ok := e.Child(NSClient, "body")
			if !ok || string(body.Text()) != "x & <y>" || string(e.Attr("to")) != "a@b" {
				t.Errorf("body %q, to %q", body.Text(), e.Attr("to"))
			}
		}
	}
	want := "header stream,nonza features,stanza message,footer stream"
	if strings.Join(got, ",") != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestElement(t *testing.T) {
	s := opened(t, DefaultLimits())
	e, _, err := s.Next([]byte("<iq type='' id='1'>a<x xmlns='urn:x'><y/></x>b<x/>c<error/></iq>"))
	if err != nil {
		t.Fatal(err)
	}
	if v := e.Attr("type"); v == nil || len(v) != 0 {
		t.Errorf("empty attribute %#v", v)
	}
	if v := e.Attr("to"); v != nil {
		t.Errorf("missing attribute %q", v)
	}
	var names []string
	for c := range e.Children() {
		names = append(names, string(c.Space())+" "+string(c.Raw()))
	}
	if got, want := strings.Join(names, ","), "urn:x <x xmlns='urn:x'><y/></x>,jabber:client <x/>,jabber:client <error/>"; got != want {
		t.Errorf("children %s, want %s", got, want)
	}
	if got := string(e.Text()); got != "abc" {
		t.Errorf("text %q", got)
	}
	x, ok := e.Child(NSClient, "x")
	if !ok || len(x.Inner()) != 0 || !x.Is(NSClient, "x") {
		t.Errorf("child %q %v", x.Raw(), ok)
	}
	if _, ok := e.Child(NSClient, "y"); ok {
		t.Error("a grandchild passes for a child")
	}
	if _, ok := e.Next(); ok {
		t.Error("a first-level element has a sibling")
	}
}

// TestNoElement checks that an element of kind None answers all questions.
func TestNoElement(t *testing.T) {
	var s Scanner
	e, n, err := s.Next(nil)
	if e.Kind != None || n != 0 || err != nil {
		t.Fatal(e.Kind, n, err)
	}
	_, first := e.First()
	_, next := e.Next()
	if e.Local() != nil || e.Name() != nil || e.Space() != nil || e.Attr("a") != nil || e.Raw() != nil || e.Inner() != nil ||
		e.Text() != nil || first || next {
		t.Error("no element holds something")
	}
	for range e.Attrs() {
		t.Error("no element has an attribute")
	}
}

// TestReset starts again inside an element, after an error and with other limits.
func TestReset(t *testing.T) {
	var s Scanner
	for _, in := range []string{"<a><b", opening + "<message>", "<!", "x", opening + "<message><body>"} {
		s.Reset(DefaultLimits())
		drain(&s, []byte(in))
	}
	s.Reset(Limits{Bytes: 150})
	if n, err := drain(&s, []byte(opening+"<iq/>")); n != 2 || err != nil {
		t.Errorf("%d elements, %v", n, err)
	}
	if _, err := drain(&s, make([]byte, 0)); err != nil {
		t.Error(err)
	}
	if got, want := s.Offset(), int64(len(opening)+len("<iq/>")); got != want {
		t.Errorf("offset %d, want %d", got, want)
	}
	_, err := drain(&s, []byte("<iq>"+strings.Repeat(" ", 150)))
	if bad, ok := err.(SyntaxError); !ok || bad.Condition != PolicyViolation {
		t.Errorf("got %v, want a policy violation", err)
	}
}
