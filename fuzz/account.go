package fuzz

import (
	"context"
	"errors"
	"slices"
	"time"

	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/oracle"
	"xmpprig/results"
)

// attacksKept bounds the list of what was played when.
const attacksKept = 5000

// count takes a trial into the account; mu is held.
func (c *campaign) count(t *trial) {
	c.report.ServerCPU += t.facts.CPU.Seconds()
	if !c.plan.Shared {
		return
	}
	from := c.baseSec + t.started.Sub(c.start).Seconds()
	a := results.Attack{From: from, To: from + t.took.Seconds(), Program: t.program.Name()}
	if len(t.findings) > 0 {
		a.Finding = t.findings[0].Fingerprint()
	}
	if len(c.report.Attacks) < attacksKept || a.Finding != "" && len(c.report.Attacks) < 2*attacksKept {
		c.report.Attacks = append(c.report.Attacks, a)
		c.note(c.journal.write(entry{Attack: &a}))
	}
}

// note keeps an error of the record, which ends the campaign; mu is held.
func (c *campaign) note(err error) { c.broken = errors.Join(c.broken, err) }

func (c *campaign) tried(l mutate.Layer)    { c.layers[l].Tried++ }
func (c *campaign) rewarded(l mutate.Layer) { c.layers[l].Found++; c.weights.Reward(l) }

// finish puts the report together and writes it. Err is what ended the campaign before its time.
func (c *campaign) finish(ctx context.Context, err error) (*results.Campaign, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.progress()
	c.report.Samples = append(c.report.Samples, p)
	if bad, ok := errors.AsType[*RecordError](err); ok {
		c.note(bad)
	}
	if c.broken == nil { // what could not be written down whole is not to be made worse
		c.note(c.journal.write(entry{Sample: &p, Work: c.spent()}))
	}
	for _, s := range c.queues.suspicions {
		c.report.Doubts = append(c.report.Doubts, c.finding(s, s.finding, "0/0"))
	}
	c.judge(ctx, errors.Join(err, c.broken))
	c.save()
	return &c.report, c.broken
}

// save writes the report as it stands; mu is held.
func (c *campaign) save() {
	if err := results.WriteCampaign(c.plan.Record, c.snapshot()); err != nil {
		c.note(&RecordError{err})
	}
}

// spent is what the campaign has used so far; mu is held.
func (c *campaign) spent() *work {
	w := &work{RigCPU: c.baseCPU + processCPU() - c.cpu, ServerCPU: c.report.ServerCPU}
	for _, l := range mutate.Layers() {
		w.Layers = append(w.Layers, *c.layers[l])
	}
	return w
}

// judge is how the campaign ends.
func (c *campaign) judge(ctx context.Context, err error) {
	exit := results.ExitPass
	var reasons []string
	if n := c.grave(); n > 0 {
		exit = results.ExitFinding
		reasons = append(reasons, plural(n, "finding"))
	}
	if err != nil && ctx.Err() == nil {
		exit = results.ExitIncomplete
		reasons = append(reasons, err.Error())
	}
	c.report.Verdict = results.Outcome{Status: exit.Status(), ExitCode: exit, Reasons: reasons}
}

func (c *campaign) grave() (n int) {
	for _, f := range c.report.Findings {
		if Grave(f) {
			n++
		}
	}
	return n
}

// snapshot is the report as it stands; mu is held.
func (c *campaign) snapshot() *results.Campaign {
	r := &c.report
	spent := c.spent()
	r.Seconds, r.RigCPU, r.Layers = c.seconds(), spent.RigCPU, spent.Layers
	r.Coverage, r.Corpus = c.journal.coverage(), len(c.pool.programs)-len(c.plan.Corpus)
	order := oracle.Names()
	slices.SortStableFunc(r.Findings, func(a, b results.Finding) int {
		return slices.Index(order, oracle.Name(a.Oracle)) - slices.Index(order, oracle.Name(b.Oracle))
	})
	return r
}

// saving is how often the report is written while the campaign goes on.
const saving = 5 * time.Second

// second writes down how things stand.
func (c *campaign) second() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Coverage, c.report.Corpus = c.journal.coverage(), len(c.pool.programs)-len(c.plan.Corpus)
	p := c.progress()
	c.report.Samples = append(c.report.Samples, p)
	c.note(c.journal.write(entry{Sample: &p, Work: c.spent()}))
	c.tell(News{})
	if now := time.Now(); now.Sub(c.saved) >= saving {
		c.saved = now
		c.report.Verdict = results.Outcome{Status: results.ExitIncomplete.Status(), ExitCode: results.ExitIncomplete, Reasons: []string{"the campaign goes on, or was killed"}}
		c.save()
	}
	return c.broken
}
