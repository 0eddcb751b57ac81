package inproc

import (
	"errors"
	"testing"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// broken returns what a judge panics with.
func broken(judge func()) (text any) {
	defer func() { text = recover() }()
	judge()
	return nil
}

// TestWellSaid plants what no client may write.
func TestWellSaid(t *testing.T) {
	for _, c := range []struct {
		fails  bool
		writes [][]byte
	}{
		{false, list(clientHeader, "<auth/>", clientHeader, "<iq/><message/>", "</stream:stream>")},
		{true, list(clientHeader, "<iq to='<'/>")},
		{true, list(clientHeader, "<iq>", "</iq>")},
		{true, list(clientHeader, "</stream:stream>", "<iq/>")},
		{true, list("<iq/>")},
	} {
		if got := broken(func() { wellSaid(c.writes) }); (got != nil) != c.fails {
			t.Errorf("%q: %v", c.writes, got)
		}
	}
}

// TestPlaces plants errors that do not name a place in the file.
func TestPlaces(t *testing.T) {
	file := []byte("ab\nc")
	for _, c := range []struct {
		right        bool
		line, column int
		reason       string
	}{{true, 1, 3, "x"}, {true, 2, 2, "x"}, {false, 1, 4, "x"}, {false, 3, 1, "x"}, {false, 0, 1, "x"}, {false, 1, 0, "x"}, {false, 1, 1, ""}} {
		err := errors.Join(&program.SyntaxError{Line: c.line, Column: c.column, Reason: c.reason})
		if placed(err, file) != c.right {
			t.Errorf("%v: want %v", err, c.right)
		}
	}
	if placed(errors.New("x"), file) || placed(errors.Join(errors.New("x")), file) {
		t.Error("an error without a place passes")
	}
	at := func(line int) *scenarios.Error { return &scenarios.Error{Line: line, Column: 1, Reason: "x"} }
	if !located(scenarios.Errors{at(1), at(2)}, file) || located(scenarios.Errors{at(2), at(1)}, file) || located(scenarios.Errors{at(3)}, file) || located(errors.New("x"), file) {
		t.Error("the places of a scenario's errors are not judged")
	}
}

// TestTyped plants an error of no type.
func TestTyped(t *testing.T) {
	for _, err := range []error{&xmpp.LoginError{Stage: xmpp.Bind, Err: xmpp.BadJID}, wire.SyntaxError{}, &xmpp.StreamError{}} {
		if !typed(err) {
			t.Errorf("%v has no type", err)
		}
	}
	if typed(errors.New("x")) || typed(&xmpp.LoginError{Stage: xmpp.Bind, Err: errors.New("x")}) {
		t.Error("an error of no type passes")
	}
}

// TestSame plants differences between two scans.
func TestSame(t *testing.T) {
	o := scanNew(wire.DefaultLimits(), []byte(clientHeader+"<iq id='1'/>"))
	for _, other := range []string{"<iq id='2'/>", "<iq id=\"1\"/>", "<iq id='1'/><a", "<iq id='1'/><a/>", "<iq id='1'/>&", ""} {
		if o.same(scanNew(wire.DefaultLimits(), []byte(clientHeader+other))) {
			t.Errorf("%s passes for <iq id='1'/>", other)
		}
	}
}

// TestDescribe resolves what the parts of a tag mean, by hand.
func TestDescribe(t *testing.T) {
	o := scanNew(wire.DefaultLimits(), []byte(clientHeader+"<a:x xmlns:a='urn:a' a:b='1' c='2' xml:lang='en'>t<y xmlns:a='urn:b' a:b=''/>u</a:x>"))
	want := []string{"nonza", "{urn:a}x {urn:a}b=\"1\" {}c=\"2\" {" + wire.NSXML + "}lang=\"en\"", "{jabber:client}y {urn:b}b=\"\"", "text ", "end", "text tu", "end"}
	for i, line := range want {
		if len(o.meaning) != len(want)+1 || o.meaning[i+1] != line {
			t.Fatalf("%q, want %q", o.meaning, want)
		}
	}
}
