package wire

import "bytes"

// stream is what a stream header declared for all that follows. It does not change.
type stream struct {
	name     []byte    // qualified name of the root element, which the footer repeats
	decls    []binding // its namespace declarations
	implicit int32     // default namespace, see work.uri
	space    int32     // namespace of the root element
	content  []byte    // content namespace (RFC 6120 §4.8.2); nil: the header declared none
}

type binding struct{ prefix, uri []byte }

// usual is the header that nearly all clients and servers send; all their scanners share it.
var usual = [...]*stream{usualStream(NSClient), usualStream(NSServer)}

func usualStream(content string) *stream {
	return &stream{
		name:     []byte("stream:stream"),
		decls:    []binding{{nil, []byte(content)}, {[]byte("stream"), []byte(NSStream)}},
		implicit: streamSpace,
		space:    streamSpace - 1,
		content:  []byte(content),
	}
}

// declared is the stream that the header just scanned opens.
func (w *work) declared() *stream {
	for _, s := range usual {
		if w.matches(s) {
			return s
		}
	}
	n := &w.nodes[0]
	s := &stream{name: bytes.Clone(w.base[n.name:n.nameEnd]), implicit: noSpace}
	for i := range w.decls {
		d := &w.decls[i]
		b := binding{bytes.Clone(w.base[d.prefix:d.prefixEnd]), bytes.Clone(w.uri(int32(i)))}
		s.decls = append(s.decls, b)
		if len(b.prefix) == 0 && len(b.uri) > 0 {
			s.implicit = streamSpace - int32(i)
		}
	}
	s.space = s.implicit
	if n.colon > 0 {
		s.space = s.lookup(w.base[n.name:n.colon])
	}
	s.content = s.contentSpace()
	return s
}

// matches tells whether the header just scanned declares exactly what s does, in either order.
func (w *work) matches(s *stream) bool {
	n := &w.nodes[0]
	if string(w.base[n.name:n.nameEnd]) != string(s.name) || len(w.decls) != len(s.decls) {
		return false
	}
	for i := range w.decls {
		d := &w.decls[i]
		k := 0
		if d.prefixEnd > d.prefix {
			k = 1
		}
		b := &s.decls[k]
		if string(w.base[d.prefix:d.prefixEnd]) != string(b.prefix) || !bytes.Equal(w.uri(int32(i)), b.uri) {
			return false
		}
	}
	return true
}

// contentSpace is the default namespace unless that is the stream namespace; else the first content namespace known that
// a prefix was bound to (RFC 6120 §4.8.5 lets either be the default).
func (s *stream) contentSpace() []byte {
	if s.implicit != noSpace {
		if uri := s.decls[streamSpace-s.implicit].uri; string(uri) != NSStream {
			return uri
		}
	}
	for _, b := range s.decls {
		if isContentSpace(b.uri) {
			return b.uri
		}
	}
	return nil
}

func isContentSpace(uri []byte) bool {
	return string(uri) == NSClient || string(uri) == NSServer || string(uri) == NSComponent
}

// lookup is the namespace that the header bound prefix to, or noSpace.
func (s *stream) lookup(prefix []byte) int32 {
	for i := range s.decls {
		if bytes.Equal(s.decls[i].prefix, prefix) {
			return streamSpace - int32(i)
		}
	}
	return noSpace
}

// colon is where the colon of the root's name stands when the name begins at start; 0: it has none.
func (s *stream) colon(start int32) int32 {
	if i := bytes.IndexByte(s.name, ':'); i >= 0 {
		return start + int32(i)
	}
	return 0
}

// isStanza tells message, presence and iq in the content namespace (RFC 6120 §8). When the header declared no content
// namespace, each stanza declares its own.
func (s *stream) isStanza(space, local []byte) bool {
	switch string(local) {
	case "message", "presence", "iq":
	default:
		return false
	}
	if s.content == nil {
		return isContentSpace(space)
	}
	return bytes.Equal(space, s.content)
}
