package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/pflag"

	"xmpprig/results"
)

func versionCommand() command {
	return command{
		name: "version", summary: "say which xmpprig this is",
		setup: func(*pflag.FlagSet) func(context.Context, []string, *ui) error {
			return func(_ context.Context, args []string, ui *ui) error {
				if len(args) > 0 {
					return &usageError{"version takes no arguments", "leave out " + args[0]}
				}
				t := tool()
				commit := ""
				if t.Commit != "" {
					commit = ", commit " + t.Commit
				}
				_, err := fmt.Fprintf(ui.out, "xmpprig %s (%s %s/%s%s)\n", t.Version, t.Go, runtime.GOOS, runtime.GOARCH, commit)
				return err
			}
		},
	}
}

// tool is this program, as a record names it.
func tool() results.Tool {
	t := results.Tool{Name: "xmpprig", Version: "(devel)", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return t
	}
	if info.Main.Version != "" {
		t.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			t.Commit = s.Value[:min(12, len(s.Value))]
		}
	}
	return t
}
