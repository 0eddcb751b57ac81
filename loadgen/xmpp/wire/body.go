package wire

import "bytes"

// Namespaces of BOSH.
const (
	NSBOSH  = "http://jabber.org/protocol/httpbind" // XEP-0124 §7
	NSXBOSH = "urn:xmpp:xbosh"                      // XEP-0206, bound to the prefix xmpp
)

// ResetBody forgets everything, and expects the <body/> of a request or response of BOSH (XEP-0124) within l. Next gives
// its start tag as a Header, what it holds as if it stood in a stream of jabber:client, and its end as a Footer, also where
// it is an empty element. What declares no namespace is taken for jabber:client (XEP-0206 §2), though the default that
// <body/> declares is its own.
func (s *Scanner) ResetBody(l Limits) {
	s.Reset(l)
	s.wrapped = true
}

// emptyEnd is the end of an empty <body/>. Nothing writes to it.
var emptyEnd = Element{Kind: Footer}

// usualBodies declare what nearly all clients and servers declare; all scanners share them.
var usualBodies = [...]*stream{
	usualBody(), usualBody("stream", NSStream), usualBody("stream", NSStream, "xmpp", NSXBOSH), usualBody("xmpp", NSXBOSH),
}

// noPrefix is what no prefix looks like.
const noPrefix = "\x00"

// usualBody is a <body/> with the prefixes given besides its default namespace.
func usualBody(declared ...string) *stream {
	s := &stream{name: []byte("body"), implicit: streamSpace, space: streamSpace - 1, content: []byte(NSClient),
		decls: []binding{{nil, []byte(NSClient)}, {[]byte(noPrefix), []byte(NSBOSH)}}}
	for i := 0; i < len(declared); i += 2 {
		s.decls = append(s.decls, binding{[]byte(declared[i]), []byte(declared[i+1])})
	}
	return s
}

// declaredBody is the stream that stands for the <body/> whose start tag was just scanned.
func (w *work) declaredBody() *stream {
	n := &w.nodes[0]
	if n.colon == 0 {
		for _, s := range usualBodies {
			if w.matchesBody(s) {
				return s
			}
		}
	}
	s := &stream{name: bytes.Clone(w.base[n.name:n.nameEnd]), implicit: noSpace, space: streamSpace, content: []byte(NSClient),
		decls: []binding{{[]byte(noPrefix), []byte(NSBOSH)}}}
	for i := range w.decls {
		d := &w.decls[i]
		b := binding{bytes.Clone(w.base[d.prefix:d.prefixEnd]), bytes.Clone(w.uri(int32(i)))}
		if len(b.prefix) == 0 {
			if string(b.uri) == NSBOSH {
				b.uri = []byte(NSClient)
			}
			s.implicit = streamSpace - int32(len(s.decls))
		}
		s.decls = append(s.decls, b)
	}
	return s
}

// matchesBody tells whether the start tag just scanned declares exactly what s does, in any order.
func (w *work) matchesBody(s *stream) bool {
	if len(w.decls) != len(s.decls)-1 {
		return false
	}
	for i := range w.decls {
		d := &w.decls[i]
		space := s.lookup(w.base[d.prefix:d.prefixEnd])
		if space == noSpace {
			return false
		}
		want := s.decls[streamSpace-space].uri
		if d.prefix == d.prefixEnd {
			want = s.decls[1].uri
		}
		if !bytes.Equal(w.uri(int32(i)), want) {
			return false
		}
	}
	return true
}

// body judges the start tag of <body/>, whose '>' is at i.
func (w *work) body(i int, empty bool) int {
	e := Element{Kind: Header, work: w}
	if string(e.Space()) != NSBOSH {
		return w.fail(0, InvalidNamespace, "root element outside the namespace of BOSH")
	}
	if string(e.Local()) != "body" {
		return w.fail(0, BadFormat, "root element is not <body/>")
	}
	w.element, w.state, w.empty = e, stateDone, empty
	return ^(i + 1)
}
