package fuzz

import (
	"encoding/binary"
	"regexp"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

// frame makes messages of what would go over TCP: one of each element, <open/> of a stream header and <close/> of a footer (RFC 7395 §3.3).
// What ends inside an element is a fragment, and the message goes on with what is sent next. What is no XML is one message as it is.
func (p *peer) frame(text, recorded string) parcel {
	var made parcel
	for _, m := range p.messages(text) {
		p.web.within = m.more
		made.data = appendFrame(made.data, m.opcode(), program.Form{Part: m.more}, []byte(m.text))
	}
	if made.recorded = made.data; recorded != text {
		made.recorded = appendFrame(nil, byte(websocket.Text), program.Form{}, []byte(standing(recorded)))
	}
	p.hear(made.data)
	return made
}

// message is a message, or a part of one.
type message struct {
	text          string
	further, more bool // it goes on with one that is under way, and more of it follows
}

func (m message) opcode() byte {
	if m.further {
		return byte(websocket.Continuation)
	}
	return byte(websocket.Text)
}

// messages cuts text into messages.
func (p *peer) messages(text string) (all []message) {
	w := p.web
	further := w.within
	if isHeader(text) && !further { // a new stream, whether one was due or not
		w.cut.Reset(wire.Limits{Depth: 1 << 16, Attrs: 1 << 12, Bytes: 8 << 20})
	}
	for rest := text; rest != ""; {
		e, n, err := w.cut.Next([]byte(rest))
		if err != nil {
			return append(all, message{content(rest, further), further, false})
		}
		if e.Kind == wire.None {
			return append(all, message{content(rest, further), further, w.cut.Pending() > 0})
		}
		all = append(all, message{content(rest[:n], further), further, false})
		rest, further = rest[n:], false
	}
	return all
}

// content is the text of a message, or of what it goes on with.
func content(text string, further bool) string {
	if further {
		return text
	}
	return standing(text)
}

// standing is text with what it would take from the header of a stream (RFC 7395 §3.3.3).
func standing(text string) string {
	switch {
	case strings.HasPrefix(text, "</stream:stream"):
		return "<close xmlns='" + websocket.NSFraming + "'/>"
	case strings.HasPrefix(text, "<?xml"), strings.HasPrefix(text, "<stream:stream"):
		return opening(text)
	}
	name := text[:tagName(text)]
	tag := text[:tagEnd(text)]
	switch {
	case len(name) < 2 || name[1] == '/' || name[1] == '!' || name[1] == '?':
	case strings.HasPrefix(name, "<stream:") && !declaresStream.MatchString(tag):
		return name + " xmlns:stream='" + wire.NSStream + "'" + text[len(name):]
	case !strings.Contains(name, ":") && !declaresDefault.MatchString(tag):
		return name + " xmlns='" + wire.NSClient + "'" + text[len(name):]
	}
	return text
}

var (
	declaresStream  = regexp.MustCompile(`\sxmlns:stream\s*=`)
	declaresDefault = regexp.MustCompile(`\sxmlns\s*=`)
)

// opening is <open/> with the attributes of a stream header.
func opening(text string) string {
	if strings.HasPrefix(text, "<?xml") {
		_, after, ok := strings.Cut(text, "?>")
		if !ok || !strings.HasPrefix(strings.TrimLeft(after, " \r\n\t"), "<stream:stream") {
			return text
		}
		text = strings.TrimLeft(after, " \r\n\t")
	}
	inside, ok := strings.CutPrefix(text, "<stream:stream")
	if !ok {
		return text
	}
	for _, declared := range []string{" xmlns:stream='" + wire.NSStream + "'", " xmlns='" + wire.NSClient + "'"} {
		inside = strings.Replace(inside, declared, "", 1)
	}
	if strings.HasSuffix(inside, ">") && !strings.HasSuffix(inside, "/>") {
		inside = strings.TrimSuffix(inside, ">") + "/>"
	}
	return "<open xmlns='" + websocket.NSFraming + "'" + inside
}

// tagName is where the name of the tag ends that text begins with; 0 where it begins with none.
func tagName(text string) int {
	if !strings.HasPrefix(text, "<") {
		return 0
	}
	if n := strings.IndexAny(text, " \t\r\n/>"); n > 0 {
		return n
	}
	return len(text)
}

// tagEnd is where the tag ends.
func tagEnd(text string) int {
	quote := byte(0)
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '>':
			return i
		}
	}
	return len(text)
}

// appendFrame appends a frame. Its mask is zero, so that a transcript can be read.
func appendFrame(dst []byte, opcode byte, f program.Form, payload []byte) []byte {
	first := opcode | byte(f.Reserved)<<4
	if !f.Part {
		first |= 0x80
	}
	mask := byte(0x80)
	if f.Unmasked {
		mask = 0
	}
	n := uint64(len(payload))
	if f.Claims != 0 {
		n = uint64(f.Claims)
	}
	switch dst = append(dst, first); {
	case f.Long || n >= 1<<16:
		dst = binary.BigEndian.AppendUint64(append(dst, mask|127), n)
	case n > 125:
		dst = binary.BigEndian.AppendUint16(append(dst, mask|126), uint16(n))
	default:
		dst = append(dst, mask|byte(n))
	}
	if !f.Unmasked {
		dst = append(dst, 0, 0, 0, 0)
	}
	return append(dst, payload...)
}
