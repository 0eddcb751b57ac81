package mutate

import "strings"

// reader parses a template. It takes placeholders for text, and what it does not understand for markup.
type reader struct {
	s   string
	i   int
	top *node // the innermost element that is open
}

// parse never fails: the tree printed is s again.
func parse(s string) *node {
	doc := &node{kind: document}
	r := &reader{s: s, top: doc}
	for r.i < len(s) {
		if s[r.i] != '<' {
			r.top.add(&node{kind: text, text: r.until('<')})
			continue
		}
		r.markup()
	}
	for n := r.top; n.kind == element; n = n.up {
		n.open = true
	}
	return doc
}

// until reads up to the next c that is no part of a placeholder.
func (r *reader) until(c byte) string {
	from := r.i
	for r.i < len(r.s) && r.s[r.i] != c {
		r.i += atom(r.s[r.i:])
	}
	return r.s[from:r.i]
}

// markup reads what begins with '<'.
func (r *reader) markup() {
	rest := r.s[r.i:]
	for _, m := range [...]struct{ open, end string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!DOCTYPE", ">"}} {
		if !strings.HasPrefix(rest, m.open) {
			continue
		}
		end := m.end
		if i := strings.IndexByte(rest, '['); end == ">" && i > 0 && i < strings.IndexByte(rest, '>') {
			end = "]>"
		}
		n := strings.Index(rest, end)
		if n < 0 {
			n = len(rest) - len(end)
		}
		r.raw(r.i + max(n+len(end), len(m.open)))
		return
	}
	if strings.HasPrefix(rest, "</") {
		r.endTag()
		return
	}
	if n, end := r.startTag(); n != nil {
		r.i = end
		r.top.add(n)
		if !n.empty {
			r.top = n
		}
		return
	}
	r.raw(r.i + 1)
}

// raw takes everything up to end, or to where the placeholder ends that it stands in, as markup.
func (r *reader) raw(end int) {
	from := r.i
	for r.i < min(end, len(r.s)) {
		r.i += atom(r.s[r.i:])
	}
	r.top.add(&node{kind: markup, text: r.s[from:r.i]})
}

// endTag closes the innermost element of that name, and leaves those inside it open.
func (r *reader) endTag() {
	from := r.i
	r.until('>')
	if r.i == len(r.s) {
		r.i = from
		r.raw(len(r.s))
		return
	}
	inside := r.s[from+2 : r.i]
	name := strings.TrimRight(inside, " \t\r\n")
	for n := r.top; n.kind == element; n = n.up {
		if n.name != name {
			continue
		}
		for ; r.top != n; r.top = r.top.up {
			r.top.open = true
		}
		n.end, r.top = inside, n.up
		r.i++
		return
	}
	end := r.i + 1
	r.i = from
	r.raw(end)
}

// startTag reads a tag; nil where it is none.
func (r *reader) startTag() (n *node, end int) {
	t := &reader{s: r.s, i: r.i + 1}
	n = &node{kind: element, name: t.word()}
	if n.name == "" || strings.IndexByte("0123456789-.", n.name[0]) >= 0 {
		return nil, 0
	}
	n.end = n.name
	for {
		gap := t.space()
		rest := t.s[t.i:]
		if strings.HasPrefix(rest, ">") || strings.HasPrefix(rest, "/>") {
			n.tail, n.empty = gap, rest[0] == '/'
			return n, t.i + strings.IndexByte(rest, '>') + 1
		}
		a, ok := t.attr()
		if !ok || gap == "" {
			return nil, 0
		}
		a.gap = gap
		n.attrs = append(n.attrs, a)
	}
}

func (r *reader) attr() (a attr, ok bool) {
	if a.name = r.word(); a.name == "" {
		return a, false
	}
	a.equals = r.space()
	if !strings.HasPrefix(r.s[r.i:], "=") {
		return a, false
	}
	r.i++
	a.equals += "=" + r.space()
	if r.i == len(r.s) || r.s[r.i] != '\'' && r.s[r.i] != '"' {
		return a, false
	}
	a.quote = r.s[r.i : r.i+1]
	r.i++
	a.value = r.until(a.quote[0])
	if r.i == len(r.s) {
		return a, false
	}
	r.i++
	return a, true
}

// word reads a name; which characters it may have is not looked at.
func (r *reader) word() string {
	from := r.i
	for r.i < len(r.s) && strings.IndexByte(" \t\r\n<>/='\"&", r.s[r.i]) < 0 {
		r.i += atom(r.s[r.i:])
	}
	return r.s[from:r.i]
}

func (r *reader) space() string {
	from := r.i
	for r.i < len(r.s) && strings.IndexByte(" \t\r\n", r.s[r.i]) >= 0 {
		r.i++
	}
	return r.s[from:r.i]
}
