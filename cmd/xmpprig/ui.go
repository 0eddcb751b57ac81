package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"xmpprig/loadgen"
	"xmpprig/loadgen/target"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// ui holds everything the program says. Results go to out; all else goes to
// err, lower case, no full stop, prefixed, with a hint where there is a remedy.
type ui struct{ out, err io.Writer }

// usageError is a wrong command line.
type usageError struct{ text, hint string }

func (e *usageError) Error() string { return e.text }
func (e *usageError) Hint() string  { return e.hint }

// exitError ends the program with a code, and says nothing where err is nil.
type exitError struct {
	code results.ExitCode
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return e.code.Text()
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// fail says what went wrong, if anything did, and returns the exit code.
func (u *ui) fail(err error) results.ExitCode {
	if err == nil {
		return results.ExitPass
	}
	code := exitCode(err)
	if quiet, ok := errors.AsType[*exitError](err); ok && quiet.err == nil {
		return code
	}
	fmt.Fprintf(u.err, "xmpprig: error: %v\n", err)
	if h, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok && h.Hint() != "" {
		fmt.Fprintf(u.err, "xmpprig: hint: %s\n", h.Hint())
	}
	return code
}

// say tells how things go.
func (u *ui) say(format string, args ...any) {
	fmt.Fprintf(u.err, "xmpprig: "+format+"\n", args...)
}

func exitCode(err error) results.ExitCode {
	if e, ok := errors.AsType[*exitError](err); ok {
		return e.code
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		return results.ExitUsage
	}
	if isConfig(err) {
		return results.ExitConfig
	}
	if isSetup(err) {
		return results.ExitSetup
	}
	return results.ExitInternal
}

func isConfig(err error) bool {
	_, parse := errors.AsType[scenarios.Errors](err)
	_, override := errors.AsType[*scenarios.OverrideError](err)
	_, name := errors.AsType[*scenarios.NotFoundError](err)
	_, spec := errors.AsType[*target.SpecError](err)
	return parse || override || name || spec
}

func isSetup(err error) bool {
	_, setup := errors.AsType[*loadgen.SetupError](err)
	_, missing := errors.AsType[*target.NotInstalledError](err)
	_, limit := errors.AsType[*target.LimitError](err)
	_, start := errors.AsType[*target.StartError](err)
	_, file := errors.AsType[*fs.PathError](err)
	return setup || missing || limit || start || file
}

func unknownVerb(verb string) error {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return &usageError{fmt.Sprintf("there is no verb %q", verb), didYouMean(verb, names, "xmpprig help lists the verbs")}
}

// flagError turns an error of pflag into one with a suggestion.
func flagError(err error, f *pflag.FlagSet, verb string) error {
	otherwise := fmt.Sprintf("xmpprig %s --help lists the flags", verb)
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return &usageError{err.Error(), otherwise}
	}
	var names []string
	f.VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return &usageError{err.Error(), didYouMean("--"+unknown.GetSpecifiedName(), names, otherwise)}
}

// didYouMean names the nearest of the names, if any is near.
func didYouMean(word string, names []string, otherwise string) string {
	best, least := "", len(word)/3+2
	for _, n := range names {
		if d := distance(word, n); d < least {
			best, least = n, d
		}
	}
	if best == "" {
		return otherwise
	}
	return fmt.Sprintf("did you mean %s?", best)
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// isTerminal says whether w is one.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// oneOf checks the value of a flag that is a choice.
func oneOf(flag, value string, choices ...string) error {
	for _, c := range choices {
		if c == value {
			return nil
		}
	}
	return &usageError{
		fmt.Sprintf("--%s %q: %s are possible", flag, value, strings.Join(choices, ", ")),
		didYouMean(value, choices, "see --help"),
	}
}
