package mutate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"xmpprig/corpus"
	"xmpprig/fuzz/program"
)

// rows are all programs of the corpus.
func rows(t testing.TB) []*program.Program {
	t.Helper()
	entries, err := corpus.Rows()
	if err != nil {
		t.Fatal(err)
	}
	var all []*program.Program
	for _, e := range entries {
		p, err := program.Parse(e.File, e.Text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func testMaterial(pool []*program.Program) Material {
	return Material{Pool: pool, Words: Dictionary{
		Namespaces: []string{"urn:example:own"}, Names: []string{"own", "not a name"}, Attributes: []string{"own"}, Values: []string{"{own}", "a'b\"<&"},
		Mechanisms: []string{"OWN"}, Addresses: []string{"own@{domain}", "{"}, Numbers: []string{"42"}, Texts: []string{"}{", "own {witness.jid}"},
	}}
}

// sendsNothing are the layers that have nothing to work on in a program without sends.
func sendsNothing(l Layer) bool { return l == Tree || l == Spelling || l == Syntax || l == Bytes }

// hasElement tells whether the trees of a program have an element.
func hasElement(p *program.Program) bool {
	return slices.ContainsFunc(sends(p), func(i int) bool { return len(parse(p.Ops[i].Arg).elements()) > 0 })
}

func TestEveryLayerOnEveryRow(t *testing.T) {
	pool := rows(t)
	m := testMaterial(pool)
	for _, p := range pool {
		before := p.String()
		for _, l := range Layers() {
			for seed := range uint64(8) {
				q, ok := Mutate(rand.New(rand.NewPCG(seed, 1)), l, p, m)
				if !ok {
					if (!sendsNothing(l) || hasElement(p)) && slices.ContainsFunc(p.Judged(), func(o program.Op) bool { return attacks(o.Actor) }) {
						t.Errorf("%s, %s, seed %d: nothing was done", p.Name(), l, seed)
					}
					continue
				}
				checkMutant(t, p, q, l)
				again, _ := Mutate(rand.New(rand.NewPCG(seed, 1)), l, p, m)
				if again == nil || again.String() != q.String() {
					t.Errorf("%s, %s, seed %d: another mutant of the same seed", p.Name(), l, seed)
				}
			}
		}
		if p.String() != before {
			t.Fatalf("%s was changed", p.Name())
		}
	}
}

// checkMutant holds a mutant to what the package promises.
func checkMutant(t *testing.T, p, q *program.Program, l Layer) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s, %s: %s\n%s", p.Name(), l, fmt.Sprintf(format, args...), q.String()[:min(2000, len(q.String()))])
	}
	if err := q.Check(); err != nil {
		fail("%v", err)
	}
	if q.Row != 0 || q.Class != "" || q.Level != "" || q.Clause != "" || len(q.Lines)+len(q.Unless)+len(q.Record) > 0 || q.Title != p.Title {
		fail("the header is not that of a mutant")
	}
	if slices.Equal(q.Ops, p.Ops) {
		fail("it does what its parent does")
	}
	if !strings.HasSuffix(q.Origin, string(l)) || len(q.Case) > maxBase+10 || len(q.Origin) > 200 {
		fail("origin %q, case %q", q.Origin, q.Case)
	}
	bytes, long := cost(q.Ops)
	if bytes > maxBytes || long > maxTime {
		fail("it takes %d bytes and %v", bytes, long)
	}
	if err := watched(q); err != nil {
		fail("%v", err)
	}
	if err := knows(q); err != nil {
		fail("%v", err)
	}
}

// watched tells whether all that are there look behind the last thing that is done: one with a session behind what anybody
// does, one without behind what it does itself.
func watched(q *program.Program) error {
	now := phases(q.Preamble())
	last, own := map[program.Actor]int{}, map[program.Actor]int{}
	stirred := 0
	for i, op := range q.Judged() {
		now[op.Actor] = now[op.Actor].after(op.Verb)
		switch {
		case waits(op):
			last[op.Actor] = i + 1
		case op.Actor != "" && op.Verb != program.Freeze:
			stirred, own[op.Actor] = i+1, i+1
		}
	}
	for a, ph := range now {
		if ph == bound && last[a] <= stirred || attacks(a) && ph > absent && last[a] <= own[a] {
			return fmt.Errorf("the %s does not see what came of it", a)
		}
	}
	if now[program.Witness] == bound && now[program.Attacker] == bound && last[program.Witness] < last[program.Attacker] {
		return fmt.Errorf("the witness looks before the attacker")
	}
	return nil
}

// knows tells whether texts name only what was learned before.
func knows(q *program.Program) error {
	known := map[string]bool{"domain": true, "authority.stream": true, "component.domain": true, "component.secret": true}
	for _, a := range program.Actors() {
		for _, p := range []string{"bare", "local", "password", "nonce", "token", "exporter", "previd", "domain", "key", "id", "shown"} { // without the last it is not applicable
			known[string(a)+"."+p] = true
		}
	}
	for _, op := range q.Ops {
		a := string(op.Actor)
		switch op.Verb {
		case program.Open:
			known[a+".previous"] = known[a+".previous"] || known[a+".stream"]
			known[a+".stream"] = true
		case program.Federate:
			known[a+".stream"], known[a+".previous"] = true, known[a+".stream"]
		case program.Bind, program.Login:
			component := op.Arg == program.ComponentLogin
			known[a+".jid"], known[a+".resource"] = known[a+".jid"] || !component, known[a+".resource"] || !component
			if op.Verb == program.Login {
				known[a+".stream"], known[a+".previous"] = true, known[a+".stream"] || !component
			}
		case program.Learn:
			l, _ := op.Lesson()
			known[a+"."+l.Name] = true
		case program.Send:
			if _, err := program.Expand(op.Arg, func(name string) (string, bool) { return "5000", known[name] || strings.Contains(name, ".proof:") }); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestManyGenerations(t *testing.T) {
	pool := rows(t)
	m := testMaterial(pool)
	r := rand.New(rand.NewPCG(3, 4))
	for range 150 {
		p := pool[r.IntN(len(pool))]
		for range 12 {
			l := Layers()[r.IntN(len(Layers()))]
			q, ok := Mutate(r, l, p, m)
			if !ok {
				continue
			}
			checkMutant(t, p, q, l)
			if p = q; t.Failed() {
				return
			}
		}
	}
}

// TestAttemptsPass holds each operation to the rules without the check at the end of Mutate.
func TestAttemptsPass(t *testing.T) {
	pool := rows(t)
	m := testMaterial(pool)
	r := rand.New(rand.NewPCG(5, 6))
	for _, l := range Layers() {
		for _, o := range l.operations() {
			for range 150 {
				q, ok := attempt(r, l, o, one(r, pool), m)
				if !ok {
					continue
				}
				if err := q.Check(); err != nil {
					t.Errorf("%s %s: %v", l, o.name, err)
				}
			}
		}
	}
}

func TestBadParents(t *testing.T) {
	good := rows(t)[40]
	for _, ops := range [][]program.Op{
		nil,
		{{Actor: program.Attacker, Verb: program.Dial}},
		{{Verb: program.Mark}, {Verb: program.Mark}},
		{{Verb: program.Mark}, {Verb: program.Repeat, Times: 2}, send(program.Attacker, "{<a>")},
	} {
		p := *good
		p.Ops = ops
		for _, l := range Layers() {
			if q, ok := Mutate(rand.New(rand.NewPCG(1, 1)), l, &p, Material{}); ok && q.Check() != nil {
				t.Errorf("%s of %v", l, ops)
			}
		}
	}
	if _, ok := Mutate(rand.New(rand.NewPCG(1, 1)), "other", good, Material{}); ok {
		t.Error("a layer that there is not")
	}
}

func TestOrigin(t *testing.T) {
	p := &program.Program{Row: 28, Case: "element"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 8 {
		p = child(r, Tree, p)
	}
	p = child(r, Bytes, p)
	if want := "O-28 element tree, tree, tree, tree, tree, bytes"; p.Origin != want {
		t.Errorf("origin %q, want %q", p.Origin, want)
	}
	if !strings.HasPrefix(p.Case, "O-28-element+") || strings.Count(p.Case, "+") != 1 {
		t.Errorf("case %q", p.Case)
	}
	p = child(r, Order, &program.Program{Case: "odd", Origin: "minimised"})
	if want := "odd order"; p.Origin != want {
		t.Errorf("origin %q, want %q", p.Origin, want)
	}
}

func TestTrim(t *testing.T) {
	for _, c := range []struct {
		name string
		ops  []program.Op
		ok   bool
	}{
		{"small", []program.Op{send(program.Attacker, "x")}, true},
		{"placeholder", []program.Op{send(program.Attacker, "{4000000*x}")}, true},
		{"repeat", []program.Op{{Verb: program.Repeat, Times: 10000}, send(program.Attacker, "{4096*x}"), {Verb: program.End}}, true},
		{"freezes", slices.Repeat([]program.Op{{Verb: program.Freeze, For: 5 * time.Second}}, 10), true},
		{"pieces", []program.Op{{Verb: program.Send, Arg: "{1000000*x}", By: 1}}, true},
		{"literal", []program.Op{send(program.Attacker, strings.Repeat("x", maxBytes+1))}, false},
	} {
		p := &program.Program{Ops: c.ops}
		ok := trim(p)
		bytes, long := cost(p.Ops)
		if ok != c.ok || ok && (bytes > maxBytes || long > maxTime) {
			t.Errorf("%s: %v, %d bytes and %v", c.name, ok, bytes, long)
		}
	}
}

func FuzzMutate(f *testing.F) {
	pool := rows(f)
	m := testMaterial(pool)
	for i := range Layers() {
		f.Add(uint64(i), uint8(i))
	}
	f.Fuzz(func(t *testing.T, seed uint64, layer uint8) {
		r := rand.New(rand.NewPCG(seed, 0))
		l := Layers()[int(layer)%len(Layers())]
		p := one(r, pool)
		for range 3 {
			q, ok := Mutate(r, l, p, m)
			if !ok {
				return
			}
			checkMutant(t, p, q, l)
			p = q
		}
	})
}

func BenchmarkMutate(b *testing.B) {
	pool := rows(b)
	m := testMaterial(pool)
	for _, l := range Layers() {
		b.Run(string(l), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			for b.Loop() {
				Mutate(r, l, one(r, pool), m)
			}
		})
	}
}
