package mutate

import (
	"slices"

	"xmpprig/fuzz/program"
)

// fewWaits is how many times a wait may be repeated on one connection: where the server has fallen silent, each times out.
const fewWaits = 3

// useful leaves out waits that nothing can come of but the loss of time: those before anything is done, and those that are
// repeated often on one connection.
func useful(judged []program.Op) []program.Op {
	acted, often := false, false
	kept := judged[:0:0]
	for i, op := range judged {
		switch {
		case op.Verb == program.Repeat:
			often = op.Times > fewWaits && !connects(judged[i:])
		case op.Verb == program.End:
			often = false
			if n := len(kept); n > 0 && kept[n-1].Verb == program.Repeat {
				kept = kept[:n-1] // nothing is left to repeat
				continue
			}
		case waits(op):
			if often || !acted && op.Arg != program.AwaitClosed {
				continue
			}
		default:
			acted = true
		}
		kept = append(kept, op)
	}
	return kept
}

// connects tells whether there is a new connection in each turn of the repeat that begins here.
func connects(ops []program.Op) bool {
	end := slices.IndexFunc(ops, func(op program.Op) bool { return op.Verb == program.End })
	return slices.ContainsFunc(ops[:max(end, 0)], func(op program.Op) bool {
		return op.Verb.Connects()
	})
}
