package fuzz

import (
	"context"
	"errors"
	"slices"

	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
)

// carriage is a program that is to be played over another transport.
type carriage struct {
	program *program.Program
	over    program.Transport
}

// carriages are the programs that the campaign began with, each over each of the transports that the server has beside TCP, one transport
// after the other: what holds over one, such as a limit, may not hold over another.
func (c *campaign) carriages() (all []carriage) {
	if len(c.plan.Sites) == 0 || len(c.plan.Over) > 0 {
		return nil
	}
	for _, w := range ways(c.plan.Sites[0]) {
		if w.over == program.TLS || w.packs { // which the mutants come by
			continue
		}
		for _, p := range c.plan.Corpus {
			all = append(all, carriage{p, w.over})
		}
	}
	return all
}

// carry has one of them played.
func (c *campaign) carry() (job, bool) {
	for {
		x, ok := pop(&c.queues.carries)
		if !ok {
			return job{}, false
		}
		if q, ok := mutate.Over(c.chances[mutate.Transport], x.program, x.over); ok {
			return job{program: q, layer: mutate.Transport, mutant: true}, true
		}
	}
}

// confined are the programs over the transports that the campaign keeps to, as far as they have a counterpart there; all, where it keeps to
// none.
func confined(all []*program.Program, over []program.Transport) []*program.Program {
	if len(over) == 0 {
		return all
	}
	var kept []*program.Program
	for _, p := range all {
		for i, t := range over {
			q, err := program.Over(p, t)
			if err != nil || i > 0 && slices.ContainsFunc(kept, func(k *program.Program) bool { return slices.Equal(k.Ops, q.Ops) && k.Name() == q.Name() }) {
				continue
			}
			kept = append(kept, q)
		}
	}
	return kept
}

// keeps reports whether a program comes by the transports that the campaign keeps to.
func (c *campaign) keeps(p *program.Program) bool {
	return len(c.plan.Over) == 0 || slices.ContainsFunc(c.plan.Over, p.Comes)
}

// carried is the row of a program, over the transport that the site wants.
func carried(ctx context.Context, site *Site, p *program.Program) (Row, error) {
	if site.Over == "" {
		return judge(ctx, site, p)
	}
	q, err := program.Over(p, site.Over)
	if bad, ok := errors.AsType[*program.TransportError](err); ok {
		return Row{Program: p, Judgement: oracle.Judgement{Outcome: oracle.NotApplicable, Level: p.Level}, Reason: bad.Error()}, nil
	}
	r, err := judge(ctx, site, q)
	if early, ok := errors.AsType[*StepError](err); ok && !slices.Equal(p.Ops, q.Ops) { // what leads to it works otherwise there
		return Row{Program: q, Judgement: oracle.Judgement{Outcome: oracle.NotApplicable, Level: p.Level}, Reason: "over " + string(site.Over) + ": " + early.Error(), Transcript: r.Transcript}, nil
	}
	return r, err
}
