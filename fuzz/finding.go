package fuzz

import (
	"fmt"
	"math"
	"path/filepath"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/results"
)

// Grave reports whether a finding fails a campaign: all do that are not accepted, but for answers that break less than a MUST.
func Grave(f results.Finding) bool {
	return !f.Accepted && (f.Level == string(program.Must) || f.Oracle != string(oracle.Answer))
}

// finding is what is reported of f.
func (c *campaign) finding(s suspicion, f oracle.Finding, reliability string) results.Finding {
	return results.Finding{
		Fingerprint: f.Fingerprint(), Oracle: string(f.Oracle), Row: f.Row, Level: string(f.Level), State: f.State, Input: f.Input, Title: f.Title,
		Detail: f.Detail, Ought: f.Ought, Clause: f.Clause, Reliability: reliability, Accepted: c.plan.Baseline.Accepts(f.Fingerprint()),
		Seconds: s.seconds, Programs: s.programs, Origin: s.program.Name(), Size: size(s.program), Minimal: size(s.program),
	}
}

func size(p *program.Program) results.Size {
	return results.Size{Operations: len(p.Ops), Bytes: len(p.String())}
}

// found keeps a confirmed finding: in a directory of its own, in the journal, in the report.
func (c *campaign) found(s suspicion, f oracle.Finding, reliability string, p *program.Program, t *trial) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.finding(s, f, reliability)
	r.Directory = filepath.Join("findings", r.Fingerprint)
	if c.plan.Reproduce != nil {
		r.Reproduce = c.plan.Reproduce(filepath.Join(c.plan.Record, r.Directory))
	}
	c.known[r.Fingerprint] = true
	c.report.Findings = append(c.report.Findings, r)
	if s.layer != "" {
		c.rewarded(s.layer)
	}
	if f.Oracle != oracle.Answer { // those say themselves what is to be seen, and are as small as their authors made them
		c.queues.reductions = append(c.queues.reductions, reduction{s, r.Fingerprint})
	}
	kept, err := c.keep(r, s, f, p, t)
	c.tell(News{Found: kept})
	return err
}

// smaller keeps a smaller program of a finding.
func (c *campaign) smaller(r reduction, f oracle.Finding, small *program.Program, t *trial) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, old := range c.report.Findings {
		if old.Fingerprint == r.fingerprint {
			_, err := c.keep(old, r.suspicion, f, small, t)
			return err
		}
	}
	return nil
}

// keep writes a finding down as a program shows it.
func (c *campaign) keep(r results.Finding, s suspicion, f oracle.Finding, p *program.Program, t *trial) (*results.Finding, error) {
	r.Minimal, r.Detail, r.State, r.Input, r.Evidence = size(p), f.Detail, f.State, f.Input, nil
	for _, e := range f.Evidence {
		r.Evidence = append(r.Evidence, evidence(t.transcript, e))
	}
	for i := range c.report.Findings {
		if c.report.Findings[i].Fingerprint == r.Fingerprint {
			c.report.Findings[i] = r
		}
	}
	k := kept{finding: r, program: s.program, minimal: p, spelled: s.spelled, transcript: t.transcript, log: t.facts.Lines}
	if err := k.write(filepath.Join(c.plan.Record, r.Directory)); err != nil {
		return &r, &RecordError{err}
	}
	return &r, c.journal.write(entry{Found: &r})
}

// evidenceKept is how many bytes of an evidence are quoted.
const evidenceKept = 400

func evidence(t program.Transcript, s oracle.Span) results.Evidence {
	e := results.Evidence{Event: s.Event, From: s.From, To: s.To}
	if s.Event < 0 || s.Event >= len(t) {
		return e
	}
	data := t[s.Event].Data
	if e.To == 0 {
		e.To = len(data)
	}
	e.From, e.To = min(e.From, len(data)), min(e.To, len(data))
	if e.From <= e.To {
		e.Text = fmt.Sprintf("%+q", data[e.From:min(e.To, e.From+evidenceKept)])
		e.Text = e.Text[1 : len(e.Text)-1]
	}
	return e
}

func growing(power float64) string {
	switch {
	case power > 1.5:
		return fmt.Sprintf("; twice the input costs %.1f times as much", math.Exp2(power))
	case power > 0.5:
		return "; it grows in proportion to the input"
	}
	return "; it does not depend on the amount of input"
}

// progress is how far the campaign is; mu is held.
func (c *campaign) progress() results.Progress {
	return results.Progress{Seconds: c.seconds(), Programs: c.report.Programs, Corpus: c.report.Corpus, Findings: len(c.report.Findings), Coverage: c.report.Coverage}
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
