package scenarios

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// frame is a good scenario; cases replace a piece of it.
const frame = `name: x
users: {name: "u{n}", password: p}
target: {server: loopback}
load:
  sessions: 10
  phases: [{name: p, duration: 10s, open: {rate: 20/s}}]
session:
  start: [login]
  work: [ping]
  stop: [logout]
`

// A mistake is one change to frame: at is the text that the caret has to point
// at, reason a part of what is said, remedy a part of what to do.
type mistake struct {
	old, new   string
	at         string
	reason     string
	remedy     string
	expressive bool // a JSON Schema can tell it
}

func mistakes() []mistake {
	work := func(step string) string { return "work: [" + step + "]" }
	const w, p, o = "work: [ping]", "phases: [{name: p, duration: 10s, open: {rate: 20/s}}]", "open: {rate: 20/s}"
	const phase = "{name: p, duration: 10s, " + o + "}"
	closed := strings.Replace(p, o, "closed: {}", 1)
	return []mistake{
		// keys, types, units, ranges
		{"name: x", "nam: x", "nam", `unknown key "nam"`, `did you mean "name"?`, true},
		{"name: x\n", "", "users", `a scenario needs the key "name"`, "", true},
		{"name: x", "name: 7", "7", "7 is a number, and text is wanted", `"7"`, true},
		{"name: x", "name: true", "true", "true is true or false", `"true"`, true},
		{"name: x", "name:", "name", `"name" has no value`, "", true},
		{"name: x", "name: [x]", "[x]", "a list stands here", "", true},
		{"name: x", "name: X", "X", `"X" is not a name`, "", true},
		{"name: x", "name: x\nname: y", "name: y", `the key "name" stands here twice`, "", false},
		{"password: p", "password: p, password: q", "password: q", "twice", "", false},
		{"password: p", `password: "{m}"`, `"{m}"`, "only the placeholder {n}", "", false},
		{`"u{n}"`, `"a@b{n}"`, `"a@b{n}"`, "is not the local part", "", true},
		{`"u{n}"`, "u", "u,", `10 users would all be named "u"`, `"u{n}"`, false},
		{"password: p", "password: p, count: 9", "9", "9 users are too few for 10 sessions", "", false},
		{"password: p", "password: p, count: 0", "0}", "not a whole number from 1", "", true},
		{"password: p", `password: p, count: "20"`, `"20"`, "is text, and a number is wanted", "20", true},
		{"password: p", "password: p, count: 2.5", "2.5", "not a whole number", "", true},
		{"password: p", "password: p, count: 1_000", "1_000", "not a whole number", "", false},
		{"loopback", "loopbak", "loopbak", "neither a server that can be started nor a host", `did you mean "loopback"?`, false},
		{"loopback", "a.b:99999", "a.b:99999", "is not HOST:PORT", "", false},
		{"server: loopback", "tls: tsl", "tsl", "not known here", "starttls", true},
		{"server: loopback", "mechanism: scram-sha-1", "scram", "not known here", `did you mean "SCRAM-SHA-1"?`, true},
		{"server: loopback", "tls: none, mechanism: SCRAM-SHA-1-PLUS", "SCRAM", "binds to TLS", "use SCRAM-SHA-1", false},
		{"server: loopback", "login: sasl", "sasl", "not known here", `did you mean "sasl2"?`, true},
		{"server: loopback", "tls: none, login: sasl2", "sasl2", "SASL2 is for encrypted streams", "use classic", false},
		{"server: loopback", "transport: pigeons", "pigeons", "not known here", "tcp", true},
		{"server: loopback", "transport: websocket, tls: starttls", "starttls", "a stream over websocket has no STARTTLS", "use direct", false},
		{"sessions: 10", "sessions: 1O", "1O", "is not a whole number", "", true},
		{"sessions: 10", "sessions: 10\n  drain: 5", "5\n", "5 has no unit", "write 5s", true},
		{"sessions: 10", "sessions: 10\n  drain: 5sec", "5sec", "is not a duration", "", true},
		{"sessions: 10", "sessions: 10\n  drain: -5s", "-5s", "is not a duration", "", true},
		{"sessions: 10", "sessions: 10\n  drain: 999h", "999h", "out of range", "168h", false},
		{"sessions: 10", "sessions: 10\n  timeout: 0s", "0s", "out of range", "", false},
		{"sessions: 10", "sessions: 10\n  login: 5/s", "5/s", `"5/s" is not the pace of logins: {rate: …`, "", true},
		{"sessions: 10", "sessions: 10\n  login: {rate: 0/s}", "0/s", "out of range", "", false},
		{"20/s", "20", "20}", "20 has no unit", "write 20/s", true},
		{"20/s", "20/d", "20/d", "is not a rate", "", true},
		{"20/s", "2e6/s", "2e6/s", "is not a rate", "", true},
		{"20/s", "2000000/s", "2000000/s", "out of range", "", false},
		{phase, "{name: p, duration: 10s}", "{name", "one of open, closed is needed", "", true},
		{phase, "{name: p, duration: 10s, " + o + ", closed: {}}", "{name", "open and closed stand here together", "", true},
		{o, "open: {rate: 1/s, ramp: {from: 1/s, to: 2/s}}", "{rate", "rate and ramp stand here together", "", true},
		{o, "open: {arrivals: poisson}", "{arrivals", "one of rate, ramp, stairs is needed", "", true},
		{o, "open: {ramp: {from: 0/s, to: 0/s}}", "{from", "zero throughout", "", false},
		{o, "open: {stairs: {from: 1/s, to: 2/s, steps: 1}}", "1}", "not a whole number from 2", "", true},
		{o, "closed: {sessions: 11}", "11", "11 sessions of a closed phase are more than the 10", "all", false},
		{o, "closed: {sessions: some}", "some", "is not a whole number", "", true},
		{"name: p,", "name: drain,", "drain", `the phase name "drain" is taken`, "", false},
		{"duration: 10s", "duration: 1ms", "1ms", "out of range", "10ms", false},
		{p, p[:len(p)-1] + ", {name: p, duration: 1s, " + o + "}]", "p, duration: 1s", `a second phase is named "p"`, "", false},
		{p, "phases: []", "[]", "0 entries stand here", "", true},
		{p, "phases: x", "x", "is not a list of 1 to 64 phases", "", true},
		// steps
		{w, "work: []", "[]", "0 entries", "", true},
		{w, work("pong"), "pong", `unknown step "pong"`, `did you mean "ping"?`, true},
		{w, work("{pign: random}"), "pign", `unknown step "pign"`, "", true},
		{w, work("{ping: random, as: x}"), "as: x", `a step has one key, and "as" follows "ping"`, "indent", true},
		{w, work("3"), "3", "3", "", true},
		{w, work("message"), "message", "message needs more than its name", "size", true},
		{w, work("{ping: }"), "ping", `"ping" has no value`, "ping", true},
		{w, work("{ping: {too: random}}"), "too", `unknown key "too"`, `did you mean "to"?`, true},
		{w, work("{ping: radnom}"), "radnom", "is no peer", `did you mean "random"?`, true},
		{w, work("{ping: user 10}"), "ping", "user 10 is not among the 10 users", "", false},
		{w, work("{ping: {ring: 10}}"), "ping", "a ring of 10 needs more than 10 users", "", false},
		{w, work("{ping: {ring: 0}}"), "0", "not a whole number", "", true},
		{w, work("{ping: {as: Ping}}"), "Ping", "is not a label", "", true},
		{w, work("{ping: {as: x.delivery}}"), "ping", "ends in .delivery", "", false},
		{w, work("{ping: {as: message}}"), "ping", "is that of the step message", "", false},
		{w, work("{ping: {as: x}}, {disco: {as: x}}"), "disco", `the label "x" is that of the step ping`, "", false},
		{w, work("{message: {to: random}}"), "{to", "one of size, body, reaction, retract is needed", "", true},
		{w, work("{message: {to: random, size: 1B, body: x}}"), "{to", "size and body stand here together", "", true},
		{w, work("{message: {to: random, size: 12}}"), "12", "12 has no unit", "12B", true},
		{w, work("{message: {to: random, size: 1.5B}}"), "1.5B", "out of range", "", false},
		{w, work("{message: {to: random, size: {exponential: 200KB}}}"), "message", "can grow beyond", "max", false},
		{w, work("{message: {to: random, size: {uniform: [2B, 1B]}}}"), "{uniform", "must be below the second", "", false},
		{w, work("{message: {to: random, size: {uniform: [2B]}}}"), "[2B]", "1 entries", "[LOW, HIGH]", true},
		{w, work("{message: {to: random, size: {exponential: 9B, max: 1B}}}"), "{exp", "max is below the mean", "", false},
		{w, work("{message: {to: random, type: groupchat, size: 1B}}"), "groupchat", "not known here", "chat", true},
		{w, work(`{message: {to: random, body: "{idd}"}}`), `"{idd}"`, "the placeholder \"{idd}\" is not known", `"id"`, false},
		{w, work(`{message: {to: random, body: "a } b"}}`), `"a }`, "a } without a {", "}}", false},
		{w, work(`{raw: "{id"}`), `"{id"`, "a { without a }", "{{", false},
		{w, work(`{raw: "{peer}"}`), "raw", "no peer is given", "peer: random", false},
		{w, work("{raw: {xml: <a/>, await: true}}"), "raw", "no {id} to await", "", false},
		{w, work("{raw: {xml: <a/>, await: maybe}}"), "maybe", "is not true or false", "", true},
		{w, work("{subscribe: self}"), "subscribe", "subscribes to himself", "", false},
		{w, work("{roster: {group: x}}"), "{group", "group needs add", "", false},
		{w, work("{wait: 5}"), "5", "5 has no unit", "5s", true},
		{w, work("{wait: {exponential: 0s}}"), "0s", "out of range", "", false},
		{w, work("{expect: {type: chta}}"), "expect", `the type "chta"`, `did you mean "chat"?`, false},
		{w, work("{expect: {stanza: iq, type: chat}}"), "expect", `no iq has the type "chat"`, "", false},
		{w, work("{expect: {within: 1s}}"), "expect", "expects nothing in particular", "", false},
		{w, work("{repeat: {times: 0, do: [ping]}}"), "0", "not a whole number from 1", "", true},
		{w, work("{every: {interval: 1s, times: 0, do: [ping]}}"), "0", "not a whole number from 1", "", true},
		{w, work("{every: {interval: 1s, do: [ping]}}"), "every", "an open phase runs work once for each arrival", "times", false},
		{w, work("{choose: [{weight: 0, do: [ping]}]}"), "0", "not a number above 0", "", true},
		{w, work("{choose: [{weight: 1}]}"), "{weight", `an option needs the key "do"`, "", true},
		{p + "\nsession:\n  start: [login]\n  " + w, closed + "\nsession:\n  start: [login]\n  work: [{every: {interval: 1s, do: [ping]}}, disco]", "every", "what follows is never done", "", false},
		// logging in and out
		{"start: [login]", "start: [ping]", "ping", "start does not begin with login", "", false},
		{"  start: [login]\n", "", "ping", "nobody has logged in", "", false},
		{"start: [login]", "start: [login, login]", "login]", "may be logged in here already", "reconnect", false},
		{"start: [login]", "start: [login, logout]", "logout", "start may leave the session logged out", "", false},
		{"start: [login]", "start: [login, {every: {interval: 1s, do: [ping]}}]", "every", "this every never ends", "", false},
		{w, "work: [logout, ping]", "ping", "logged out before this ping", "", false},
		{w, "work: [disconnect]", "disconnect", "work may leave the session logged out", "reconnect", false},
		{w, "work: [{choose: [{do: [logout]}, {do: [ping]}]}, ping, reconnect]", "ping, reconnect", "may be logged out before this ping", "", false},
		{w, "work: [{repeat: {times: 2, do: [logout]}}, reconnect]", "repeat", "ends otherwise than it began", "", false},
		{"stop: [logout]", "stop: [logout, ping]", "ping", "logged out before this ping", "", false},
		{"  start: [login]\n  work: [ping]\n  stop: [logout]", "  work: [login, ping]", "ping", "work begins with login and may leave the session logged in", "", false},
		// YAML
		{"name: x", "name: &a x", "&", "anchors and aliases", "", false},
		{"name: x", "name: !!str x", "!!str", "tags", "", false},
		{"name: x", "<<: {a: b}", "<<", "merge keys", "", false},
		{"name: x", "? name\n: x", "?", "a key must be a plain word", "", false},
		{"name: x", "name: [x", "users", "not YAML", "close what [ opened", false},
		{"name: x", "name: x\n  y: z", "x", "not YAML", "indentation", false},
		{"  stop: [logout]\n", "  stop: [logout]\n---\nname: y\n", "---", "a second YAML document", "", false},
		{"name: x", "name: \"\x07\"", "\x07", "U+0007 cannot stand in a scenario", "", false},
		{"name: x", "name: \xff", "\xff", "not UTF-8", "", false},
	}
}

