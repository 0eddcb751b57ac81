package scenarios

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

const mixed = `name: mixed
users: {name: "u{n}", password: "p{n}"}
load:
  sessions: 100
  phases:
    - {name: level, duration: 10s, open: {rate: 50/s, arrivals: poisson}}
    - {name: ramp, duration: 20s, open: {ramp: {from: 30/s, to: 10/s}}}
    - {name: stairs, duration: 30s, open: {stairs: {from: 10/s, to: 40/s, steps: 4}}}
    - {name: closed, duration: 40s, closed: {sessions: 60}}
    - {name: all, duration: 20s, closed: {}}
session:
  start: [login]
  work: [{message: {to: paired, size: 1B}}, {ping: {ring: 4}}]
`

func parsed(t *testing.T, src string) *Scenario {
	t.Helper()
	s, err := Parse("test.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ptr(d time.Duration) *time.Duration { return &d }

func TestWithChangesACopy(t *testing.T) {
	s := parsed(t, mixed)
	before := model(t, s)
	w, err := s.With(Overrides{Sessions: 40, Rate: 90, Duration: ptr(12 * time.Second), WarmUp: ptr(0), TLS: "direct",
		Mechanism: "PLAIN", User: "x{n}", Password: "y", Server: "example.org:5223"})
	if err != nil {
		t.Fatal(err)
	}
	if model(t, s) != before {
		t.Error("With changed the scenario it was called on")
	}
	if w.Target != (Target{Server: "example.org:5223", Domain: "example.org", TLS: "direct", Mechanism: "PLAIN"}) || w.Users.Name != "x{n}" || w.Users.Password != "y" {
		t.Errorf("target %+v, users %+v", w.Target, w.Users)
	}
	if w.Load.Sessions != 40 || w.Load.WarmUp != 0 || w.Hash != s.Hash {
		t.Errorf("load %+v", w.Load)
	}
	p := w.Load.Phases
	var lasting []time.Duration
	for _, phase := range p {
		lasting = append(lasting, phase.Duration/time.Second)
	}
	if !slices.Equal(lasting, []time.Duration{1, 2, 3, 4, 2}) {
		t.Errorf("phases last %v", lasting)
	}
	if !slices.Equal(p[0].Open.Pieces, []Piece{{90, 90, time.Second}}) || !p[0].Open.Poisson {
		t.Errorf("level: %+v", p[0].Open)
	}
	if !slices.Equal(p[1].Open.Pieces, []Piece{{90, 30, 2 * time.Second}}) {
		t.Errorf("ramp: %+v", p[1].Open)
	}
	q := 750 * time.Millisecond
	if !slices.Equal(p[2].Open.Pieces, []Piece{{22.5, 22.5, q}, {45, 45, q}, {67.5, 67.5, q}, {90, 90, q}}) {
		t.Errorf("stairs: %+v", p[2].Open)
	}
	if p[3].Closed.Sessions != 40 || p[4].Closed.Sessions != 0 {
		t.Errorf("closed: %+v %+v", p[3].Closed, p[4].Closed)
	}
	roundTrip(t, w)
}

// TestStretchIsExact holds if odd durations still add up.
func TestStretchIsExact(t *testing.T) {
	for _, d := range []time.Duration{12345678901, longestTime, 7919 * time.Millisecond} {
		w, err := parsed(t, mixed).With(Overrides{Duration: &d, Rate: 33.3})
		if err != nil {
			t.Fatal(err)
		}
		total := time.Duration(0)
		for _, p := range w.Load.Phases {
			total += p.Duration
			if p.Open != nil {
				inner := time.Duration(0)
				for _, piece := range p.Open.Pieces {
					inner += piece.Duration
				}
				if inner != p.Duration {
					t.Errorf("the pieces of %s last %v of %v", p.Name, inner, p.Duration)
				}
			}
		}
		if total != d {
			t.Errorf("the phases last %v, want %v", total, d)
		}
		roundTrip(t, w)
	}
}

// TestWithTransport: WebSocket has direct TLS where STARTTLS was, and nothing else changes.
func TestWithTransport(t *testing.T) {
	for _, c := range []struct {
		target string
		o      Overrides
		want   Target
	}{
		{"{tls: starttls}", Overrides{Transport: "websocket"}, Target{Transport: "websocket", TLS: "direct"}},
		{"{}", Overrides{Transport: "websocket", TLS: "none"}, Target{Transport: "websocket", TLS: "none"}},
		{"{tls: none}", Overrides{Transport: "websocket"}, Target{Transport: "websocket", TLS: "none"}},
		{"{transport: websocket}", Overrides{}, Target{Transport: "websocket", TLS: "direct"}},
		{"{transport: websocket, tls: none}", Overrides{Transport: "tcp"}, Target{TLS: "none"}},
		{"{transport: tcp}", Overrides{}, Target{TLS: "starttls"}},
		{"{login: classic}", Overrides{}, Target{TLS: "starttls"}},
		{"{login: sasl2}", Overrides{TLS: "direct"}, Target{TLS: "direct", Login: "sasl2"}},
		{"{login: sasl2}", Overrides{Login: "classic", TLS: "none"}, Target{TLS: "none"}},
		{"{}", Overrides{Login: "auto", TLS: "none"}, Target{TLS: "none", Login: "auto"}},
	} {
		w, err := parsed(t, strings.Replace(mixed, "load:", "target: "+c.target+"\nload:", 1)).With(c.o)
		if err != nil {
			t.Fatal(err)
		}
		c.want.Server, c.want.Domain = "loopback", "localhost"
		if w.Target != c.want {
			t.Errorf("%s with %+v: %+v", c.target, c.o, w.Target)
		}
		roundTrip(t, w)
	}
}

func TestWithKeepsAnExplicitDomain(t *testing.T) {
	s := parsed(t, strings.Replace(mixed, "load:", "target: {domain: example.net}\nload:", 1))
	w, err := s.With(Overrides{Server: "10.0.0.1:5222"})
	if err != nil || w.Target.Domain != "example.net" {
		t.Errorf("domain %+v, %v", w, err)
	}
}

func TestWithNamesTheFlag(t *testing.T) {
	closed := strings.Replace(mixed[:strings.Index(mixed, "    - {name: level")], "sessions: 100", "sessions: 4", 1) +
		"    - {name: hold, duration: 1s, closed: {}}\nsession: {start: [login], work: [ping]}\n"
	cases := []struct {
		src  string
		o    Overrides
		want []string
	}{
		{mixed, Overrides{Sessions: 41}, []string{"--sessions 41: paired needs an even number of users, and there are 41"}},
		{mixed, Overrides{Sessions: 4}, []string{"--sessions 4: a ring of 4 needs more than 4 users"}},
		{mixed, Overrides{Sessions: -1}, []string{`--sessions -1: "-1" is not a whole number from 1 to 1000000`}},
		{mixed, Overrides{Rate: -2}, []string{"--rate -2/s: "}},
		{mixed, Overrides{Rate: 2e6}, []string{"--rate 2000000/s: 2000000/s is out of range"}},
		{closed, Overrides{Rate: 5}, []string{"--rate 5/s: the scenario has no open phase"}},
		{mixed, Overrides{Duration: ptr(50 * time.Millisecond)}, []string{"--duration 50ms: the phase level would last"}},
		{mixed, Overrides{Duration: ptr(-time.Second)}, []string{"--duration -1s: "}},
		{mixed, Overrides{WarmUp: ptr(-time.Second)}, []string{"--warm-up -1s: "}},
		{mixed, Overrides{TLS: "startls"}, []string{`--tls startls: "startls" is not known here (did you mean "starttls"?)`}},
		{mixed, Overrides{TLS: "none", Mechanism: "SCRAM-SHA-1-PLUS"}, []string{"--tls none --mechanism SCRAM-SHA-1-PLUS: SCRAM-SHA-1-PLUS binds to TLS"}},
		{mixed, Overrides{TLS: "none", Login: "sasl2"}, []string{"--tls none --login sasl2: SASL2 is for encrypted streams"}},
		{mixed, Overrides{Login: "sasl"}, []string{`--login sasl: "sasl" is not known here`}},
		{mixed, Overrides{Transport: "pigeons"}, []string{`--transport pigeons: "pigeons" is not known here`}},
		{mixed, Overrides{Transport: "websocket", TLS: "starttls"}, []string{"--transport websocket --tls starttls: a stream over websocket has no STARTTLS"}},
		{mixed, Overrides{User: "bob"}, []string{`--user bob: 100 users would all be named "bob"`}},
		{mixed, Overrides{User: "a b{n}"}, []string{"--user a b{n}: "}},
		{mixed, Overrides{Password: "{x}"}, []string{"--password: only the placeholder {n}"}},
		{mixed, Overrides{Server: "prosdy"}, []string{"--server prosdy: ", `did you mean "prosody"?`}},
		{mixed, Overrides{Domain: "a b", Mechanism: "MD5"}, []string{"--domain a b: ", "--mechanism MD5: "}},
	}
	for _, c := range cases {
		w, err := parsed(t, c.src).With(c.o)
		var typed *OverrideError
		if err == nil || w != nil || !errors.As(err, &typed) {
			t.Errorf("%+v: got %+v, %v", c.o, w, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: error is %q, want %q in it", c.o, err, want)
			}
		}
	}
}
