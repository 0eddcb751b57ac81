package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is one thing wrong with a scenario file.
type Error struct {
	File         string
	Line, Column int    // from 1; the column counts characters
	Reason       string // what is wrong
	Remedy       string // what to write instead; may be empty
	SourceLine   string // the line as it stands in the file
}

// Error returns the place and the reason on one line.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Reason)
}

// Detail returns the place and the reason, the source line with a caret under
// the place, and the remedy, each on a line of its own.
func (e *Error) Detail() string {
	var b strings.Builder
	b.WriteString(e.Error())
	if line, column := window(e.SourceLine, e.Column); line != "" {
		fmt.Fprintf(&b, "\n    %s\n    %s^", line, strings.Repeat(" ", column-1))
	}
	if e.Remedy != "" {
		fmt.Fprintf(&b, "\n  %s", e.Remedy)
	}
	return b.String()
}

// widest is how many characters of a source line an error shows.
const widest = 100

// window returns the part of line around column and column's place in it.
// Characters that would move or recolour a terminal are replaced.
func window(line string, column int) (string, int) {
	runes := []rune(line)
	for i, r := range runes {
		switch {
		case r == '\t':
			runes[i] = ' '
		case !unicode.IsGraphic(r):
			runes[i] = utf8.RuneError
		}
	}
	column = min(max(column, 1), len(runes)+1)
	start := 0
	if column > widest*3/4 {
		start = column - widest*3/4
	}
	end := min(len(runes), start+widest)
	return strings.TrimRight(string(runes[start:end]), " "), column - start
}

// show quotes a word of the file for an error.
func show(s string) string { return strconv.Quote(clip(s)) }

// clip shortens what no error should repeat at length.
func clip(s string) string {
	const longest = 80
	if runes := []rune(s[:min(len(s), 4*longest)]); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return s
}

// Errors is everything wrong with a scenario file, in the order of the file.
type Errors []*Error

// Error returns the details of all errors.
func (l Errors) Error() string {
	details := make([]string, len(l))
	for i, e := range l {
		details[i] = e.Detail()
	}
	return strings.Join(details, "\n")
}

// Unwrap returns the errors one by one, for errors.As.
func (l Errors) Unwrap() []error {
	all := make([]error, len(l))
	for i, e := range l {
		all[i] = e
	}
	return all
}

// sorted orders the errors as the file does and drops repetitions.
func (l Errors) sorted() Errors {
	slices.SortStableFunc(l, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(l, func(a, b *Error) bool {
		return a.Line == b.Line && a.Column == b.Column && a.Reason == b.Reason
	})
}
