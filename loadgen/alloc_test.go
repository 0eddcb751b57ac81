package loadgen

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"xmpprig/loadgen/xmpp/wire"
)

// mute is a connection whose writes go nowhere once it is told so: what the
// server would allocate for them is not counted.
type mute struct {
	net.Conn
	on *atomic.Bool
}

func (c mute) Write(p []byte) (int, error) {
	if c.on.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// connected returns session 0 of a run, logged in and mute.
func connected(t *testing.T, text string) *session {
	t.Helper()
	b := newBench(t, text)
	on := new(atomic.Bool)
	dial := b.o.Dialer.Dial
	b.o.Dialer.Dial = func(ctx context.Context, a net.Addr) (net.Conn, error) {
		c, err := dial(ctx, a)
		return mute{c, on}, err
	}
	w, err := prepare(t.Context(), &b.o)
	if err != nil {
		t.Fatal(err)
	}
	s := w.newSession(0)
	if err := s.all(t.Context(), s.program.start); err != nil {
		t.Fatal(err)
	}
	on.Store(true)
	t.Cleanup(func() { s.hangUp(); b.srv.Close() })
	s.phase, s.reading = 1, s.conn.Load()
	w.timePhases(1)
	return s
}

func TestSendDoesNotAllocate(t *testing.T) {
	for _, step := range []string{
		"message: {to: random, size: {exponential: 120B, max: 4KB}}",
		"message: {to: {ring: 2}, type: chat, size: 40B}",
		`message: {to: paired, body: "{user} wrote <{seq}> to {peer} & co at {now} as {n}, {id}"}`,
		"presence: away",
		`presence: {show: dnd, status: "busy & <so>", to: paired}`,
		`raw: {xml: "<message to='{domain}' id='{id}'><x n='{n}' s='{seq}'/></message>"}`,
	} {
		t.Run(step, func(t *testing.T) {
			s := connected(t, scenario(4, "{name: steady, duration: 1h, open: {rate: 1/s}}", "{"+step+"}"))
			o := s.program.work[0]
			k := uint64(0)
			n := testing.AllocsPerRun(2000, func() {
				k++
				s.reseed(s.phase, k)
				s.begin(s.now())
				if err := o.run(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			})
			if n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// Nor does a message to a room, sent or received, but for its marks in the ledger.
func TestRoomsDoNotAllocate(t *testing.T) {
	s := connected(t, roomScenario(4, "count: 1, name: lounge", "{name: steady, duration: 1h, open: {rate: 1/s}}", "login, join", "groupchat: {body: '{nick} in {room}: {seq}'}"))
	o := s.program.work[0].(*groupchat)
	n := testing.AllocsPerRun(2000, func() {
		s.begin(s.now())
		if err := o.run(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations to send", n)
	}
	p, scanner, buf := &s.rooms.places[0], new(wire.Scanner), make([]byte, 0, 1024)
	if _, _, err := scanner.Next([]byte("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")); err != nil {
		t.Fatal(err)
	}
	seq := uint32(0)
	n = testing.AllocsPerRun(2000, func() {
		st := stamp{kind: 'g', run: s.ledger.run, seq: seq, due: s.now(), sent: s.now()}
		seq++
		b := append(buf, "<message type='groupchat' from='lounge@conference.localhost/user0'"...)
		b = wire.AppendAttr(b, "id", st.append(make([]byte, 0, 80)))
		e, _, err := scanner.Next(append(b, "><body>x</body></message>"...))
		if err != nil || e.Kind != wire.Stanza {
			t.Fatalf("kind %v, %v", e.Kind, err)
		}
		if err := s.handle(e); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 || p.delivered.Load() != 2001 {
		t.Errorf("%v allocations to receive; %d were delivered", n, p.delivered.Load())
	}
}

func TestReceiveDoesNotAllocate(t *testing.T) {
	text := scenario(4, "{name: steady, duration: 1h, open: {rate: 1/s}}",
		`{message: {to: self, size: 40B}}, ping, {expect: {stanza: message, type: chat, from: "somebody@else.example", contains: "a text that is rather longer than thirty-two bytes", within: 1s}}`)
	for name, next := range map[string]func(*session, []byte) []byte{
		"message": func(s *session, b []byte) []byte {
			st := stamp{kind: 'm', run: s.ledger.run, seq: s.ledger.open(0, 0, s.now()), due: s.now(), sent: s.now()}
			o := s.program.work[0].(*message)
			return o.append(b, s, st, s.users.bare[0], 40)
		},
		"chat message": func(_ *session, b []byte) []byte {
			return append(b, "<message type='chat' from='somebody@else.example/x'><body>not what is looked for</body></message>"...)
		},
		"presence": func(s *session, b []byte) []byte {
			st := stamp{kind: 'p', run: s.ledger.run, from: 3, due: s.now(), sent: s.now()}
			b = append(b, "<presence from='user3@localhost/xmpprig'"...)
			b = wire.AppendAttr(b, "id", st.append(make([]byte, 0, 80)))
			return append(b, "/>"...)
		},
		"answer": func(s *session, b []byte) []byte {
			s.iq++
			s.answer = answer{waiting: true}
			b = append(b, "<iq type='result' id='"...)
			return append(appendRequestID(b, s.iq), "'/>"...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := connected(t, text)
			scanner := new(wire.Scanner)
			if _, _, err := scanner.Next([]byte("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")); err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, 0, 1024)
			in := s.count.in.Load()
			n := testing.AllocsPerRun(2000, func() {
				e, _, err := scanner.Next(next(s, buf))
				if err != nil || e.Kind != wire.Stanza {
					t.Fatalf("kind %v, %v", e.Kind, err)
				}
				if err := s.handle(e); err != nil {
					t.Fatal(err)
				}
			})
			if n != 0 {
				t.Errorf("%v allocations", n)
			}
			if s.count.in.Load() != in+2001 {
				t.Errorf("%d stanzas were counted, want 2001", s.count.in.Load()-in)
			}
			switch {
			case name == "message" && s.ledger.delivered.Load() != 2001:
				t.Errorf("%d were delivered", s.ledger.delivered.Load())
			case name == "answer" && s.answer.waiting:
				t.Error("the answer was not taken")
			case name == "presence" && s.board.gauges[1][s.program.presences].response.Count()+s.board.gauges[2][s.program.presences].response.Count() != 2001:
				t.Error("the presence was not timed")
			}
		})
	}
}
