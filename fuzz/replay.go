package fuzz

import (
	"context"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
)

// Replay is one time that an exhibit was played again.
type Replay struct {
	Shows      bool               `json:"shows"` // the finding, or, for a program alone, any
	Findings   []oracle.Finding   `json:"findings"`
	Early      string             `json:"early,omitempty"` // why it did not come to its mark
	Cost       Spent              `json:"cost"`
	Transcript program.Transcript `json:"-"`
	Text       string             `json:"transcript"`
}

// Spent is what one program took of the server, as far as that is seen.
type Spent struct {
	CPU       time.Duration `json:"cpu_ns"`
	RSS       int64         `json:"rss"` // bytes beyond what it held before
	FDs       int           `json:"fds"`
	Log       int64         `json:"log_bytes"`
	Neighbour time.Duration `json:"neighbour_ns"` // the longest wait of an honest session meanwhile
}

// Again plays an exhibit several times, with all patience, and gives each time to tell. A server that it kills is started again; where
// that is not possible the error is a *GoneError, which comes when all is told. Other errors are a *SetUpError, of tell or of ctx.
func Again(ctx context.Context, server Watched, site *Site, x *Exhibit, times int, tell func(Replay) error) error {
	b, err := setUp(ctx, server, site, false)
	if err != nil {
		return err
	}
	defer b.end()
	for range times {
		r, err := b.replay(ctx, x)
		if r == nil {
			return err
		}
		if err := tell(*r); err != nil {
			return err
		}
		if err != nil {
			return &GoneError{err}
		}
	}
	return nil
}

// GoneError says that the server is gone and does not come back.
type GoneError struct{ Err error }

func (e *GoneError) Error() string { return "start the server again: " + e.Err.Error() }

func (e *GoneError) Unwrap() error { return e.Err }

// replay plays once. Where the server cannot be started again there is an error beside what was seen.
func (b *bench) replay(ctx context.Context, x *Exhibit) (*Replay, error) {
	var f oracle.Finding
	if x.Finding != nil {
		f = *x.Finding
	}
	seen, t, err := b.probe(f, x.spelled)(ctx, x.Program)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if t == nil {
		return &Replay{Findings: []oracle.Finding{}, Early: "it could not be looked for on this server"}, err
	}
	r := &Replay{Shows: seen, Findings: append([]oracle.Finding{}, t.findings...), Transcript: t.transcript, Text: t.transcript.String(),
		Cost: Spent{t.facts.CPU, t.facts.RSS, t.facts.FDs, t.facts.Log, t.facts.Waited}}
	if x.Finding == nil {
		r.Shows = len(t.findings) > 0
	} else if _, listed := t.shows(f.Fingerprint()); seen && !listed {
		r.Findings = append(r.Findings, f) // what only several trials together show
	}
	if t.early != nil {
		r.Early = t.early.Error()
	}
	return r, err
}

// Edges plays programs once each, and returns which edges each shows.
func Edges(ctx context.Context, server Watched, site *Site, programs []*program.Program) ([][]string, error) {
	b, err := setUp(ctx, server, site, false)
	if err != nil {
		return nil, err
	}
	defer b.end()
	edges := make([][]string, len(programs))
	for i, p := range programs {
		t, err := b.try(ctx, site, p)
		if err != nil {
			return nil, err
		}
		if t.facts.Ended {
			if err := b.restart(ctx); err != nil {
				return nil, err
			}
		}
		if !t.skipped && t.early == nil {
			edges[i] = []string{t.edge}
		}
	}
	return edges, nil
}
