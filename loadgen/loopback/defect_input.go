package loopback

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"xmpprig/loadgen/xmpp/wire"
)

// misread is what defects make of the bytes just read, before the scanner sees them: the scanner is strict, so that
// what it must not refuse has to be taken out or disguised.
func (c *conn) misread(b []byte) []byte {
	t := c.twist
	c.rescan(b)
	if t.has("chunk-seam") {
		b = b[:len(b)-len(openReference(b))]
	}
	in := append(append(t.in[:0], t.held...), b...)
	t.held = nil
	t.in = in
	in = c.misreadProlog(in)
	if t.has("second-declaration-crash") {
		in = c.misreadDeclaration(in)
	}
	if t.has("comment-accepted") {
		in = t.without(in, "<!--", "-->", "")
	}
	if t.has("instruction-accepted") {
		in = t.without(in, "<?", "?>", "xml ")
	}
	if t.has("control-relayed") {
		in = t.hideControls(in)
	}
	if t.has("bad-utf8-relayed") {
		in = t.hideBadUTF8(in)
	}
	if t.has("prefix-relayed") {
		in = t.hidePrefixes(in)
	}
	t.begun = t.begun || bytes.Contains(in, []byte("<stream:stream"))
	return in
}

// hold keeps b back until more is read.
func (t *twist) hold(b []byte) { t.held = append(bytes.Clone(b), t.held...) }

// rescan is what quadratic-token does: its parser takes in 16 bytes at a time, and begins anew each time.
func (c *conn) rescan(b []byte) {
	t := c.twist
	if !t.has("quadratic-token") {
		return
	}
	if c.scanner.Pending() == 0 || len(t.token) > 1<<20 {
		t.token = t.token[:0]
	}
	for piece := range slices.Chunk(b, 16) {
		t.token = append(t.token, piece...)
		t.level = brackets(t.token)
	}
}

// brackets is how many are open.
func brackets(token []byte) (open int) {
	for _, b := range token {
		switch b {
		case '<':
			open++
		case '>':
			open--
		}
	}
	return open
}

// without takes out what begins with open and ends with shut, unless it begins with but.
func (t *twist) without(in []byte, open, shut, but string) []byte {
	out := in[:0]
	for {
		i := bytes.Index(in, []byte(open))
		if i < 0 {
			tail := partial(in, open)
			t.hold(in[len(in)-tail:])
			return append(out, in[:len(in)-tail]...)
		}
		body := in[i+len(open):]
		j := bytes.Index(body, []byte(shut))
		if j < 0 {
			t.hold(in[i:])
			return append(out, in[:i]...)
		}
		end := i + len(open) + j + len(shut)
		if but != "" && bytes.HasPrefix(body, []byte(but)) {
			out = append(out, in[:end]...)
		} else {
			out = append(out, in[:i]...)
		}
		in = in[end:]
	}
}

// partial is the length of what b ends with and word begins with.
func partial(b []byte, word string) int {
	for n := min(len(word)-1, len(b)); n > 0; n-- {
		if strings.HasPrefix(word, string(b[len(b)-n:])) {
			return n
		}
	}
	return 0
}

// Characters of the private use area stand for what is to be relayed though XML forbids it.
const (
	disguiseControl = '\ue000' // and the 31 that follow
	disguiseByte    = '\ue100' // and the 255 that follow
	disguiseColon   = '\ua4f8' // a letter, as it must stand in names
)

var (
	characterReference = regexp.MustCompile(`&#(x[0-9a-fA-F]{1,8}|[0-9]{1,10});`)
	prefixedTag        = regexp.MustCompile(`</?([A-Za-z_][A-Za-z0-9_.-]*):`)
)

// openReference is the reference that b ends in the middle of.
func openReference(b []byte) []byte {
	i := bytes.LastIndexByte(b, '&')
	if i < 0 || len(b)-i > 12 || bytes.IndexByte(b[i:], ';') >= 0 {
		return nil
	}
	return b[i:]
}

func (t *twist) hideControls(in []byte) []byte {
	open := openReference(in)
	t.hold(open)
	return characterReference.ReplaceAllFunc(in[:len(in)-len(open)], func(ref []byte) []byte {
		number, base := string(ref[2:len(ref)-1]), 10
		if number[0] == 'x' {
			number, base = number[1:], 16
		}
		n, err := strconv.ParseUint(number, base, 32)
		if err != nil || n >= ' ' || n == '\t' || n == '\n' || n == '\r' {
			return ref
		}
		return utf8.AppendRune(nil, disguiseControl+rune(n))
	})
}

func (t *twist) hideBadUTF8(in []byte) (out []byte) {
	for len(in) > 0 {
		r, size := utf8.DecodeRune(in)
		if r == utf8.RuneError && size == 1 {
			if !utf8.FullRune(in) {
				t.hold(in)
				return out
			}
			out = utf8.AppendRune(out, disguiseByte+rune(in[0]))
		} else {
			out = append(out, in[:size]...)
		}
		in = in[size:]
	}
	return out
}

func (t *twist) hidePrefixes(in []byte) []byte {
	return prefixedTag.ReplaceAllFunc(in, func(tag []byte) []byte {
		prefix := string(bytes.TrimLeft(tag[:len(tag)-1], "</"))
		if prefix == "stream" || bytes.Contains(in, []byte("xmlns:"+prefix+"=")) {
			return tag
		}
		t.colon = true
		return utf8.AppendRune(bytes.Clone(tag[:len(tag)-1]), disguiseColon)
	})
}

// restore undoes the disguises in what is sent.
func (t *twist) restore(b []byte) []byte {
	if t.cut != 0 {
		b = bytes.ReplaceAll(b, []byte("\ufffd"), []byte{t.cut})
	}
	if !t.has("control-relayed") && !t.has("bad-utf8-relayed") && !t.colon {
		return b
	}
	var out []byte
	for _, r := range string(b) {
		switch {
		case r >= disguiseControl && r < disguiseControl+' ':
			out = append(out, byte(r-disguiseControl))
		case r >= disguiseByte && r <= disguiseByte+0xff:
			out = append(out, byte(r-disguiseByte))
		case r == disguiseColon && t.colon:
			out = append(out, ':')
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

// stumble is told of bytes that are no XMPP.
func (c *conn) stumble(bad wire.SyntaxError) {
	if !c.twist.has("mismatched-tag-hang") || bad.Reason != "end tag does not match" {
		return
	}
	for {
		if _, err := c.t.read(); err != nil {
			return
		}
	}
}
