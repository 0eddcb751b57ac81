package target

import "strings"

// termDepth is how deep the atoms of a term are kept.
const termDepth = 3

// termShape reads one printed Erlang term and keeps its atoms and tuples:
// {badmatch,{error,<<"x">>}} is {badmatch,{error,…}}. What is not written as
// an atom of program text may be data, and is "…".
func termShape(term string) string {
	s := &termScanner{rest: term}
	return s.term(termDepth)
}

type termScanner struct{ rest string }

func (s *termScanner) term(depth int) string {
	s.rest = strings.TrimLeft(s.rest, " \t\r\n")
	switch {
	case s.rest == "":
		return "…"
	case s.rest[0] == '{':
		return s.tuple(depth)
	case s.rest[0] >= 'a' && s.rest[0] <= 'z':
		return s.atom()
	}
	s.skip()
	return "…"
}

func (s *termScanner) tuple(depth int) string {
	if depth == 0 {
		s.skip()
		return "…"
	}
	s.rest = s.rest[1:]
	var parts []string
	for {
		s.rest = strings.TrimLeft(s.rest, " \t\r\n,")
		if s.rest == "" || s.rest[0] == '}' {
			s.rest = s.rest[min(1, len(s.rest)):]
			return "{" + strings.Join(parts, ",") + "}"
		}
		before := len(s.rest)
		part := s.term(depth - 1)
		if len(s.rest) == before { // nothing a term begins with
			s.rest = s.rest[1:]
			continue
		}
		parts = append(parts, part)
	}
}

func (s *termScanner) atom() string {
	n := strings.IndexFunc(s.rest, func(r rune) bool {
		return r != '_' && r != '@' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if n < 0 {
		n = len(s.rest)
	}
	atom := s.rest[:n]
	s.rest = s.rest[n:]
	if strings.Contains(atom, "@") { // a node, as a rule
		return "…"
	}
	return atom
}

// skip passes one term of any other sort: up to a comma or a closing bracket on
// this level, whatever quotes and brackets lie between.
func (s *termScanner) skip() {
	level := 0
	for i := 0; i < len(s.rest); i++ {
		switch c := s.rest[i]; c {
		case '"', '\'':
			i += quoted(s.rest[i+1:], c)
		case '{', '[', '(':
			level++
		case '}', ']', ')':
			if level--; level < 0 {
				s.rest = s.rest[i:]
				return
			}
		case ',':
			if level == 0 && !strings.HasPrefix(s.rest, "<<") {
				s.rest = s.rest[i:]
				return
			}
		case '>':
			if level == 0 && strings.HasPrefix(s.rest, "<<") && strings.HasPrefix(s.rest[i:], ">>") {
				s.rest = s.rest[i+2:]
				return
			}
		case '\n':
			if level == 0 && i > 0 {
				s.rest = s.rest[i:]
				return
			}
		}
	}
	s.rest = ""
}

// quoted is how many bytes a quotation takes after its first quote.
func quoted(s string, quote byte) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return len(s)
}
