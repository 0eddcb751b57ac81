package mutate

import (
	"maps"
	"slices"
	"strings"

	"xmpprig/fuzz/program"
)

// maxAwaits is how many awaits of a mutant may time out.
const maxAwaits = 6

// settle makes a mutant one that ends as the package documentation says and names only what is known.
func settle(p *program.Program) {
	mark := len(p.Preamble())
	head, judged := p.Ops[:mark+1], slices.Clone(p.Ops[mark+1:])
	before := phases(head)
	judged = useful(present(judged, before))
	judged = looked(patient(judged, before))
	judged = append(judged, missing(judged, before)...)
	p.Ops = append(slices.Clone(head), judged...)
	know(p.Ops)
	number(p)
}

// present drops the operations of those who are not there.
func present(judged []program.Op, now map[program.Actor]phase) []program.Op {
	seen := map[program.Actor]bool{}
	for a, ph := range now {
		seen[a] = ph > absent
	}
	return slices.DeleteFunc(judged, func(op program.Op) bool {
		if op.Verb.Connects() {
			seen[op.Actor] = true
		}
		return op.Actor != "" && !seen[op.Actor]
	})
}

// patient makes waits such that are over when the server has answered, and leaves only the last few that may time out.
func patient(judged []program.Op, before map[program.Actor]phase) []program.Op {
	now := maps.Clone(before)
	awaits := 0
	for i := range judged {
		op := &judged[i]
		now[op.Actor] = now[op.Actor].after(op.Verb)
		switch {
		case attacks(op.Actor) && waits(*op) && now[op.Actor] == ending:
			op.Verb, op.Arg = program.Await, program.AwaitClosed
		case op.Actor == program.Attacker && op.Verb == program.Await && op.Arg == program.AwaitEnd:
			op.Arg = awaited(before[program.Attacker])
		}
		if op.Verb == program.Await {
			awaits++
		}
	}
	last := map[program.Actor]program.Op{} // the wait of each actor that nothing came after
	return slices.DeleteFunc(judged, func(op program.Op) bool {
		if !waits(op) {
			clear(last)
			return false
		}
		again := last[op.Actor] == op
		last[op.Actor] = op
		if op.Verb == program.Await {
			awaits--
			again = again || awaits >= maxAwaits
		}
		return again
	})
}

// awaited is what one without a bound session waits for.
func awaited(ph phase) string {
	if ph == connected {
		return program.AwaitFeatures
	}
	return program.AwaitElement
}

// looked leaves out the syncs at the end, which missing puts in their right order.
func looked(judged []program.Op) []program.Op {
	end := len(judged)
	for end > 0 && waits(judged[end-1]) {
		end--
	}
	tail := slices.DeleteFunc(slices.Clone(judged[end:]), func(op program.Op) bool { return op.Verb == program.Sync })
	return append(judged[:end:end], tail...)
}

// missing are the waits that let everybody see what came of all that was done: with a session, of what anybody did, and
// without one, of one's own.
func missing(judged []program.Op, before map[program.Actor]phase) (add []program.Op) {
	now := maps.Clone(before)
	looked, acted, stirred := map[program.Actor]int{}, map[program.Actor]int{}, 0 // places from 1
	for i, op := range judged {
		now[op.Actor] = now[op.Actor].after(op.Verb)
		if waits(op) {
			looked[op.Actor] = i + 1
		} else if op.Actor != "" && op.Verb != program.Freeze {
			stirred, acted[op.Actor] = i+1, i+1
		}
	}
	for _, a := range []program.Actor{program.Attacker, program.Accomplice, program.Witness, program.Bystander} {
		op, ok := look(a, now[a], before[a])
		since := acted[a]
		if now[a] == bound {
			since = max(stirred, 1)
		}
		if ok && looked[a] <= since {
			add = append(add, op)
			looked[a] = len(judged) + len(add)
		}
		if attacks(a) {
			stirred = max(stirred, looked[a]) // the others look behind the attacker
		}
	}
	return add
}

// look is how an actor sees what came of it.
func look(a program.Actor, now, before phase) (op program.Op, ok bool) {
	switch {
	case now == bound:
		return program.Op{Actor: a, Verb: program.Sync}, true
	case !attacks(a) || now == absent:
		return op, false
	case now == ending:
		return program.Op{Actor: a, Verb: program.Await, Arg: program.AwaitClosed}, true
	}
	return program.Op{Actor: a, Verb: program.Await, Arg: awaited(max(now, min(before, streaming)))}, true
}

// know replaces placeholders that name what nobody has learned yet.
func know(ops []program.Op) {
	known := map[string]bool{}
	for i := range ops {
		op := &ops[i]
		a := string(op.Actor)
		switch op.Verb {
		case program.Open:
			known[a+".previous"] = known[a+".stream"]
			known[a+".stream"] = true
		case program.Federate:
			known[a+".previous"], known[a+".stream"] = known[a+".stream"], true
		case program.Login:
			known[a+".previous"], known[a+".stream"] = known[a+".stream"] || op.Arg != program.ComponentLogin, true
			if op.Arg == program.ComponentLogin {
				continue
			}
			fallthrough
		case program.Bind:
			known[a+".jid"], known[a+".resource"] = true, true
		case program.Send, program.Frame, program.Raw, program.Request, program.Authenticate, program.Certificate:
			op.Arg = knowing(op.Arg, known)
		}
	}
}

// knowing replaces the names; braces around them stay, so that those of a literal text do no harm.
func knowing(template string, known map[string]bool) string {
	for _, a := range accounts() {
		for _, p := range [...]struct{ unknown, instead string }{{"jid", "bare"}, {"resource", "local"}, {"stream", "local"}, {"previous", "local"}} {
			name := string(a) + "." + p.unknown
			if !known[name] && strings.Contains(template, name) {
				template = strings.ReplaceAll(template, "{"+name+"}", "{"+string(a)+"."+p.instead+"}")
			}
		}
	}
	return template
}
