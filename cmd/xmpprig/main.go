// Command xmpprig puts load on an XMPP server, measures what it does and
// draws what it measured.
//
//	xmpprig run chat                      # the shipped chat scenario on the built-in server
//	xmpprig run --server prosody chat     # on a Prosody that is started for it
//	xmpprig report runs/…                 # the summary of a record again
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"xmpprig/results"
)

func main() {
	// A reader that went away and a file that may not grow are errors like
	// others, and no reason to die in the middle of a run. Servers that are
	// started get the signals' default.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE, syscall.SIGXFSZ)
	ui := &ui{out: &output{w: os.Stdout}, err: os.Stderr}
	os.Exit(int(xmpprig(context.Background(), os.Args[1:], ui)))
}

// command is one verb.
type command struct {
	name, args, summary string
	long                string
	// setup declares the verb's flags and returns what runs it.
	setup func(f *pflag.FlagSet) func(ctx context.Context, args []string, ui *ui) error
}

func commands() []command {
	return []command{runCommand(), checkCommand(), reportCommand(), compareCommand(), noiseCommand(), trendCommand(), capacityCommand(), serveCommand(), conformCommand(), fuzzCommand(), replayCommand(), corpusCommand(), versionCommand()}
}

// xmpprig runs the command line and says how it ended.
func xmpprig(ctx context.Context, args []string, ui *ui) results.ExitCode {
	code := dispatch(ctx, args, ui)
	if code == results.ExitPass {
		return ui.fail(ui.out.failed) // what nobody noticed: help on a full disk
	}
	return code
}

func dispatch(ctx context.Context, args []string, ui *ui) results.ExitCode {
	if len(args) == 0 {
		overview(ui.err)
		return results.ExitUsage
	}
	switch args[0] {
	case "help", "--help", "-h":
		return ui.help(args[1:])
	case "--version":
		args[0] = "version"
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.invoke(ctx, args[1:], ui)
		}
	}
	return ui.fail(unknownVerb(args[0]))
}

func (c *command) invoke(ctx context.Context, args []string, ui *ui) results.ExitCode {
	f := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	f.SortFlags = false
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	help := f.BoolP("help", "h", false, "show this help")
	run := c.setup(f)
	if err := f.Parse(args); err != nil {
		return ui.fail(flagError(err, f, c.name))
	}
	if *help {
		c.help(ui.out, f)
		return results.ExitPass
	}
	return ui.fail(run(ctx, f.Args(), ui))
}

func (c *command) help(w io.Writer, f *pflag.FlagSet) {
	fmt.Fprintf(w, "xmpprig %s: %s\n\nusage: xmpprig %s\n\n", c.name, c.summary, strings.TrimSpace(c.name+" [flags] "+c.args))
	if c.long != "" {
		fmt.Fprintf(w, "%s\n\n", strings.TrimSpace(c.long))
	}
	fmt.Fprintf(w, "flags:\n%s", f.FlagUsagesWrapped(100))
}

// help shows the overview, or the help of a verb.
func (u *ui) help(args []string) results.ExitCode {
	if len(args) == 0 {
		overview(u.out)
		return results.ExitPass
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.invoke(context.Background(), []string{"--help"}, u)
		}
	}
	return u.fail(unknownVerb(args[0]))
}

func overview(w io.Writer) {
	fmt.Fprint(w, "xmpprig puts load on an XMPP server, measures what it does and draws what it measured.\n\nusage: xmpprig VERB [flags] [arguments]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-8s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, `
  xmpprig run chat                    the shipped chat scenario on the built-in server
  xmpprig run --server prosody chat   the same on a Prosody that is started for it
  xmpprig VERB --help                 flags of a verb

exit codes: 0 pass · 1 internal error · 2 usage · 3 scenario or configuration invalid
  4 preflight or set-up failed · 10 objective missed · 11 regression · 12 generator-limited
  13 incomplete · 14 undecided, for want of data · 15 something was found · 130, 143 interrupted
`)
}
