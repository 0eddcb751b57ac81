package program

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SyntaxError is one thing that is wrong with a program or a transcript.
type SyntaxError struct {
	File         string
	Line, Column int // from 1; the column counts bytes
	Reason       string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Reason)
}

// token is a word of a line; its text is unquoted where it was quoted.
type token struct {
	column int
	word   string // what stands before the quotes, = and != included
	quoted bool
	text   string // inside of the quotes
}

// parser reads one file and collects what is wrong with it.
type parser struct {
	file string
	line int
	errs []error

	extra map[string]bool // names that texts may call beside those that are always known
}

func (p *parser) fail(column int, format string, args ...any) {
	p.errs = append(p.errs, &SyntaxError{p.file, p.line, column, fmt.Sprintf(format, args...)})
}

// Parse reads a program. The error joins one *SyntaxError for each thing that is wrong.
func Parse(file string, src []byte) (*Program, error) {
	p := &parser{file: file}
	if !utf8.Valid(src) {
		p.line = 1
		p.fail(1, "the file is not UTF-8")
		return nil, errors.Join(p.errs...)
	}
	p.extra = extras(string(src))
	prog := &Program{}
	seen := map[string]bool{}
	inHeader := true
	for line := range strings.SplitSeq(string(src), "\n") {
		p.line++
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "":
			inHeader = inHeader && len(seen) == 0
		case trimmed[0] == '#':
		case inHeader:
			p.headerLine(prog, line, seen)
		default:
			if op, ok := p.op(line); ok {
				prog.Ops = append(prog.Ops, op)
			}
		}
	}
	p.whole(prog, seen)
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	return prog, nil
}

// whole checks what only the whole program tells.
func (p *parser) whole(prog *Program, seen map[string]bool) {
	kinds := 0
	for _, key := range []string{"row", "class", "seed"} {
		if seen[key] {
			kinds++
		}
	}
	if kinds != 1 {
		p.fail(1, "the header has %d of row, class and seed, and needs one", kinds)
	}
	needed := []string{"title", "state"}
	if seen["row"] || len(prog.Lines) > 0 {
		needed = append(needed, "level", "clause", "conform")
	}
	for _, key := range needed {
		if !seen[key] {
			p.fail(1, "the header has no %s", key)
		}
	}
	if err := prog.check(); err != nil {
		p.fail(1, "%v", err)
	}
}

func (p *parser) headerLine(prog *Program, line string, seen map[string]bool) {
	key, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	at := strings.Index(line, key) + 1
	rest = strings.TrimSpace(rest)
	often := key == "conform" || key == "tolerate" || key == "deviate" || key == "unless" || key == "except" || key == "needs"
	if seen[key] && !often {
		p.fail(at, "%s is said twice", key)
		return
	}
	seen[key] = true
	switch key {
	case "title":
		prog.Title = rest
	case "state":
		prog.State = rest
	case "clause":
		prog.Clause = rest
	case "row":
		p.row(prog, rest, at)
	case "class":
		prog.Class, prog.Case = p.class(rest, at)
	case "seed":
		if prog.Case = rest; strings.Contains(rest, " ") {
			p.fail(at, "seed is followed by one word")
		}
	case "origin":
		prog.Origin = rest
	case "record":
		p.record(prog, rest, at)
	case "level":
		prog.Level = p.level(rest, at)
	case "unless":
		if name, ok := after(rest, "mechanism "); ok {
			prog.Unless = append(prog.Unless, name)
			return
		}
		if name, ok := after(rest, "feature "); ok {
			prog.Lacks = append(prog.Lacks, name)
			return
		}
		p.fail(at, "unless is followed by: mechanism NAME, or: feature NAMESPACE")
		return
	case "only":
		if prog.Only = Transport(rest); !slices.Contains(Transports(), prog.Only) {
			p.fail(at, "only is followed by a transport: tcp, tls, ws, wss or bosh")
		}
		return
	case "except":
		t := Transport(rest)
		if !slices.Contains(Transports(), t) {
			p.fail(at, "except is followed by a transport: tcp, tls, ws, wss or bosh")
		}
		prog.Except = append(prog.Except, t)
		return
	case "needs":
		if name, ok := after(rest, "feature "); ok {
			prog.Needs = append(prog.Needs, name)
			return
		}
		if name, ok := after(rest, "mechanism "); ok {
			prog.Offers = append(prog.Offers, name)
			return
		}
		if name, ok := after(rest, "setting "); ok {
			p.setting(prog, name, at)
			return
		}
		p.service(prog, rest, at)
		return
	case "conform", "tolerate", "deviate":
		p.outcome(prog, line)
		return
	default:
		p.fail(at, "%q is no key of a header", key)
		return
	}
	if rest == "" {
		p.fail(at, "%s is empty", key)
	}
}

// service reads service NAMESPACE at ADDRESS.
func (p *parser) service(prog *Program, rest string, at int) {
	words := strings.Fields(rest)
	if len(words) != 4 || words[0] != "service" || words[2] != "at" {
		p.fail(at, "needs is followed by: feature NAMESPACE, or: mechanism NAME, or: service NAMESPACE at ADDRESS, or: setting NAME")
		return
	}
	if err := checkTemplate(words[3], p.extra); err != nil {
		p.fail(at, "%v", err)
	}
	prog.Serves = append(prog.Serves, Service{words[1], words[3]})
}

