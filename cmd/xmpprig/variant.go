package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"xmpprig/scenarios"
)

// sideFlags are those in which two sides may differ: what is reached, and how.
func sideFlags() []string {
	return []string{"server", "transport", "websocket-path", "bosh-path", "tls", "tls-resume", "login", "mechanism", "domain", "user", "password", "ca", "certificates", "insecure", "server-pid", "consent", "consent-port",
		"fault", "shortcut-auth", "server-config", "server-metrics", "label"}
}

// variant is the run with the flags of other on top: flags, or the name of a server.
func (r *running) variant(other string, args []string) (*running, *scenarios.Scenario, error) {
	words, err := shellWords(other)
	if err != nil {
		return nil, nil, &usageError{"--interleave " + other + ": " + err.Error(), ""}
	}
	if len(words) == 0 {
		return nil, nil, &usageError{"--interleave is empty", "give another --server, or flags that differ"}
	}
	if !strings.HasPrefix(words[0], "-") {
		words = append([]string{"--server"}, words...)
	}
	f := pflag.NewFlagSet("interleave", pflag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	v := newRunning(f)
	taken(f, r.flags)
	before := map[string]bool{}
	f.VisitAll(func(g *pflag.Flag) { before[g.Name], g.Changed = g.Changed, false })
	if err := f.Parse(words); err != nil {
		return nil, nil, fmt.Errorf("--interleave: %w", flagError(err, f, "run"))
	}
	if f.NArg() > 0 {
		return nil, nil, &usageError{fmt.Sprintf("--interleave: %q is no flag", f.Arg(0)), "flags that differ are written in quotes: --interleave '--tls none'"}
	}
	var odd []string
	f.VisitAll(func(g *pflag.Flag) {
		if g.Changed && !slices.Contains(sideFlags(), g.Name) {
			odd = append(odd, "--"+g.Name)
		}
		g.Changed = g.Changed || before[g.Name]
	})
	if len(odd) > 0 {
		return nil, nil, &usageError{"--interleave: " + strings.Join(odd, ", ") + " must be the same on both sides", "the sides may differ in --" + strings.Join(sideFlags(), ", --")}
	}
	v.load.o.Password = r.load.o.Password
	if g := f.Lookup("password"); g.Changed {
		v.load.o.Password = g.Value.String()
	}
	if err := firstOf(wellWritten(f, "ca"), atLeast(0, v.reach.pid, "server-pid"), v.labels.check()); err != nil {
		return nil, nil, err
	}
	v.several, v.seed, v.record = r.several, r.seed, r.record
	if v.several.quick {
		v.load.shorten()
	}
	s, err := v.load.scenario(args)
	return v, s, err
}

// taken sets in to what was given in from, as far as both have it.
func taken(to, from *pflag.FlagSet) {
	from.Visit(func(g *pflag.Flag) {
		same := to.Lookup(g.Name)
		if same == nil {
			return
		}
		if list, ok := g.Value.(pflag.SliceValue); ok {
			same.Value.(pflag.SliceValue).Replace(list.GetSlice()) // so that the next one given replaces them
		} else {
			same.Value.Set(g.Value.String()) // it was good in the other
		}
		same.Changed = true
	})
}

// shellWords splits text at spaces, but not within quotes.
func shellWords(text string) (words []string, err error) {
	var word strings.Builder
	quote, inside := rune(0), false
	for _, r := range text {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inside = r, true
		case r == ' ' || r == '\t' || r == '\n':
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("the quote %c is not closed", quote)
	}
	if inside {
		words = append(words, word.String())
	}
	return words, nil
}
