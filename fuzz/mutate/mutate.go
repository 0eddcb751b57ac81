package mutate

import (
	"math/rand/v2"
	"slices"

	"xmpprig/fuzz/program"
)

// Layer is what a mutation works on.
type Layer string

// The layers.
const (
	Order     Layer = "order"     // operations: their order, who does them, and splices of two programs
	Tree      Layer = "tree"      // elements, attributes and addresses of what is sent
	Spelling  Layer = "spelling"  // how XML is written, where the meaning stays
	Syntax    Layer = "syntax"    // how XML is written, where the meaning breaks
	Bytes     Layer = "bytes"     // characters and UTF-8
	Transport Layer = "transport" // how what is sent is cut, and when it is read
	Volume    Layer = "volume"    // how much, how deep, how often
)

// Layers returns all layers.
func Layers() []Layer { return []Layer{Order, Tree, Spelling, Syntax, Bytes, Transport, Volume} }

// Material is what mutations draw from beside the parent. The zero value will do: some words are built in.
type Material struct {
	Pool  []*program.Program // to splice from
	Words Dictionary
}

// Mutate returns a copy of p that one operation of the layer has changed. It is false only where none of them can do anything,
// as when the tree of a program that sends nothing is asked for, or where p itself does not pass Check.
func Mutate(r *rand.Rand, layer Layer, p *program.Program, m Material) (*program.Program, bool) {
	q, _, ok := mutate(r, layer, p, m)
	return q, ok
}

// mutate also names the operation.
func mutate(r *rand.Rand, layer Layer, p *program.Program, m Material) (q *program.Program, name string, ok bool) {
	if len(p.Preamble()) == len(p.Ops) {
		return nil, "", false // it has no mark
	}
	all := layer.operations()
	for _, i := range r.Perm(len(all)) {
		for range 3 { // one may draw a place where it can do nothing
			if q, ok := attempt(r, layer, all[i], p, m); ok && q.Check() == nil {
				return q, all[i].name, true
			}
		}
	}
	return nil, "", false
}

// attempt does one operation. The result passes Check if p does.
func attempt(r *rand.Rand, layer Layer, o operation, p *program.Program, m Material) (*program.Program, bool) {
	d := &draft{r: r, m: m, p: child(r, layer, p)}
	if !o.do(d) || slices.Equal(d.p.Ops, p.Ops) {
		return nil, false
	}
	settle(d.p)
	d.p.Ops = slices.Clip(d.p.Ops)
	return d.p, trim(d.p) && len(d.p.Ops) <= program.MaxOps && !slices.Equal(d.p.Ops, p.Ops)
}

// operation is one way to make a program worse. It reports false where it can do nothing, and may then leave the draft in any
// state.
type operation struct {
	name string
	do   func(*draft) bool
}

func (l Layer) operations() []operation {
	switch l {
	case Order:
		return append(orderOperations(), spliceOperations()...)
	case Tree:
		return treeOperations()
	case Spelling:
		return spellingOperations()
	case Syntax:
		return syntaxOperations()
	case Bytes:
		return bytesOperations()
	case Transport:
		return transportOperations()
	case Volume:
		return volumeOperations()
	}
	return nil
}

// draft is a mutant in the making.
type draft struct {
	r *rand.Rand
	p *program.Program
	m Material
}

// one draws one of all, which must not be empty.
func one[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// chance is true once in n times.
func chance(r *rand.Rand, n int) bool { return r.IntN(n) == 0 }

// mark is the index of the mark.
func (d *draft) mark() int { return len(d.p.Preamble()) }

// sends are the indexes of what the attacking side sends behind the mark.
func (d *draft) sends() []int { return sends(d.p) }

func sends(p *program.Program) []int {
	var all []int
	for i := len(p.Preamble()); i < len(p.Ops); i++ {
		if op := &p.Ops[i]; op.Verb == program.Send && op.Arg != "" && (attacks(op.Actor) || op.Actor == program.Authority) {
			all = append(all, i)
		}
	}
	return all
}

// attacks tells the actors whose sends are judged from those that look on.
func attacks(a program.Actor) bool { return a == program.Attacker || a == program.Accomplice }

// accounts are the actors that log in.
func accounts() []program.Actor {
	return slices.DeleteFunc(program.Actors(), func(a program.Actor) bool { return a == program.Authority })
}

// send draws something sent to be changed; nil where nothing is sent.
func (d *draft) send() *program.Op {
	all := d.sends()
	if len(all) == 0 {
		return nil
	}
	return &d.p.Ops[one(d.r, all)]
}

// insert puts operations before the one at index at.
func (d *draft) insert(at int, ops ...program.Op) { d.p.Ops = slices.Insert(d.p.Ops, at, ops...) }

func send(a program.Actor, text string) program.Op {
	return program.Op{Actor: a, Verb: program.Send, Arg: text}
}