// after is the one word that follows a prefix.
func after(rest, prefix string) (word string, ok bool) {
	word, ok = strings.CutPrefix(rest, prefix)
	word = strings.TrimSpace(word)
	return word, ok && word != "" && !strings.ContainsAny(word, " \t")
}

func (p *parser) row(prog *Program, rest string, at int) {
	number, name, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(number)
	name = strings.TrimSpace(name)
	if err != nil || n < 1 || name == "" || strings.Contains(name, " ") {
		p.fail(at, "row is followed by a number from 1 and one word")
		return
	}
	prog.Row, prog.Case = n, name
}

func (p *parser) class(rest string, at int) (class, name string) {
	class, name, _ = strings.Cut(rest, " ")
	if name = strings.TrimSpace(name); class == "" || name == "" || strings.Contains(name, " ") {
		p.fail(at, "class is followed by a code such as SM and one word")
	}
	return class, name
}

func (p *parser) record(prog *Program, rest string, at int) {
	for word := range strings.FieldsSeq(rest) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			p.fail(at, "record is followed by numbers from 1")
			return
		}
		prog.Record = append(prog.Record, n)
	}
}

func (p *parser) level(word string, at int) Level {
	if !slices.Contains(Levels(), Level(word)) {
		p.fail(at, "%q is no level: MUST, SHOULD and MAY are", word)
	}
	return Level(word)
}

// many stands before the kind of what is seen one or more times.
const many = "many"

// outcome reads a line conform, tolerate or deviate.
func (p *parser) outcome(prog *Program, line string) {
	tokens, ok := p.tokens(line)
	if !ok {
		return
	}
	l := Line{Verdict: Verdict(tokens[0].word)}
	end := tokens[0].column
	tokens = tokens[1:]
	if l.Verdict == Deviate {
		if len(tokens) == 0 {
			p.fail(end, "deviate is followed by a level")
			return
		}
		l.Level = p.level(tokens[0].word, tokens[0].column)
		tokens = tokens[1:]
	}
	for len(tokens) > 0 {
		n := slices.IndexFunc(tokens, func(t token) bool { return t.word == ";" && !t.quoted })
		if n < 0 {
			n = len(tokens)
		}
		if s, ok := p.sight(tokens[:n], end); ok {
			l.Seen = append(l.Seen, s)
		}
		tokens = tokens[min(n+1, len(tokens)):]
	}
	if len(l.Seen) == 0 {
		p.fail(end, "the line does not say what is seen")
	}
	prog.Lines = append(prog.Lines, l)
}

// sight reads ACTOR [many] KIND [TYPE] [CONDITIONS] [NAME="VALUE"]….
func (p *parser) sight(tokens []token, end int) (s Sight, ok bool) {
	if len(tokens) < 2 {
		p.fail(end, "an actor and what it sees are needed")
		return s, false
	}
	before := len(p.errs)
	s.Actor = p.actor(tokens[0])
	if s.Many = tokens[1].word == many && !tokens[1].quoted && len(tokens) > 2; s.Many {
		tokens = tokens[1:]
	}
	if s.Kind = Kind(tokens[1].word); s.Many && s.Kind == Nothing {
		p.fail(tokens[1].column, "nothing is not many")
	}
	if !slices.Contains(Kinds(), s.Kind) || tokens[1].quoted {
		p.fail(tokens[1].column, "%q cannot be seen", tokens[1].word)
	}
	tokens = tokens[2:]
	if s.Kind.hasType() && len(tokens) > 0 {
		s.Type, tokens = tokens[0].word, tokens[1:]
	}
	if s.Kind.hasConditions() {
		if len(tokens) == 0 || tokens[0].quoted {
			p.fail(end, "%s needs conditions, such as a|b, or any", s.Kind)
			return s, false
		}
		s.Conditions, tokens = strings.Split(tokens[0].word, "|"), tokens[1:]
	}
	for _, t := range tokens {
		name, isValue := strings.CutSuffix(t.word, "=")
		name, not := strings.CutSuffix(name, "!")
		if !t.quoted || !isValue || name == "" {
			p.fail(t.column, `NAME="VALUE" or NAME!="VALUE" is expected`)
			continue
		}
		p.template(t)
		s.Values = append(s.Values, Value{name, not, t.text})
	}
	return s, len(p.errs) == before
}

func (p *parser) actor(t token) Actor {
	if !slices.Contains(Actors(), Actor(t.word)) || t.quoted {
		p.fail(t.column, "%q is no actor: attacker, witness, bystander, accomplice and authority are", t.word)
	}
	return Actor(t.word)
}

// tokens cuts a line into words and quoted texts.
func (p *parser) tokens(line string) (all []token, ok bool) {
	for i := 0; i < len(line); {
		if line[i] == ' ' || line[i] == '\t' || line[i] == '\r' {
			i++
			continue
		}
		t := token{column: i + 1}
		n := strings.IndexAny(line[i:], " \t\r\"")
		if n < 0 {
			n = len(line) - i
		}
		t.word = line[i : i+n]
		i += n
		if i < len(line) && line[i] == '"' {
			q, err := strconv.QuotedPrefix(line[i:])
			if err != nil {
				p.fail(i+1, "the text in quotes is not closed or has a bad escape")
				return nil, false
			}
			t.quoted = true
			t.text, _ = strconv.Unquote(q) // QuotedPrefix has seen that it can be
			i += len(q)
		}
		all = append(all, t)
	}
	return all, len(all) > 0
}
