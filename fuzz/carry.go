package fuzz

import (
	"context"
	"errors"

	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
)

// carry has the programs that the campaign began with played over WebSocket, each once: what holds over one transport, such as a limit,
// may not hold over another.
func (c *campaign) carry() (job, bool) {
	if len(c.plan.Sites) == 0 || c.plan.Sites[0].WebTLSAddr == "" {
		return job{}, false
	}
	for {
		p, ok := pop(&c.queues.carries)
		if !ok {
			return job{}, false
		}
		if q, ok := mutate.Over(c.chances[mutate.Transport], p, program.WSS); ok {
			return job{program: q, layer: mutate.Transport, mutant: true}, true
		}
	}
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
	return judge(ctx, site, q)
}
