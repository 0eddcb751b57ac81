package program

import (
	"fmt"
	"strconv"
	"strings"
)

// String is the program as a file; Parse gives the same program again.
func (p *Program) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "row %d %s\ntitle %s\nstate %s\nlevel %s\nclause %s\n", p.Row, p.Case, p.Title, p.State, p.Level, p.Clause)
	for _, m := range p.Unless {
		fmt.Fprintf(&b, "unless mechanism %s\n", m)
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

// Name is the row and the case: "O-28 undeclared-prefix".
func (p *Program) Name() string { return fmt.Sprintf("O-%d %s", p.Row, p.Case) }

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
	words := []string{string(s.Actor), string(s.Kind)}
	if s.Kind == Error {
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
	case o.Verb == Mark:
		return string(Mark)
	case o.Verb == Send:
		return fmt.Sprintf("%s send %s", o.Actor, strconv.QuoteToASCII(o.Arg))
	case o.Arg != "":
		return fmt.Sprintf("%s %s %s", o.Actor, o.Verb, o.Arg)
	}
	return fmt.Sprintf("%s %s", o.Actor, o.Verb)
}
