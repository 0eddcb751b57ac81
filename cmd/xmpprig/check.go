package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/pflag"

	"xmpprig/scenarios"
)

func checkCommand() command {
	return command{
		name: "check", args: "[SCENARIO]", summary: "check a scenario and say what a run of it will do",
		long: `
SCENARIO is the name of a shipped scenario or a file. Everything wrong with a
file is listed at once, with its place and a remedy. Without SCENARIO the
shipped scenarios are listed. With --ask the server is started, if it is to be,
and asked what it offers; what of it the scenario needs and lacks is named.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			load := loadFlags(f)
			asking := new(asking)
			asking.declare(f)
			schema := f.Bool("schema", false, "print the JSON Schema of scenario files, for editors")
			text := f.Bool("print", false, "print the scenario with every default filled in, as YAML")
			return func(ctx context.Context, args []string, ui *ui) error {
				switch {
				case *schema && len(args) > 0:
					return &usageError{"--schema needs no SCENARIO", "leave one of them out"}
				case *schema:
					_, err := ui.out.Write(scenarios.Schema())
					return err
				case len(args) == 0:
					return listScenarios(ui)
				}
				if asking.wanted && load.o.Password == "" {
					load.o.Password = os.Getenv("XMPPRIG_PASSWORD")
				}
				s, err := load.scenario(args)
				if err != nil {
					return err
				}
				if *text {
					_, err := ui.out.Write(s.Print())
					return err
				}
				if err := s.Plan().Explain(ui.out, time.Now()); err != nil {
					return err
				}
				return asking.ask(ctx, s, ui)
			}
		},
	}
}

func listScenarios(ui *ui) error {
	for _, s := range scenarios.Shipped() {
		if _, err := fmt.Fprintf(ui.out, "%-16s %s\n", s.Name, s.Description); err != nil {
			return err
		}
	}
	return nil
}
