package scenarios

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A form is one kind of value in the language. The parser reads with it and
// the JSON Schema is printed from it, so the two cannot drift apart.
type form[T any] struct {
	what   string // what to write, for errors: "a duration such as 30s"
	schema schema
	fits   func(n *node) bool // n looks like this form, right or wrong
	read   func(c *reading, n *node) T
}

type schema = map[string]any

// reading collects what is wrong with one file.
type reading struct {
	file   string
	lines  []string
	errors Errors
	count  int  // errors met; the list stops at maxErrors
	base   Base // of the step being read
}

const maxErrors = 100

func (c *reading) fail(pos Position, reason, remedy string) {
	c.count++
	if c.count > maxErrors {
		return
	}
	line := ""
	if i := pos.Line - 1; i >= 0 && i < len(c.lines) {
		line = c.lines[i]
	}
	c.errors = append(c.errors, &Error{File: c.file, Line: pos.Line, Column: pos.Column, Reason: reason, Remedy: remedy, SourceLine: line})
}

// wrong reports that n is not what it should be.
func (c *reading) wrong(n *node, what string) {
	switch {
	case n.bad:
	case n.kind == null:
		c.fail(n.pos, "the value is missing", "write "+what)
	case n.kind == mapping, n.kind == sequence:
		c.fail(n.pos, fmt.Sprintf("%s stands here", n.kind), "write "+what)
	default:
		c.fail(n.pos, show(n.text)+" is not "+what, "")
	}
}

// readInto reads n with f and marks n where that failed.
func readInto[T any](c *reading, f form[T], n *node) T {
	before := c.count
	v := f.read(c, n)
	n.bad = n.bad || c.count > before
	return v
}

func isScalar(n *node) bool   { return n.kind < mapping && n.kind != null }
func isMapping(n *node) bool  { return n.kind == mapping }
func isSequence(n *node) bool { return n.kind == sequence }

// word is text that matches a pattern.
func word(what, pattern string, longest int) form[string] {
	re := regexp.MustCompile(pattern)
	sch := schema{"type": "string", "maxLength": longest}
	if pattern != "" {
		sch["pattern"] = pattern
	}
	return form[string]{what, sch, isScalar, func(c *reading, n *node) string {
		switch {
		case n.kind == number || n.kind == boolean:
			c.fail(n.pos, fmt.Sprintf("%s is %s, and text is wanted", clip(n.text), n.kind), "write it in quotes: "+show(n.text))
		case n.kind != text || !re.MatchString(n.text):
			c.wrong(n, what)
		case len([]rune(n.text)) > longest:
			c.fail(n.pos, fmt.Sprintf("longer than %d characters", longest), "")
		default:
			return n.text
		}
		return ""
	}}
}

// oneOf is one of some words.
func oneOf(words ...string) form[string] {
	return form[string]{"one of " + strings.Join(words, ", "), schema{"enum": words}, isScalar, func(c *reading, n *node) string {
		switch {
		case !isScalar(n):
			c.wrong(n, "one of "+strings.Join(words, ", "))
		case n.kind != text || !slices.Contains(words, n.text):
			c.fail(n.pos, show(n.text)+" is not known here", suggestion(n.text, words))
		default:
			return n.text
		}
		return ""
	}}
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]+$`)

// integer is a whole number without a unit.
func integer(lo, hi int) form[int] {
	what := fmt.Sprintf("a whole number from %d to %d", lo, hi)
	return form[int]{what, schema{"type": "integer", "minimum": lo, "maximum": hi}, isScalar, func(c *reading, n *node) int {
		if n.kind == text && wholeNumber.MatchString(n.text) {
			c.fail(n.pos, show(n.text)+" is text, and a number is wanted", "write it without quotes: "+clip(n.text))
			return 0
		}
		if n.kind != number || !wholeNumber.MatchString(n.text) {
			c.wrong(n, what)
			return 0
		}
		v, err := strconv.Atoi(n.text)
		if err != nil || v < lo || v > hi {
			c.wrong(n, what)
			return 0
		}
		return v
	}}
}

var plainNumber = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// positive is a number above zero, without a unit.
func positive(hi float64) form[float64] {
	what := fmt.Sprintf("a number above 0, at most %v", hi)
	return form[float64]{what, schema{"type": "number", "exclusiveMinimum": 0, "maximum": hi}, isScalar, func(c *reading, n *node) float64 {
		if n.kind != number || !plainNumber.MatchString(n.text) {
			c.wrong(n, what)
			return 0
		}
		v, err := strconv.ParseFloat(n.text, 64)
		if err != nil || v <= 0 || v > hi {
			c.wrong(n, what)
		}
		return v
	}}
}

// truth is true or false.
func truth() form[bool] {
	return form[bool]{"true or false", schema{"type": "boolean"}, isScalar, func(c *reading, n *node) bool {
		if n.kind != boolean || (n.text != "true" && n.text != "false") {
			c.wrong(n, "true or false")
		}
		return n.text == "true"
	}}
}

// list is a sequence of at least lo values.
func list[T any](what string, of form[T], lo, hi int) form[[]T] {
	sch := schema{"type": "array", "items": of.schema, "minItems": lo, "maxItems": hi}
	return form[[]T]{what, sch, isSequence, func(c *reading, n *node) (all []T) {
		if n.kind != sequence {
			c.wrong(n, what)
			return nil
		}
		if len(n.items) < lo || len(n.items) > hi {
			c.fail(n.pos, fmt.Sprintf("%d entries stand here", len(n.items)), "write "+what)
		}
		for _, item := range n.items {
			v := readInto(c, of, item)
			if !item.bad {
				all = append(all, v)
			}
		}
		return all
	}}
}

// either is a value that may be spelt in several ways, told apart by their looks.
func either[T any](what string, forms ...form[T]) form[T] {
	var all []any
	for _, f := range forms {
		all = append(all, f.schema)
	}
	fits := func(n *node) bool {
		return slices.ContainsFunc(forms, func(f form[T]) bool { return f.fits(n) })
	}
	return form[T]{what, schema{"anyOf": all}, fits, func(c *reading, n *node) (none T) {
		for _, f := range forms {
			if f.fits(n) {
				return f.read(c, n)
			}
		}
		c.wrong(n, what)
		return none
	}}
}

// become turns the value of one form into another; it may report errors.
func become[A, B any](f form[A], to func(c *reading, n *node, a A) B) form[B] {
	return form[B]{f.what, f.schema, f.fits, func(c *reading, n *node) (none B) {
		a := readInto(c, f, n)
		if n.bad {
			return none
		}
		return to(c, n, a)
	}}
}

// into is become for conversions that cannot fail.
func into[A, B any](f form[A], to func(A) B) form[B] {
	return become(f, func(_ *reading, _ *node, a A) B { return to(a) })
}

// described is f with a description of its own in the schema.
func (f form[T]) described(doc string) form[T] {
	f.schema = maps.Clone(f.schema)
	f.schema["description"] = doc
	return f
}
