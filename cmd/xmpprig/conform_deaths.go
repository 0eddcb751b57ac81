package main

import (
	"context"
	"errors"
	"slices"

	"xmpprig/fuzz"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/target"
)

// mostDeaths bounds how often a server is started again that programs kill.
const mostDeaths = 10

// throughout plays programs, and goes on behind one that the server did not survive once it is started again: then survived is
// told its name. A server that is not ours cannot be, and what is left is not asked of it.
func throughout(ctx context.Context, srv *target.Server, programs []*program.Program, play func([]*program.Program) error, survived func(string)) error {
	for range mostDeaths {
		err := play(programs)
		dead, ok := errors.AsType[*fuzz.DeadError](err)
		if !ok {
			return err
		}
		at := slices.IndexFunc(programs, func(p *program.Program) bool { return p.Name() == dead.After })
		if programs = programs[at+1:]; len(programs) == 0 {
			return nil
		}
		if err := srv.Restart(ctx); errors.Is(err, target.ErrNotStarted) {
			return nil
		} else if err != nil {
			return err
		}
		survived(dead.After)
	}
	return nil
}
