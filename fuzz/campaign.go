package fuzz

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/program"
	"xmpprig/results"
)

// Plan says what a campaign is to do.
type Plan struct {
	Seed   uint64
	Corpus []*program.Program // what it begins with
	Words  mutate.Dictionary
	// Over are the transports that all programs are played over, as far as they have a counterpart there; empty: each as it is written, and
	// once over each other that the server has.
	Over     []program.Transport
	Time     time.Duration // when it ends; 0: never
	Programs int64         // after how many programs it ends; 0: never
	// Enough ends the campaign when it says so of what was found. It may be nil.
	Enough   func(found []results.Finding) bool
	Record   string // directory of the record
	Resume   bool   // go on with the campaign that is recorded there
	Baseline Baseline
	Shared   bool // others use the server at the same time: what it uses is no program's doing
	// ShrinkTrials bounds the trials that one finding is shrunk by; 0: DefaultShrinkTrials.
	ShrinkTrials int
	ShrinkTime   time.Duration    // and its time; 0: DefaultShrinkTime
	Head         results.Campaign // what the caller knows of the campaign
	Reproduce    func(dir string) string
	// Tell is called, by one goroutine at a time, when something was found and once a second. It may be nil.
	Tell func(News)
	// Played is called behind each program, by any goroutine. It may be nil.
	Played func()
	// Sites gives the accounts of the workers, one each.
	Sites []*Site
}

// DefaultShrinkTime keeps one finding from holding up the others.
const DefaultShrinkTime = 10 * time.Second

// DefaultShrinkTrials is about what a finding of some hundred bytes needs.
const DefaultShrinkTrials = 250

// News is what a campaign tells while it runs.
type News struct {
	Progress results.Progress
	Found    *results.Finding // nil: it is only a second later
	Restart  *results.Restart
}

// campaign is one campaign under way. The mutex guards what workers share; a worker that triages holds alone.
type campaign struct {
	plan    Plan
	server  Watched
	baseSec float64 // that an earlier process spent
	baseCPU float64 // the same of the CPU
	start   time.Time

	alone   sync.RWMutex // held for reading while a program is played, for writing while a finding is confirmed and shrunk
	mu      sync.Mutex
	rand    *rand.Rand
	chances map[mutate.Layer]*rand.Rand
	next    source
	pool    *pool
	weights *mutate.Weights
	queues  queues
	known   map[string]bool // fingerprints that need no more looking at
	doubted map[string]int  // by fingerprint, and by fingerprint and program
	report  results.Campaign
	journal *journal
	layers  map[mutate.Layer]*results.LayerWork
	broken  error // of the record
	cpu     float64
	saved   time.Time
	recent  []*program.Program // played last
}

// Run plays programs on a server until the plan says to stop or ctx is done, and returns what it did and found. What was found is
// in the record as soon as it was found. The error is of the set-up or of the record; a server that stays down ends the
// campaign with the verdict incomplete.
func Run(ctx context.Context, server Watched, plan Plan) (*results.Campaign, error) {
	c := &campaign{plan: plan, server: server, start: time.Now(), cpu: processCPU(), known: map[string]bool{}, doubted: map[string]int{}, report: plan.Head}
	c.report.Seed = plan.Seed
	if plan.ShrinkTrials == 0 {
		c.plan.ShrinkTrials = DefaultShrinkTrials
	}
	if plan.ShrinkTime == 0 {
		c.plan.ShrinkTime = DefaultShrinkTime
	}
	c.plan.Corpus = confined(plan.Corpus, plan.Over)
	entries, err := pastOf(plan.Record, plan.Resume)
	if err != nil {
		return nil, err
	}
	benches, err := c.setUp(ctx)
	defer leave(benches)
	if err != nil {
		return nil, err
	}
	if err := c.open(entries); err != nil {
		return nil, err
	}
	defer c.journal.close()
	c.seed()
	c.next = c.strategy()
	err = c.work(ctx, benches)
	return c.finish(ctx, err)
}

// setUp makes a bench for each worker; those it returns are to be left, also after an error.
func (c *campaign) setUp(ctx context.Context) (benches []*bench, err error) {
	for _, site := range c.plan.Sites {
		b, err := setUp(ctx, c.server, site, c.plan.Shared || len(c.plan.Sites) > 1)
		if err != nil {
			return benches, err
		}
		b.played = c.played
		benches = append(benches, b)
	}
	return benches, nil
}

