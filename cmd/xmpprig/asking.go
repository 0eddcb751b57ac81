package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"xmpprig/loadgen"
	"xmpprig/scenarios"
)

// asking is the flags by which check asks a server what it offers.
type asking struct {
	reach  reach
	wanted bool
	flags  *pflag.FlagSet
}

func (a *asking) declare(f *pflag.FlagSet) {
	a.flags = f
	f.BoolVar(&a.wanted, "ask", false, "ask the server what it offers, and see whether the scenario can be run on it")
	a.reach.declare(f)
}

// ask logs a session in where that is wanted, and says what the server offers.
func (a *asking) ask(ctx context.Context, s *scenarios.Scenario, ui *ui) error {
	if !a.wanted {
		return nil
	}
	if err := wellWritten(a.flags, "ca", "server-config"); err != nil {
		return err
	}
	srv, err := a.reach.start(ctx, s, ui)
	if err != nil {
		return err
	}
	defer a.reach.stop(srv, ui)
	dialer, head, err := a.reach.dialer(ctx, s, srv)
	if err != nil {
		return err
	}
	offered, err := loadgen.Survey(ctx, loadgen.Options{Scenario: s, Dialer: dialer, Server: srv})
	if offered != nil {
		fmt.Fprintf(ui.out, "%s offers %s\nmechanisms: %s\n", strings.TrimSpace(head.Target.Software+" "+head.Target.Version),
			list(offered.Features), list(offered.Mechanisms))
		for _, c := range offered.Components {
			fmt.Fprintf(ui.out, "component %s: %s\n", c.JID, list(c.Identities))
		}
	}
	return err
}

func list(words []string) string {
	if len(words) == 0 {
		return "nothing that is known here"
	}
	return strings.Join(words, ", ")
}
