package fuzz

import (
	"fmt"

	"xmpprig/fuzz/program"
)

// A way is what the second of two streams goes over, where the first goes over TCP with STARTTLS.
type way struct {
	name  string // in the names of programs
	over  program.Transport
	packs bool // it is compressed
}

// ways are those of a server, as far as its site tells.
func ways(s *Site) (all []way) {
	for _, w := range []struct {
		there bool
		way   way
	}{
		{s.DirectTLSAddr != "", way{name: "direct-tls", over: program.TLS}},
		{s.WebTLSAddr != "" && s.WebPath != "", way{name: "websocket", over: program.WSS}},
		{s.bosh() != "", way{name: "bosh", over: program.BOSH}},
		{true, way{name: "compressed", over: program.TCP, packs: true}},
	} {
		if w.there {
			all = append(all, w.way)
		}
	}
	return all
}

// rungs are the sizes of elements, in bytes. Each is four times the one before.
func rungs() []int { return []int{32 << 10, 128 << 10, 512 << 10, 2000 << 10} }

// What a rate is tried with: so many times so many requests of such a size, one behind the other.
const (
	rateTimes    = 12
	rateRequests = 8
	rateBytes    = 4 << 10
)

// ladder is programs that do the same over two ways at once: what is refused over one is refused over the other, or there is a limit that
// only one of them has (RFC 6120 §13.12).
func ladder(s *Site) (all []*program.Program) {
	for _, w := range ways(s) {
		for _, n := range rungs() {
			all = append(all, w.rung(n))
			if !w.packs { // which takes authentication
				all = append(all, w.early(n))
			}
		}
		all = append(all, w.rate())
	}
	return all
}

// rung sends one long element after authentication.
func (w way) rung(n int) *program.Program {
	return w.both(fmt.Sprintf("size-%d-%s", n, w.name), fmt.Sprintf("an element of %d bytes over TCP and over %s", n, w.name), "bound", w.steps(), program.Sync,
		fmt.Sprintf("<iq type='get' id='probe' to='{domain}'><ping xmlns='urn:xmpp:ping'>{%d*x}</ping></iq>", n))
}

// early sends one before it.
func (w way) early(n int) *program.Program {
	return w.both(fmt.Sprintf("size-early-%d-%s", n, w.name), fmt.Sprintf("an element of %d bytes before authentication, over TCP and over %s", n, w.name), "secured", nil, program.Await,
		fmt.Sprintf("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{%d*A}</auth>", n))
}

// rate sends many short ones.
func (w way) rate() *program.Program {
	var texts []string
	for i := range rateTimes {
		texts = append(texts, fmt.Sprintf("{%d*<iq type='get' id='rate-%d-{#}' to='{domain}'><ping xmlns='urn:xmpp:ping'>{%d*x}</ping></iq>}", rateRequests, i, rateBytes))
	}
	return w.both("rate-"+w.name, "many requests over TCP and over "+w.name, "bound", w.steps(), program.Sync, texts...)
}

// steps bring the accomplice to a session.
func (w way) steps() []program.Op {
	if !w.packs {
		return []program.Op{{Actor: program.Accomplice, Verb: program.Login, Arg: string(w.over)}}
	}
	ops := program.TCP.Steps(program.Accomplice)
	last := len(ops) - 1 // before it is bound
	return append(ops[:last:last], program.Op{Actor: program.Accomplice, Verb: program.Compress}, program.Op{Actor: program.Accomplice, Verb: program.Open}, ops[last])
}

// both has two streams do the same. Without steps that lead to sessions both stop before authentication.
func (w way) both(name, title, state string, steps []program.Op, wait program.Verb, texts ...string) *program.Program {
	p := &program.Program{Case: "ladder-" + name, Title: title, State: state}
	if steps == nil {
		for _, x := range []struct {
			actor program.Actor
			over  program.Transport
		}{{program.Attacker, program.TCP}, {program.Accomplice, w.over}} {
			way := x.over.Steps(x.actor)
			p.Ops = append(p.Ops, way[:len(way)-3]...) // without authentication, and what follows upon it
		}
	} else {
		p.Ops = append([]program.Op{{Actor: program.Attacker, Verb: program.Login}}, steps...)
	}
	p.Ops = append(p.Ops, program.Op{Verb: program.Mark})
	for _, a := range []program.Actor{program.Attacker, program.Accomplice} {
		op := program.Op{Actor: a, Verb: wait}
		if wait == program.Await {
			op.Arg = program.AwaitElement
		}
		for _, text := range texts {
			p.Ops = append(p.Ops, program.Op{Actor: a, Verb: program.Send, Arg: text})
		}
		p.Ops = append(p.Ops, op)
	}
	return p
}

// climb has the ladder played, each program once.
func (c *campaign) climb() (job, bool) {
	p, ok := pop(&c.queues.rungs)
	return job{program: p}, ok
}
