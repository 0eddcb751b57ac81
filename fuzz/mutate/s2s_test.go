package mutate

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"xmpprig/fuzz/program"
)

// TestServersAreSplicedWithServers makes many mutants of programs between servers: all can be played, the states that their ways lead to
// are their own, and each thing comes up that matters there.
func TestServersAreSplicedWithServers(t *testing.T) {
	var pool []*program.Program
	for _, p := range rows(t) {
		if p.BetweenServers() {
			pool = append(pool, p)
		}
	}
	m, r := testMaterial(pool), rand.New(rand.NewPCG(3, 4))
	seen := map[string]bool{}
	for range 1500 {
		p := one(r, pool)
		q, ok := Mutate(r, one(r, []Layer{Order, Order, Tree, Bytes, Transport}), p, m)
		if !ok {
			continue
		}
		if err := q.Check(); err != nil {
			t.Fatalf("%v\n%s", err, q)
		}
		if q.BetweenServers() && !strings.HasPrefix(q.State, "s2s-") {
			t.Errorf("the state %s of\n%s", q.State, q)
		}
		for _, what := range []string{"\nauthority close\n", "attacker send \"<db:verify from='{attacker.domain}' to='{domain}' id='{attacker.stream}' type='valid'/>\"",
			"juliet@{accomplice.domain}", "<db:verify/>", "\nattacker dial-s2s\n", "\nattacker federate\n"} {
			seen[what] = seen[what] || strings.Contains(q.String(), what)
		}
	}
	for what, ok := range seen {
		if !ok {
			t.Errorf("%q never came up", what)
		}
	}
}

// TestSilence has the authority hang up, by whatever way, where it said something.
func TestSilence(t *testing.T) {
	p, err := program.Parse("p", []byte("seed a\ntitle a\nstate s2s-features\n\nattacker dial-s2s\nattacker header\nmark\nauthority accept\nauthority header\nauthority send \"<db:verify/>\"\nattacker sync\n"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[program.Verb]int{}
	for seed := range uint64(200) {
		d := &draft{r: rand.New(rand.NewPCG(seed, 1)), p: child(rand.New(rand.NewPCG(seed, 2)), Order, p)}
		if !d.silence() || d.p.Check() != nil {
			t.Fatalf("nothing was done, or what cannot be:\n%s", d.p)
		}
		for _, op := range d.p.Ops {
			seen[op.Verb]++
		}
	}
	for _, v := range []program.Verb{program.Close, program.Reset, program.HalfClose} {
		if seen[v] == 0 {
			t.Errorf("no %s", v)
		}
	}
}

// TestFederateApart takes a federate apart where a mutant is to stop on the way.
func TestFederateApart(t *testing.T) {
	ops := apart([]program.Op{{Actor: program.Attacker, Verb: program.Federate}, {Actor: program.Accomplice, Verb: program.Federate}}, program.Attacker)
	verbs := []program.Verb{program.DialS2S, program.Open, program.Prove, program.Federate}
	if !slices.EqualFunc(ops, verbs, func(op program.Op, v program.Verb) bool { return op.Verb == v }) {
		t.Errorf("%v", ops)
	}
	for n, want := range map[int]string{1: "s2s-connected", 2: "s2s-connected", 3: "s2s-believed"} {
		if got := stateOf(ops[:n]); got != want {
			t.Errorf("%v lead to %s, want %s", ops[:n], got, want)
		}
	}
	if got := stateOf([]program.Op{{Actor: program.Attacker, Verb: program.DialS2S}, {Actor: program.Attacker, Verb: program.StartTLS}}); got != "s2s-secured" {
		t.Error(got)
	}
}

// contentIn is the namespace of the stream that a program's texts are on.
func contentIn(p *program.Program, text string) string {
	if strings.HasPrefix(text, "<?xml") {
		return contentOf(text)
	}
	return content(p)
}
