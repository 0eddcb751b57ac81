package fuzz

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"xmpprig/corpus"
	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/results"
)

// open makes the record of a campaign, or goes on with one that has left entries.
func (c *campaign) open(entries []entry) error {
	c.weights, c.pool, c.layers = mutate.NewWeights(), &pool{}, map[mutate.Layer]*results.LayerWork{}
	for _, l := range mutate.Layers() {
		c.layers[l] = &results.LayerWork{Layer: string(l)}
	}
	for _, p := range c.plan.Corpus {
		c.pool.add(p)
	}
	if len(c.pool.programs) == 0 {
		return errors.New("a campaign needs programs to begin with")
	}
	var err error
	if c.journal, err = openJournal(c.plan.Record); err != nil {
		return err
	}
	if len(entries) > 0 {
		err = c.resume(entries)
	} else {
		c.queues.replays, c.queues.spellings, c.queues.carries = slices.Clone(c.plan.Corpus), slices.Clone(c.plan.Corpus), c.carriages()
		if len(c.plan.Sites) > 0 && len(c.plan.Over) == 0 {
			c.queues.rungs = ladder(c.plan.Sites[0])
		}
		err = c.journal.write(entry{Begin: &start{c.plan.Seed, c.report.Server.Driver, c.report.Started, c.report.Under}})
	}
	if err != nil {
		return errors.Join(err, c.journal.close())
	}
	return nil
}

// unsettled is what an earlier process has left to be done.
type unsettled struct {
	suspicions map[string]suspected
	shrunk     map[string]bool // findings that get no smaller
}

// resume takes over what an earlier process did.
func (c *campaign) resume(entries []entry) error {
	u := unsettled{map[string]suspected{}, map[string]bool{}}
	for _, e := range entries {
		if e.Begin != nil && e.Begin.Server != c.report.Server.Driver {
			return &UnfitError{Path: c.plan.Record, Reason: "this is a campaign on another server: " + e.Begin.Server}
		}
		c.replayEntry(e, &u)
	}
	for _, l := range c.layers {
		c.weights.Credit(mutate.Layer(l.Layer), l.Tried, l.Found)
	}
	if err := c.reload(); err != nil {
		return err
	}
	// What comes first is played again where the earlier process did not come so far.
	if c.report.Programs < int64(len(c.plan.Corpus)) {
		c.queues.replays = append(c.queues.replays, c.plan.Corpus[c.report.Programs:]...)
	}
	return c.unsettled(u)
}

// replayEntry takes over what one line tells.
func (c *campaign) replayEntry(e entry, u *unsettled) {
	switch {
	case e.Begin != nil:
		c.plan.Seed, c.report.Seed = e.Begin.Seed, e.Begin.Seed
		c.report.Started, c.report.Under = e.Begin.Time, e.Begin.Under
	case e.Edge != nil:
		c.journal.see(*e.Edge)
	case e.Suspect != nil:
		u.suspicions[e.Suspect.Finding.Fingerprint()] = *e.Suspect
	case e.Found != nil:
		c.known[e.Found.Fingerprint] = true
		e.Found.Accepted = c.plan.Baseline.Accepts(e.Found.Fingerprint)
		c.remember(*e.Found)
		delete(u.suspicions, e.Found.Fingerprint)
	case e.Shrunk != "":
		u.shrunk[e.Shrunk] = true
	case e.Doubt != nil:
		if c.doubted[e.Doubt.Fingerprint]++; c.doubted[e.Doubt.Fingerprint] == 1 && worthTelling(oracle.Finding{Oracle: oracle.Name(e.Doubt.Oracle)}, e.Doubt.Reliability) {
			c.report.Doubts = append(c.report.Doubts, *e.Doubt)
		}
		delete(u.suspicions, e.Doubt.Fingerprint)
	case e.Restart != nil:
		c.report.Restarts = append(c.report.Restarts, *e.Restart)
	case e.Attack != nil:
		c.report.Attacks = append(c.report.Attacks, *e.Attack)
	case e.Sample != nil:
		c.report.Samples = append(c.report.Samples, *e.Sample)
		c.report.Programs, c.baseSec = e.Sample.Programs, e.Sample.Seconds
		c.takeOver(e.Work)
	}
}

// takeOver takes over what was used.
func (c *campaign) takeOver(w *work) {
	if w == nil {
		return
	}
	c.baseCPU, c.report.ServerCPU = w.RigCPU, w.ServerCPU
	for _, l := range w.Layers {
		if own := c.layers[mutate.Layer(l.Layer)]; own != nil {
			*own = l
		}
	}
}

// remember takes a finding over; what is said of it later counts.
func (c *campaign) remember(f results.Finding) {
	for i := range c.report.Findings {
		if c.report.Findings[i].Fingerprint == f.Fingerprint {
			c.report.Findings[i] = f
			return
		}
	}
	c.report.Findings = append(c.report.Findings, f)
}

// reload reads the corpus of the record.
func (c *campaign) reload() error {
	dir := filepath.Join(c.plan.Record, "corpus")
	kept, err := corpus.ReadDir(dir)
	if err != nil {
		return &UnfitError{dir, "the corpus of the record cannot be read", err}
	}
	for _, e := range kept {
		p, err := program.Parse(e.File, e.Text)
		if err != nil {
			return &UnfitError{dir, "the corpus of the record cannot be read", err}
		}
		c.pool.add(p)
	}
	c.report.Corpus, c.report.Coverage = len(kept), c.journal.coverage()
	return nil
}

// unsettled queues what was still to be looked into, in the order in which it was seen, and what was still to be shrunk.
func (c *campaign) unsettled(u unsettled) error {
	for _, s := range slices.SortedFunc(maps.Values(u.suspicions), func(a, b suspected) int {
		return cmp.Or(cmp.Compare(a.Seconds, b.Seconds), cmp.Compare(a.Finding.Fingerprint(), b.Finding.Fingerprint()))
	}) {
		p, err := program.Parse(JournalFile, []byte(s.Program))
		if err != nil {
			return &UnfitError{filepath.Join(c.plan.Record, JournalFile), "a program of the journal cannot be read", err}
		}
		c.queues.suspicions = append(c.queues.suspicions, suspicion{finding: s.Finding, program: p, spelled: s.Spelled, seconds: s.Seconds, programs: s.Programs})
	}
	for _, f := range c.report.Findings {
		if !isFingerprint(f.Fingerprint) || f.Directory != filepath.Join("findings", f.Fingerprint) { // it is written to
			return &UnfitError{Path: filepath.Join(c.plan.Record, JournalFile), Reason: fmt.Sprintf("%.40q is no finding of a campaign", f.Fingerprint)}
		}
		if u.shrunk[f.Fingerprint] || f.Oracle == string(oracle.Answer) {
			continue
		}
		dir := filepath.Join(c.plan.Record, "findings", f.Fingerprint)
		x, err := ReadExhibit(dir)
		if err != nil {
			return &UnfitError{dir, "a finding of the record cannot be read", err}
		}
		s := suspicion{finding: *x.Finding, program: x.Program, spelled: x.spelled, seconds: f.Seconds, programs: f.Programs}
		c.queues.reductions = append(c.queues.reductions, reduction{s, f.Fingerprint})
	}
	return nil
}
