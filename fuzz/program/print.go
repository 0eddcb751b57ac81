package program

import (
	"fmt"
	"strconv"
	"strings"
)

// String is the program as a file; Parse gives the same program again.
func (p *Program) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\ntitle %s\nstate %s\n", p.heading(), p.Title, p.State)
	for _, o := range []struct{ key, value string }{{"level", string(p.Level)}, {"clause", p.Clause}, {"record", numbers(p.Record)}, {"origin", p.Origin}} {
		if o.value != "" {
			fmt.Fprintf(&b, "%s %s\n", o.key, o.value)
		}
	}
	for _, m := range p.Unless {
		fmt.Fprintf(&b, "unless mechanism %s\n", m)
	}
	for _, m := range p.Offers {
		fmt.Fprintf(&b, "needs mechanism %s\n", m)
	}
	for _, n := range p.Lacks {
		fmt.Fprintf(&b, "unless feature %s\n", n)
	}
	for _, n := range p.Needs {
		fmt.Fprintf(&b, "needs feature %s\n", n)
	}
	for _, s := range p.Serves {
		fmt.Fprintf(&b, "needs service %s at %s\n", s.Feature, s.At)
	}
	for _, s := range p.Settings {
		fmt.Fprintf(&b, "needs setting %s\n", s)
	}
	if p.Only != "" {
		fmt.Fprintf(&b, "only %s\n", p.Only)
	}
	for _, t := range p.Except {
		fmt.Fprintf(&b, "except %s\n", t)
	}
	for _, l := range p.Lines {
		fmt.Fprintln(&b, l)
	}
	b.WriteByte('\n')
	for _, op := range p.Ops {
		fmt.Fprintln(&b, op)
	}
	return b.String()
}

// heading is the line that says what kind of program it is.
func (p *Program) heading() string {
	switch {
	case p.Row > 0:
		return fmt.Sprintf("row %d %s", p.Row, p.Case)
	case p.Class != "":
		return fmt.Sprintf("class %s %s", p.Class, p.Case)
	}
	return "seed " + p.Case
}

func numbers(all []int) string { return strings.Trim(fmt.Sprint(all), "[]") }

// Name is the row or the class, and the case: "O-28 undeclared-prefix".
func (p *Program) Name() string {
	switch {
	case p.Row > 0:
		return fmt.Sprintf("O-%d %s", p.Row, p.Case)
	case p.Class != "":
		return p.Class + " " + p.Case
	}
	return p.Case
}

// String is the line as it stands in a header.
func (l Line) String() string {
	words := []string{string(l.Verdict)}
	if l.Verdict == Deviate {
		words = append(words, string(l.Level))
	}
	var seen []string
	for _, s := range l.Seen {
		seen = append(seen, s.String())
	}
	return strings.Join(words, " ") + " " + strings.Join(seen, " ; ")
}

// String is the sight as it stands in a header.
func (s Sight) String() string {
	words := []string{string(s.Actor)}
	if s.Many {
		words = append(words, many)
	}
	words = append(words, string(s.Kind))
	if s.Kind.hasType() {
		words = append(words, s.Type)
	}
	if s.Kind.hasConditions() {
		words = append(words, strings.Join(s.Conditions, "|"))
	}
	for _, v := range s.Values {
		equals := "="
		if v.Not {
			equals = "!="
		}
		words = append(words, v.Name+equals+strconv.QuoteToASCII(v.Text))
	}
	return strings.Join(words, " ")
}

// String is the operation as it stands in a program.
func (o Op) String() string {
	switch {
	case o.Verb == Repeat:
		return fmt.Sprintf("%s %d", Repeat, o.Times)
	case !o.Verb.hasActor():
		return string(o.Verb)
	case o.Verb == Freeze && o.Arg != "":
		return fmt.Sprintf("%s %s %s", o.Actor, Freeze, strconv.QuoteToASCII(o.Arg))
	case o.Verb == Freeze || o.Verb == Accept && o.For > 0:
		return fmt.Sprintf("%s %s %s", o.Actor, o.Verb, o.For)
	case o.Verb == Send && o.By > 0:
		return fmt.Sprintf("%s send by=%d %s", o.Actor, o.By, strconv.QuoteToASCII(o.Arg))
	case o.Verb == Frame:
		return fmt.Sprintf("%s frame %s %s", o.Actor, o.Form, strconv.QuoteToASCII(o.Arg))
	case o.Verb == Request:
		return requested(o)
	case o.Verb == Authenticate && o.Arg == "":
		return fmt.Sprintf("%s %s %s", o.Actor, o.Verb, o.Mechanism)
	case o.Verb == Authenticate:
		return fmt.Sprintf("%s %s %s %s", o.Actor, o.Verb, o.Mechanism, strconv.QuoteToASCII(o.Arg))
	case o.Verb == Send || o.Verb == Raw || o.Verb == Post || o.Verb == Certificate:
		return fmt.Sprintf("%s %s %s", o.Actor, o.Verb, strconv.QuoteToASCII(o.Arg))
	case o.Arg != "":
		return fmt.Sprintf("%s %s %s", o.Actor, o.Verb, o.Arg)
	}
	return fmt.Sprintf("%s %s", o.Actor, o.Verb)
}
