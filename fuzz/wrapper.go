package fuzz

import (
	"strconv"
	"strings"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/wire"
)

// wrap is what one request says: the attributes of its <body/> besides, and what that holds.
type wrap struct {
	attrs   []program.Value
	content string
}

// wrapper makes requests of what would go over TCP.
type wrapper struct {
	scanner wire.Scanner
	held    string // of an element that is not whole
	created bool   // the first header was sent
}

// mostHeld bounds what is held back.
const mostHeld = 2 << 20

// wrap cuts text into requests.
func (w *wrapper) wrap(text string) (all []wrap) {
	content := ""
	if isHeader(text) && w.held == "" {
		w.scanner.Reset(oracle.Limits())
	}
	for rest := text; rest != ""; {
		e, n, err := w.scanner.Next([]byte(rest))
		if err != nil {
			content, w.held = content+inside(w.held+rest), ""
			break
		}
		if e.Kind == wire.None {
			if w.held += rest; len(w.held) > mostHeld {
				content, w.held = content+inside(w.held), ""
			}
			break
		}
		piece := w.held + rest[:n]
		rest, w.held = rest[n:], ""
		switch e.Kind {
		case wire.Header:
			if content != "" {
				all, content = append(all, wrap{content: content}), ""
			}
			all = append(all, wrap{attrs: w.opening(e)})
		case wire.Footer:
			all, content = append(all, wrap{[]program.Value{{Name: "type", Text: "terminate"}}, content}), ""
		default:
			content += inside(piece)
		}
	}
	if strings.TrimSpace(content) != "" {
		all = append(all, wrap{content: content})
	}
	return all
}

// flush is what was held back, as it is.
func (w *wrapper) flush() []wrap {
	held := w.held
	if w.held = ""; strings.TrimSpace(held) == "" {
		return nil
	}
	return []wrap{{content: inside(held)}}
}

// inside is text as it stands in a <body/>.
func inside(text string) string {
	text = strings.TrimLeft(text, " \t\r\n")
	if isHeader(text) || strings.HasPrefix(text, "</stream:") {
		return text
	}
	return standing(text)
}

// opening is what stands for a stream header: the request for a session, or for a restart (XEP-0206 §3, §4).
func (w *wrapper) opening(e *wire.Element) (attrs []program.Value) {
	add := func(name, text string) { attrs = append(attrs, program.Value{Name: name, Text: text}) }
	if w.created {
		add("xmpp:restart", "true")
	} else {
		w.created = true
		add("content", "text/xml; charset=utf-8")
		add("ver", "1.6")
		add("hold", strconv.Itoa(bosh.Hold))
		add("wait", strconv.Itoa(bosh.Wait))
	}
	for name, value := range e.Attrs() {
		switch name := string(name); {
		case name == "version":
			add("xmpp:version", string(value))
		case name != "xmlns" && !strings.HasPrefix(name, "xmlns:"):
			add(name, string(value))
		}
	}
	if e.Attr("xml:lang") == nil {
		add("xml:lang", "en") // it is a MUST
	}
	add("xmlns:xmpp", wire.NSXBOSH)
	return attrs
}
