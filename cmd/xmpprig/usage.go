package main

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// usageError is a wrong command line.
type usageError struct{ text, hint string }

func (e *usageError) Error() string { return e.text }
func (e *usageError) Hint() string  { return e.hint }

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
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		name, value := wrong.GetFlag().Name, wrong.GetValue()
		return &usageError{fmt.Sprintf("--%s %q: %s", name, value, wanted(wrong.GetFlag().Value.Type())), otherwise}
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return &usageError{err.Error(), otherwise}
	}
	var names []string
	f.VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return &usageError{err.Error(), didYouMean("--"+unknown.GetSpecifiedName(), names, otherwise)}
}

// wanted says how the values of a type of flags are written.
func wanted(kind string) string {
	switch kind {
	case "int":
		return "a whole number is needed"
	case "uint64":
		return "a whole number from 0 to 18446744073709551615 is needed"
	case "duration":
		return "a duration such as 30s or 1m30s is needed"
	case "bool":
		return "true or false is needed"
	}
	return "this is no " + kind
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

// wellWritten refuses flags of text that were given, but given nothing or
// what is not UTF-8.
func wellWritten(f *pflag.FlagSet, names ...string) error {
	for _, name := range names {
		g := f.Lookup(name)
		switch v := g.Value.String(); {
		case g.Changed && v == "":
			return &usageError{"--" + name + " is empty", "leave it out for the default"}
		case !utf8.ValidString(v):
			return &usageError{"--" + name + " is not UTF-8", ""}
		}
	}
	return nil
}

// atLeast refuses a number that is too small.
func atLeast(least, value int, flag string) error {
	if value >= least {
		return nil
	}
	return &usageError{fmt.Sprintf("--%s %d: %d is the least", flag, value, least), ""}
}
