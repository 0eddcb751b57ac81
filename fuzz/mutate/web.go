package mutate

import (
	"math/rand/v2"
	"slices"

	"xmpprig/fuzz/program"
)

// otherTransport comes by another transport, as a limit may hold for some only.
func (d *draft) otherTransport() bool {
	q, err := program.Over(d.p, one(d.r, []program.Transport{program.WS, program.WSS, program.WSS, program.BOSH, program.BOSH}))
	if err != nil || slices.Equal(q.Ops, d.p.Ops) {
		return false
	}
	d.p.Ops = q.Ops
	return true
}

// frames are the indexes of the frames behind the mark.
func (d *draft) frames() (all []int) {
	for i := d.mark(); i < len(d.p.Ops); i++ {
		if d.p.Ops[i].Verb == program.Frame {
			all = append(all, i)
		}
	}
	return all
}

// oddFrame puts a frame in that is wrong in some way, or makes one so.
func (d *draft) oddFrame() bool {
	all := d.frames()
	if len(all) == 0 {
		return d.insertFrame()
	}
	f := &d.p.Ops[one(d.r, all)].Form
	switch d.r.IntN(6) {
	case 0:
		f.Opcode = one(d.r, opcodes())
	case 1:
		f.Part = !f.Part
	case 2:
		f.Unmasked = !f.Unmasked
	case 3:
		f.Reserved = d.r.IntN(8)
	case 4:
		f.Long = !f.Long
	case 5:
		f.Claims = one(d.r, []int{0, 1, 125, 126, 127, 65535, 65536, 1 << 30, -1})
	}
	return true
}

func opcodes() []string {
	return []string{"text", "binary", "continuation", "close", "ping", "pong", "3", "7", "11", "15"}
}

// insertFrame sends something as a frame that the program has over WebSocket.
func (d *draft) insertFrame() bool {
	web := slices.ContainsFunc(d.p.Ops, func(op program.Op) bool {
		return op.Actor == program.Attacker && (op.Verb == program.DialWS || op.Verb == program.DialWSS || op.Verb == program.Login && (op.Arg == string(program.WS) || op.Arg == string(program.WSS)))
	})
	if !web {
		return false
	}
	text := one(d.r, []string{"", "x", "\x03\xe8", "{126*x}", "<message xmlns='jabber:client' to='{witness.bare}'><body>x</body></message>", "<iq xmlns='jabber:client' type='get' id='f'><ping xmlns='urn:xmpp:ping'/></iq>"})
	if op := d.send(); op != nil && chance(d.r, 2) {
		text = op.Arg
	}
	d.insert(d.place(), program.Op{Actor: program.Attacker, Verb: program.Frame, Form: program.Form{Opcode: one(d.r, opcodes()), Part: chance(d.r, 4)}, Arg: text})
	return true
}

// Over is p played over another transport; false where it has no counterpart there, or comes by that already.
func Over(r *rand.Rand, p *program.Program, t program.Transport) (*program.Program, bool) {
	carried, err := program.Over(p, t)
	if err != nil || slices.Equal(carried.Ops, p.Ops) {
		return nil, false
	}
	q := child(r, Transport, p)
	q.Ops = carried.Ops
	return q, q.Check() == nil
}