// source returns the frame with the mistake in it, and where the mistake begins.
func (m mistake) source(t *testing.T) (src string, line, column int) {
	t.Helper()
	start := strings.Index(frame, m.old)
	if start < 0 {
		t.Fatalf("the frame does not hold %q", m.old)
	}
	src = frame[:start] + m.new + frame[start+len(m.old):]
	at := strings.Index(src[start:], m.at)
	if at < 0 {
		t.Fatalf("%q does not hold %q", m.new, m.at)
	}
	before := src[:start+at]
	return src, 1 + strings.Count(before, "\n"), start + at - strings.LastIndexByte(before, '\n')
}

func TestMistakes(t *testing.T) {
	parsed(t, frame)
	for _, m := range append(mistakes(), objectiveMistakes()...) {
		src, line, column := m.source(t)
		_, err := Parse("x.yaml", []byte(src))
		list, ok := err.(Errors)
		if !ok {
			t.Errorf("%q is accepted", m.new)
			continue
		}
		found := false
		for _, e := range list {
			found = found || e.Line == line && e.Column == column && strings.Contains(e.Reason, m.reason) && strings.Contains(e.Remedy, m.remedy)
		}
		if !found || len(list) != 1 {
			t.Errorf("%q: want one error at %d:%d, %q (%q), got\n%v", m.new, line, column, m.reason, m.remedy, err)
		}
	}
}

// TestSchemaRefusesMistakes holds if the schema tells what a schema can.
func TestSchemaRefusesMistakes(t *testing.T) {
	sch := readSchema(t)
	for _, m := range append(mistakes(), objectiveMistakes()...) {
		if src, _, _ := m.source(t); m.expressive && validate(sch, sch, plainJSON(t, src)) == nil {
			t.Errorf("the schema accepts %q", m.new)
		}
	}
}

// TestAllAtOnce compares everything that is said about a file full of errors.
func TestAllAtOnce(t *testing.T) {
	src, err := os.ReadFile("testdata/mistakes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/mistakes.golden")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Parse("mistakes.yaml", src)
	if err == nil || err.Error()+"\n" != string(want) {
		t.Errorf("want\n%s\ngot\n%v", want, err)
	}
	var first *Error
	if !errors.As(err, &first) || first.Line != 1 {
		t.Errorf("the first error is %+v", first)
	}
}
