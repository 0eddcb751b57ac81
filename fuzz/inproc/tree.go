package inproc

import (
	"fmt"
	"maps"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// scope is the namespace of each prefix. It is kept apart from what the scanner knows, which it is compared with.
type scope map[string]string

// declare returns the scope inside a tag with these attributes.
func (s scope) declare(e *wire.Element) scope {
	inner, own := s, false
	for name, value := range e.Attrs() {
		prefix, ok := declaration(string(name))
		if !ok {
			continue
		}
		if !own {
			inner, own = maps.Clone(s), true
		}
		inner[prefix] = string(value)
	}
	return inner
}

// declaration tells the attributes that declare a namespace, and for which prefix.
func declaration(name string) (prefix string, ok bool) {
	if name == "xmlns" {
		return "", true
	}
	return strings.CutPrefix(name, "xmlns:")
}

// name resolves the qualified name of an attribute.
func (s scope) name(qualified string) (space, local string) {
	prefix, local, ok := strings.Cut(qualified, ":")
	if !ok {
		return "", qualified
	}
	if prefix == "xml" {
		return wire.NSXML, local
	}
	return s[prefix], local
}

// describe lists what an element means: its tag, what is inside, its text.
func describe(dst []string, e *wire.Element, outer scope) []string {
	s := outer.declare(e)
	dst = append(dst, describeTag(e, s))
	for c := range e.Children() {
		dst = describe(dst, &c, s)
	}
	return append(dst, "text "+string(e.Text()), "end")
}

func describeTag(e *wire.Element, s scope) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{%s}%s", e.Space(), e.Local())
	for name, value := range e.Attrs() {
		if _, ok := declaration(string(name)); !ok {
			space, local := s.name(string(name))
			fmt.Fprintf(&b, " {%s}%s=%q", space, local, value)
		}
	}
	return b.String()
}

// scanned is all that can be seen of a scan.
type scanned struct {
	meaning []string // of the elements
	raw     []string
	header  wire.StreamHeader
	root    string // qualified name of the header
	scope   scope  // that the header declares
	ended   bool   // by a footer
	err     error
	pending int
	offset  int64
}

// scan feeds the pieces to s, each in memory of its own that is spoilt afterwards, until the first error.
func scan(s *wire.Scanner, pieces ...[]byte) (o scanned) {
	fed, limit := 0, 0
	for _, piece := range pieces {
		own := []byte(string(piece))
		limit += len(own)
		for rest := own; o.err == nil; {
			e, n, err := s.Next(rest)
			require(n <= len(rest), "the scanner used more than it was given")
			rest, o.err = rest[n:], err
			fed += n
			if err != nil || e.Kind == wire.None {
				require(err != nil || len(rest) == 0, "the scanner left bytes unused")
				break
			}
			o.take(e)
			require(len(o.raw) <= limit, "more elements than bytes")
		}
		for i := range own {
			own[i] = '<'
		}
	}
	o.pending, o.offset = s.Pending(), s.Offset()
	if o.err == nil {
		require(o.offset+int64(o.pending) == int64(fed), "offset and pending bytes are not all bytes")
	} else {
		again, n, err := s.Next([]byte("<a/>"))
		require(again.Kind == wire.None && n == 0 && err == o.err && o.pending == 0, "a failed scanner goes on")
	}
	return o
}

// take notes one element.
func (o *scanned) take(e *wire.Element) {
	raw := e.Raw()
	require(len(raw) > 0 && raw[0] == '<' && raw[len(raw)-1] == '>', "an element is not what lies between its angle brackets")
	o.raw = append(o.raw, string(raw))
	switch e.Kind {
	case wire.Header:
		o.header, o.root, o.scope = e.StreamHeader(), string(e.Name()), scope{}.declare(e)
		o.meaning = append(o.meaning, fmt.Sprintf("header %+v", o.header))
	case wire.Footer:
		o.ended = true
		o.meaning = append(o.meaning, "footer")
	default:
		o.meaning = describe(append(o.meaning, e.Kind.String()), e, o.scope)
	}
}

// prefixOf is what stands before the colon of a qualified name.
func prefixOf(name string) string {
	prefix, _, ok := strings.Cut(name, ":")
	if !ok {
		return ""
	}
	return prefix
}
