package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"xmpprig/loadgen"
	"xmpprig/loadgen/target"
	"xmpprig/results"
	"xmpprig/results/report"
	"xmpprig/scenarios"
)

// ui holds everything the program says. Results go to out; all else goes to
// err, lower case, no full stop, prefixed, with a hint where there is a remedy.
type ui struct {
	out *output
	err io.Writer
}

// output is standard output, which remembers that it failed.
type output struct {
	w      io.Writer
	failed error
}

// outputError is a failure of standard output: a full disk, a reader gone.
type outputError struct{ err error }

func (e *outputError) Error() string { return "write the output: " + e.err.Error() }

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil {
		err = &outputError{err}
		o.failed = err
	}
	return n, err
}

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
	for _, e := range each(err) {
		u.say("error: %v", plain(e))
		if h := hint(e); h != "" {
			u.say("hint: %s", h)
		}
	}
	return code
}

// each is the errors that err joins, if it joins any.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// plain is err without the remedy that goes into its hint.
func plain(err error) error {
	switch e := err.(type) {
	case *scenarios.OverrideError:
		return fmt.Errorf("%s: %s", e.Flag, e.Reason)
	case *scenarios.Error:
		bare := *e
		bare.Remedy = ""
		return errors.New(bare.Detail())
	}
	// Whatever err joins further down comes a line each.
	return errors.New(strings.ReplaceAll(err.Error(), "\n", "\n  "))
}

// hint is the remedy that stands nearest to the cause.
func hint(err error) string {
	nearest := ""
	for e := err; e != nil; e = errors.Unwrap(e) {
		switch e := e.(type) {
		case *scenarios.OverrideError:
			nearest = e.Remedy
		case *scenarios.Error:
			nearest = e.Remedy
		case interface{ Hint() string }:
			nearest = cmp.Or(e.Hint(), nearest)
		}
	}
	return nearest
}

// say tells how things go. What it tells may come from a hostile server or record.
func (u *ui) say(format string, args ...any) {
	io.WriteString(u.err, "xmpprig: "+report.Visible(fmt.Sprintf(format, args...))+"\n")
}

func exitCode(err error) results.ExitCode {
	if e, ok := errors.AsType[*exitError](err); ok {
		return e.code
	}
	switch {
	case is[*loadgen.SetupError](err): // also where a scenario needs what the server lacks
		return results.ExitSetup
	case is[*outputError](err):
		return results.ExitInternal
	case is[*usageError](err), is[*scenarios.OverrideError](err):
		return results.ExitUsage
	case is[scenarios.Errors](err), is[*scenarios.NotFoundError](err), is[*target.SpecError](err):
		return results.ExitConfig
	case isSetup(err):
		return results.ExitSetup
	}
	return results.ExitInternal
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func isSetup(err error) bool {
	return is[*loadgen.SetupError](err) || is[*target.NotInstalledError](err) || is[*target.LimitError](err) ||
		is[*target.StartError](err) || is[*fs.PathError](err)
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