// played counts a program.
func (c *campaign) played() {
	c.mu.Lock()
	c.report.Programs++
	c.mu.Unlock()
	if c.plan.Played != nil {
		c.plan.Played()
	}
}

func leave(benches []*bench) {
	for _, b := range benches {
		b.end()
	}
}

// work has the workers play until it is over.
func (c *campaign) work(ctx context.Context, benches []*bench) error {
	c.start = time.Now()
	if c.plan.Time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, max(time.Millisecond, c.plan.Time-time.Duration(c.baseSec*float64(time.Second))), errOver)
		defer cancel()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	errs := make([]error, len(benches))
	var workers, clock sync.WaitGroup
	for i, b := range benches {
		workers.Go(func() {
			if errs[i] = c.worker(ctx, b); errs[i] != nil {
				cancel(errs[i])
			}
		})
	}
	clock.Go(func() { c.tick(ctx, cancel) })
	workers.Wait()
	cancel(errOver)
	clock.Wait()
	return errors.Join(errs...)
}

// errOver says that the time of the plan is up, or what it asked for is done.
var errOver = errors.New("the campaign is over")

// tick writes down how things stand, once a second.
func (c *campaign) tick(ctx context.Context, end context.CancelCauseFunc) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := c.second(); err != nil {
				end(err)
			}
		}
	}
}

// worker plays what the strategy gives, on a bench of its own.
func (c *campaign) worker(ctx context.Context, b *bench) error {
	for ctx.Err() == nil {
		j, ok := c.pull()
		if !ok {
			return nil
		}
		if err := c.do(ctx, b, j); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// pull is the next thing to do; false when the plan is fulfilled.
func (c *campaign) pull() (job, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plan.Programs > 0 && c.report.Programs >= c.plan.Programs || c.enough() {
		return job{}, false
	}
	return c.next(), true
}

// enough reports whether what was found, and is as small as it gets, is all that was wanted.
func (c *campaign) enough() bool {
	return c.plan.Enough != nil && len(c.queues.suspicions)+len(c.queues.reductions) == 0 && c.plan.Enough(c.report.Findings)
}

// do does one thing.
func (c *campaign) do(ctx context.Context, b *bench, j job) error {
	switch {
	case j.suspicion != nil:
		return c.triage(ctx, b, *j.suspicion)
	case j.reduction != nil:
		return c.reduce(ctx, b, *j.reduction)
	}
	c.alone.RLock()
	defer c.alone.RUnlock()
	t, err := b.try(ctx, b.site, j.program)
	if err != nil {
		return err
	}
	c.learn(j, t)
	if t.facts.Ended {
		if err := c.restart(ctx, b, t); err != nil {
			return err
		}
	}
	if j.respelled != nil {
		return c.compare(ctx, b, j, t)
	}
	return nil
}

// compare plays the other spelling of what was just played.
func (c *campaign) compare(ctx context.Context, b *bench, j job, plain *trial) error {
	t, err := b.try(ctx, b.site, j.respelled)
	if err != nil {
		return err
	}
	c.differing(j, plain, t)
	c.learn(job{program: j.respelled, layer: mutate.Spelling, mutant: true}, t)
	if t.facts.Ended {
		return c.restart(ctx, b, t)
	}
	return nil
}

// restart brings the server back after t.
func (c *campaign) restart(ctx context.Context, b *bench, t *trial) error {
	reason := "the server opens no stream any more"
	if len(t.facts.Crashes) > 0 {
		reason = t.facts.Crashes[0].Title
	}
	r := results.Restart{Seconds: c.seconds(), After: t.program.Name(), Reason: reason}
	if err := b.restart(ctx); err != nil {
		return fmt.Errorf("start the server again after %s: %w", t.program.Name(), err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Restarts = append(c.report.Restarts, r)
	c.tell(News{Restart: &r})
	return c.journal.write(entry{Restart: &r})
}

func (c *campaign) seconds() float64 { return c.baseSec + time.Since(c.start).Seconds() }

// tell passes news on; the caller holds mu.
func (c *campaign) tell(n News) {
	if n.Progress = c.progress(); c.plan.Tell != nil {
		c.plan.Tell(n)
	}
}
