package fuzz

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/results"
)

// named gives so many jobs of a name.
func named(name string, n int) part {
	return func() (job, bool) {
		n--
		return job{how: name}, n >= 0
	}
}

func taken(s source, n int) string {
	var names []string
	for range n {
		names = append(names, s().how)
	}
	return strings.Join(names, "")
}

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		parts []part
		want  string
	}{
		{[]part{named("a", 2), named("b", 99)}, "aabbb"},
		{[]part{named("a", 0), every(3, named("s", 99)), named("m", 99)}, "mmsmmsmms"},
		{[]part{every(2, named("a", 1)), every(3, named("b", 99)), named("m", 99)}, "mambmmb"},
		{[]part{every(1, named("a", 2)), named("m", 99)}, "aam"},
		{[]part{every(2, named("a", 99))}, "aaaa"}, // it asks until somebody has something
	} {
		if got := taken(order(c.parts...), len(c.want)); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestPop(t *testing.T) {
	queue := []string{"a", "b"}
	for _, want := range []string{"a", "b", ""} {
		if got, ok := pop(&queue); got != want || ok != (want != "") {
			t.Errorf("%q, %v; want %q", got, ok, want)
		}
	}
}

func TestPoolPicksRareStates(t *testing.T) {
	var l pool
	for range 999 {
		l.add(&program.Program{State: "bound"})
	}
	rare := &program.Program{State: "closing"}
	l.add(rare)
	for range 100 { // so that it is no recent one either
		l.add(&program.Program{State: "bound"})
	}
	r, n := rand.New(rand.NewPCG(1, 2)), 0
	for range 4000 {
		if l.pick(r) == rare {
			n++
		}
	}
	if n < 300 || n > 700 { // half of a quarter
		t.Errorf("the one program of a state was picked %d times of 4000", n)
	}
}

func programNamed(t testing.TB, text string) *program.Program {
	t.Helper()
	p, err := program.Parse("test.xp", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const pingText = "seed ping\ntitle a ping\nstate bound\n\nattacker login\nmark\nattacker sync\n"

// planned is a campaign that has begun and plays nothing.
func planned(t testing.TB, plan Plan) *campaign {
	t.Helper()
	plan.Record = t.TempDir()
	c := &campaign{plan: plan, start: time.Now(), known: map[string]bool{}, doubted: map[string]int{}}
	if err := c.open(nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.journal.close(); err != nil {
			t.Error(err)
		}
	})
	c.seed()
	c.next = c.strategy()
	return c
}

// TestOneSeedOneCampaign holds the choice of what is played to the seed and to what was learned.
func TestOneSeedOneCampaign(t *testing.T) {
	played := func(seed uint64) (texts []string) {
		c := planned(t, Plan{Seed: seed, Corpus: shipped(t)})
		for i := range len(c.plan.Corpus) + 300 {
			j, ok := c.pull()
			if !ok {
				t.Fatal("the campaign is over")
			}
			texts = append(texts, j.program.String())
			if j.respelled != nil {
				texts = append(texts, j.respelled.String())
			}
			edge := strings.Repeat("x", i%7) // some is new, and most is not
			c.learn(j, &trial{program: j.program, edge: edge})
		}
		return texts
	}
	a, b, other := played(5), played(5), played(6)
	if !slices.Equal(a, b) {
		t.Error("two campaigns of one seed play different programs")
	}
	if slices.Equal(a, other) {
		t.Error("two seeds play the same programs")
	}
}

// TestLiveCampaignsOfOneSeed is the same with a server, whose timing is no part of it as long as nothing depends on that.
func TestLiveCampaignsOfOneSeed(t *testing.T) {
	begin := []*program.Program{programNamed(t, pingText)}
	played := func() (names []string) {
		srv, site := child(t)
		site.Patience, site.Glance = 300*time.Millisecond, 100*time.Millisecond
		r, err := Run(t.Context(), srv, Plan{Seed: 4, Corpus: begin, Programs: 12, Record: t.TempDir(), Sites: []*Site{site}, Shared: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range r.Attacks {
			names = append(names, a.Program)
		}
		return names
	}
	a, b := played(), played()
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	t.Logf("%d of %d programs are the same: %q", same, len(a), a)
	if same < 6 {
		t.Errorf("only %d programs are the same:\n%q\n%q", same, a, b)
	}
}

// TestShrinkLast holds a campaign that has found enough to what it found.
func TestShrinkLast(t *testing.T) {
	enough := func(found []results.Finding) bool { return len(found) > 0 }
	c := planned(t, Plan{Corpus: []*program.Program{programNamed(t, pingText)}, Enough: enough})
	c.report.Findings = []results.Finding{{Fingerprint: "f"}}
	c.queues.reductions = []reduction{{fingerprint: "f"}}
	if j, ok := c.pull(); !ok || j.reduction == nil {
		t.Fatalf("%+v, %v; the finding is to be shrunk", j, ok)
	}
	if j, ok := c.pull(); ok {
		t.Errorf("%+v: it has found enough", j)
	}
}

func TestSuspectOnce(t *testing.T) {
	c := planned(t, Plan{Corpus: []*program.Program{programNamed(t, pingText)}})
	f := oracle.Finding{Oracle: oracle.Witness, Title: "t", State: "bound"}
	s := suspicion{finding: f, program: c.plan.Corpus[0]}
	c.suspect(s)
	c.suspect(s)
	if n := len(c.queues.suspicions); n != 1 {
		t.Fatalf("%d suspicions of one finding", n)
	}
	doubtIt := func(name string) {
		t.Helper()
		other := s
		other.program = programNamed(t, strings.Replace(pingText, "seed ", "seed "+name+"-", 1))
		c.queues.suspicions = nil
		if c.suspect(other); len(c.queues.suspicions) != 1 {
			t.Fatalf("%s is not looked into", name)
		}
		if err := c.doubt(other, "0/3"); err != nil {
			t.Fatal(err)
		}
		c.queues.suspicions = nil
		if c.suspect(other); len(c.queues.suspicions) != 0 {
			t.Errorf("%s is looked into again", name)
		}
	}
	for i := range doubts { // another program may show it more surely
		doubtIt(fmt.Sprintf("p%d", i))
	}
	if c.suspect(s); len(c.queues.suspicions) != 0 || len(c.report.Doubts) != 1 {
		t.Errorf("%d suspicions, %d doubts", len(c.queues.suspicions), len(c.report.Doubts))
	}
}

func TestLayersAreCredited(t *testing.T) {
	w := mutate.NewWeights()
	w.Credit(mutate.Layers()[0], 10, 10)
	w.Credit(mutate.Layers()[1], 10000, 0)
	r, first, second := rand.New(rand.NewPCG(1, 1)), 0, 0
	for range 200 {
		switch w.Pick(r) {
		case mutate.Layers()[0]:
			first++
		case mutate.Layers()[1]:
			second++
		}
	}
	if first <= second {
		t.Errorf("what has found something is drawn %d times, what has not %d times", first, second)
	}
}
