package loopback

import (
	"bytes"
	"regexp"
	"time"
)

var (
	streamStart = []byte("<stream:stream")
	doctype     = []byte("<!DOCTYPE")
	entity      = regexp.MustCompile(`<!ENTITY\s+(\w+)\s+["']([^"']*)["']\s*>`)
	reference   = regexp.MustCompile(`&(\w+);`)
)

// maxDTD bounds what is kept of a DTD that does not end.
const maxDTD = 64 << 10

// misreadProlog is what defects make of what comes before the stream header.
func (c *conn) misreadProlog(in []byte) []byte {
	t := c.twist
	accepts := t.has("dtd-accepted") || t.has("dtd-on-direct-tls") && t.direct
	if t.begun || !accepts && !t.has("entity-expansion") {
		return in
	}
	i, h := bytes.Index(in, doctype), bytes.Index(in, streamStart)
	switch {
	case h >= 0 && (i < 0 || i > h):
		return in
	case i < 0:
		tail := partial(in, string(doctype))
		t.hold(in[len(in)-tail:])
		return in[:len(in)-tail]
	}
	end := doctypeEnd(in[i:])
	if end < 0 && len(in) < maxDTD {
		t.hold(in[i:])
		return in[:i]
	}
	end = i + max(end, 0)
	if t.has("entity-expansion") {
		c.expandEntities(in[i:end])
	}
	if accepts {
		in = append(in[:i], in[end:]...)
	}
	return in
}

// doctypeEnd is the length of the DTD that b begins with; -1 if there is more of it.
func doctypeEnd(b []byte) int {
	shut, subset := bytes.IndexByte(b, '>'), bytes.IndexByte(b, '[')
	if subset < 0 || shut >= 0 && shut < subset {
		return shut + min(1, shut+1)
	}
	inner := bytes.IndexByte(b, ']')
	if inner < 0 {
		return -1
	}
	if shut = bytes.IndexByte(b[inner:], '>'); shut < 0 {
		return -1
	}
	return inner + shut + 1
}

// expandEntities expands the last entity of a DTD, one reference after another, for two seconds and to 8 MiB at most.
func (c *conn) expandEntities(dtd []byte) {
	values := map[string][]byte{}
	var text []byte
	for _, m := range entity.FindAllSubmatch(dtd, -1) {
		values[string(m[1])], text = m[2], m[2]
	}
	for end := time.Now().Add(2 * time.Second); len(text) < 8<<20 && time.Now().Before(end); {
		at := reference.FindSubmatchIndex(text)
		if at == nil {
			return
		}
		value := values[string(text[at[2]:at[3]])]
		text = bytes.Join([][]byte{text[:at[0]], value, text[at[1]:]}, nil)
	}
}

// misreadDeclaration panics, and loses what follows, where an XML declaration comes after the stream header.
func (c *conn) misreadDeclaration(in []byte) []byte {
	i, h := bytes.Index(in, []byte("<?xml")), bytes.Index(in, streamStart)
	if i < 0 || !c.twist.begun && (h < 0 || h > i) {
		return in
	}
	if h >= 0 && h < i || c.twist.begun {
		c.srv.survive(func() { panic("no function clause matches declaration in stream") })
		return in[:i]
	}
	return in
}
