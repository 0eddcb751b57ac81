package fuzz

import (
	"context"
	"errors"
	"fmt"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
)

// Row is how the server did in one program.
type Row struct {
	Program    *program.Program
	Judgement  oracle.Judgement
	Reason     string // why it is not applicable, or a deviation beyond what was seen
	Transcript program.Transcript
}

// DeadError says that the server no longer opens streams.
type DeadError struct {
	After string // the program before
	Err   error
}

func (e *DeadError) Error() string {
	return fmt.Sprintf("after %s the server opens no stream: %v", e.After, e.Err)
}

func (e *DeadError) Unwrap() error { return e.Err }

// Conform plays programs one after the other, and gives each result to tell. After each a new stream is opened: where that
// fails, the row becomes a deviation at MUST, it is told, and the error is a *DeadError. A *StepError says that a program did
// not come to what it is about.
func Conform(ctx context.Context, site *Site, programs []*program.Program, tell func(Row) error) error {
	if err := alive(ctx, site); err != nil {
		return fmt.Errorf("open a stream: %w", err)
	}
	for _, p := range programs {
		r, err := carried(ctx, site, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name(), err)
		}
		dead := alive(ctx, site)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if dead != nil {
			r.Judgement.Outcome, r.Judgement.Level, r.Reason = oracle.Deviation, program.Must, "the server opens no stream any more"
		}
		if err := tell(r); err != nil {
			return err
		}
		if dead != nil {
			return &DeadError{p.Name(), dead}
		}
	}
	return nil
}

func judge(ctx context.Context, site *Site, p *program.Program) (Row, error) {
	r := Row{Program: p}
	var err error
	if r.Transcript, err = playToMark(ctx, site, p); err != nil {
		absent, ok := errors.AsType[*NotOfferedError](err)
		if !ok {
			return r, err
		}
		r.Judgement, r.Reason = oracle.Judgement{Outcome: oracle.NotApplicable, Level: p.Level}, absent.Error()
		return r, nil
	}
	r.Judgement, err = oracle.Judge(p, r.Transcript)
	r.Reason = r.Judgement.Reason
	return r, err
}

// playToMark plays a program, and again where it did not come to its mark on a server that needs rest.
func playToMark(ctx context.Context, site *Site, p *program.Program) (program.Transcript, error) {
	for tries := 1; ; tries++ {
		t, err := Play(ctx, site, p)
		if _, early := errors.AsType[*StepError](err); !early || site.Rest == 0 || tries == 5 {
			return t, err
		}
	}
}

// alive opens a stream and drops it.
func alive(ctx context.Context, site *Site) error {
	d := newPlay(site)
	defer d.leave()
	if err := d.dial(ctx, program.Bystander, site.Addr, "TCP", false); err != nil {
		return err
	}
	return d.open(ctx, d.peers[program.Bystander])
}
