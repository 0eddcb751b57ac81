package fuzz

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
)

// job is one thing to do: a program to play, alone or beside another spelling of it, or a suspicion to look into.
type job struct {
	program   *program.Program
	respelled *program.Program
	how       string // it is respelled
	spelled   uint64 // seed of that
	layer     mutate.Layer
	mutant    bool // the layer made it
	suspicion *suspicion
	reduction *reduction
}

// source gives jobs without end; part gives one if it has any.
type (
	source func() job
	part   func() (job, bool)
)

// strategy is the whole of it.
func (c *campaign) strategy() source {
	return order(
		c.confirm,           // what looked odd, before anything else can blur it
		c.shrinkLast,        // what the campaign then ends with
		c.replay,            // what is in the corpus and this server has not seen
		c.shrink,            // what was confirmed
		every(2, c.climb),   // the same over two transports at once, ever larger
		every(3, c.smash),   // mutants of what was new last
		every(2, c.spell),   // each of the corpus once in another spelling
		every(3, c.carry),   // and once over another transport
		every(5, c.respell), // and any of it
		c.mutate,            // of what is in the corpus: never empty
	)
}

// order asks the parts one after the other.
func order(parts ...part) source {
	return func() job {
		for {
			for _, p := range parts {
				if j, ok := p(); ok {
					return j
				}
			}
		}
	}
}

// every gives what p has, once in n times.
func every(n int, p part) part {
	turn := 0
	return func() (job, bool) {
		if turn++; turn%n != 0 {
			return job{}, false
		}
		return p()
	}
}

// queues are what waits to be played.
type queues struct {
	suspicions []suspicion
	reductions []reduction
	replays    []*program.Program
	spellings  []*program.Program
	carries    []carriage
	rungs      []*program.Program
	smashes    []*program.Program // each as often as it is to be mutated
}

func pop[T any](queue *[]T) (first T, ok bool) {
	if len(*queue) == 0 {
		return first, false
	}
	first = (*queue)[0]
	*queue = (*queue)[1:]
	return first, true
}

// confirm takes what is quickest to confirm first: one that takes minutes must not hide the others. Leaks come last: each trial of one
// is several, and a server that is still busy with a program looks as if it leaked.
func (c *campaign) confirm() (job, bool) {
	slices.SortStableFunc(c.queues.suspicions, func(a, b suspicion) int {
		return cmp.Or(leakLast(a)-leakLast(b), cmp.Compare(a.took, b.took))
	})
	s, ok := pop(&c.queues.suspicions)
	return job{suspicion: &s}, ok
}

func leakLast(s suspicion) int {
	if s.finding.Oracle == oracle.Leak {
		return 1
	}
	return 0
}

func (c *campaign) shrink() (job, bool) {
	r, ok := pop(&c.queues.reductions)
	return job{reduction: &r}, ok
}

// shrinkLast shrinks where what was found is enough.
func (c *campaign) shrinkLast() (job, bool) {
	if c.plan.Enough == nil || !c.plan.Enough(c.report.Findings) {
		return job{}, false
	}
	return c.shrink()
}

func (c *campaign) replay() (job, bool) {
	p, ok := pop(&c.queues.replays)
	return job{program: p}, ok
}

// smashing is how often something new is mutated at once.
const smashing = 12

func (c *campaign) smash() (job, bool) {
	p, ok := pop(&c.queues.smashes)
	if !ok {
		return job{}, false
	}
	return c.mutant(p)
}

// mutate mutates something of the corpus, once or a few times.
func (c *campaign) mutate() (job, bool) { return c.mutant(c.pool.pick(c.rand)) }

// seed begins the random numbers at what the campaign has come to. Each layer has its own: what one draws changes no other's mutants.
func (c *campaign) seed() {
	at := uint64(c.report.Programs)
	c.rand = rand.New(rand.NewPCG(c.plan.Seed, at))
	c.chances = map[mutate.Layer]*rand.Rand{}
	for i, layer := range mutate.Layers() {
		c.chances[layer] = rand.New(rand.NewPCG(c.plan.Seed, at^uint64(i+1)<<56))
	}
}

func (c *campaign) mutant(p *program.Program) (job, bool) {
	material := mutate.Material{Pool: c.pool.programs, Words: c.plan.Words}
	j := job{mutant: true}
	for range 1 + c.rand.IntN(3) {
		layer := c.weights.Pick(c.rand)
		if q, ok := mutate.Mutate(c.chances[layer], layer, p, material); ok {
			p, j.layer = q, layer
			c.tried(layer)
		}
	}
	j.program = p
	return j, j.layer != "" && c.keeps(p)
}

// spell has the programs that the campaign began with played in two spellings, each once.
func (c *campaign) spell() (job, bool) {
	for {
		p, ok := pop(&c.queues.spellings)
		if !ok {
			return job{}, false
		}
		if j, ok := c.respelled(p); ok {
			return j, true
		}
	}
}

// respell has a program of the corpus played in two spellings.
func (c *campaign) respell() (job, bool) { return c.respelled(c.pool.pick(c.rand)) }

func (c *campaign) respelled(p *program.Program) (job, bool) {
	seed := c.rand.Uint64()
	q, how, ok := mutate.Respell(rand.New(rand.NewPCG(seed, 0)), p)
	return job{program: p, respelled: q, how: how, spelled: seed}, ok
}

// pool is the corpus while it grows. Programs that led where few others did are picked more often.
type pool struct {
	programs []*program.Program
	states   map[string][]int // by state, the programs of it
	names    []string
}

func (l *pool) add(p *program.Program) {
	if l.states == nil {
		l.states = map[string][]int{}
	}
	if _, ok := l.states[p.State]; !ok {
		l.names = append(l.names, p.State)
	}
	l.states[p.State] = append(l.states[p.State], len(l.programs))
	l.programs = append(l.programs, p)
}

// pick takes any program, a recent one, or one of a state that is drawn first, so that rare states come to their right.
func (l *pool) pick(r *rand.Rand) *program.Program {
	n := len(l.programs)
	switch r.IntN(4) {
	case 0:
		return l.programs[n-1-r.IntN(min(n, 50))]
	case 1:
		of := l.states[l.names[r.IntN(len(l.names))]]
		return l.programs[of[r.IntN(len(of))]]
	}
	return l.programs[r.IntN(n)]
}
