package wire

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestAgainstEncodingXML writes random trees in random spellings, and compares what the scanner and encoding/xml read.
func TestAgainstEncodingXML(t *testing.T) {
	for seed := range uint64(3000) {
		g := &grower{r: rand.New(rand.NewPCG(seed, 3)), bound: map[string]string{"stream": NSStream}}
		g.out.WriteString(opening)
		for range 1 + g.r.IntN(3) {
			g.element(0)
		}
		g.out.WriteString("</stream:stream>")
		in := g.out.Bytes()
		want, err := describeXML(in)
		if err != nil {
			t.Fatalf("seed %d: encoding/xml: %v\n%s", seed, err, in)
		}
		got, err := describeWire(in)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("seed %d: %v\n%s\ngot  %q\nwant %q", seed, err, in, got, want)
		}
	}
}

// grower writes a random tree.
type grower struct {
	r     *rand.Rand
	out   bytes.Buffer
	bound map[string]string // prefixes in scope
}

func (g *grower) pick(from ...string) string { return from[g.r.IntN(len(from))] }

func (g *grower) element(depth int) {
	outer := g.bound
	g.bound = make(map[string]string)
	for p, uri := range outer {
		g.bound[p] = uri
	}
	var attrs strings.Builder
	g.declare(&attrs)
	name := g.prefix() + g.pick("message", "iq", "body", "x", "é", "a-b.c")
	g.attributes(&attrs)
	g.out.WriteString("<" + name + attrs.String() + g.pick("", " ", "\n"))
	if g.r.IntN(4) == 0 {
		g.out.WriteString("/>")
	} else {
		g.out.WriteString(">")
		for range g.r.IntN(4) {
			g.content(depth)
		}
		g.out.WriteString("</" + name + g.pick("", " ") + ">")
	}
	g.bound = outer
}

func (g *grower) content(depth int) {
	if depth < 5 && g.r.IntN(2) == 0 {
		g.element(depth + 1)
		return
	}
	g.out.WriteString(g.pick("text", " ", "a &amp; b", "&#x1F600;&#65;", "<![CDATA[<&]]>", "é€😀", "x > y", "\r\n", "]]", "<![CDATA[]]>"))
}

// declare writes namespace declarations.
func (g *grower) declare(w *strings.Builder) {
	for _, p := range []string{"p", "q"} {
		if g.r.IntN(4) == 0 {
			g.bound[p] = g.pick("urn:1", "urn:2&amp;3", "jabber:client")
			fmt.Fprintf(w, " xmlns:%s=%s", p, g.quoted(g.bound[p]))
		}
	}
	if g.r.IntN(4) == 0 {
		fmt.Fprintf(w, " xmlns = %s", g.quoted(g.pick("urn:4", "jabber:client", "")))
	}
}

func (g *grower) attributes(w *strings.Builder) {
	if g.r.IntN(4) == 0 {
		fmt.Fprintf(w, " xml:lang=%s", g.quoted("en"))
	}
	for i := range g.r.IntN(4) {
		value := g.pick("", "v", "a&lt;b", "é", "&#9;&#x20;", ">")
		fmt.Fprintf(w, "%s%sa%d%s=%s", g.pick(" ", "\n", "  "), g.prefix(), i, g.pick("", " "), g.quoted(value))
	}
}

// prefix is a prefix in scope, or none.
func (g *grower) prefix() string {
	p := g.pick("", "", "", "p", "q", "stream")
	if g.bound[p] == "" {
		return ""
	}
	return p + ":"
}

func (g *grower) quoted(value string) string {
	q := g.pick("'", "\"")
	return q + value + q
}

// describeXML lists what encoding/xml reads inside the root: start tags, text and end tags in turn.
func describeXML(in []byte) (list []string, err error) {
	d := xml.NewDecoder(bytes.NewReader(in))
	depth := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			return joinText(list), nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth++; depth > 1 {
				list = append(list, describeStart(token))
			}
		case xml.CharData:
			list = append(list, "text "+string(token))
		case xml.EndElement:
			if depth--; depth > 0 {
				list = append(list, "end")
			}
		}
	}
}

func describeStart(start xml.StartElement) string {
	s := fmt.Sprintf("{%s}%s", start.Name.Space, start.Name.Local)
	for _, a := range start.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			s += fmt.Sprintf(" {%s}%s=%q", a.Name.Space, a.Name.Local, a.Value)
		}
	}
	return s
}

// joinText makes one of adjoining texts, and drops empty ones.
func joinText(list []string) (joined []string) {
	for _, s := range list {
		text, isText := strings.CutPrefix(s, "text ")
		last := len(joined) - 1
		switch {
		case isText && text == "":
		case isText && last >= 0 && strings.HasPrefix(joined[last], "text "):
			joined[last] += text
		default:
			joined = append(joined, s)
		}
	}
	return joined
}

// describeWire lists the same as the scanner reads it.
func describeWire(in []byte) (list []string, err error) {
	var s Scanner
	for {
		e, n, err := s.Next(in)
		if err != nil {
			return nil, err
		}
		in = in[n:]
		switch e.Kind {
		case None:
			return joinText(list), nil
		case Stanza, Nonza:
			list = describeElement(list, e)
		}
	}
}

func describeElement(list []string, e *Element) []string {
	w, n := e.work, e.at()
	s := fmt.Sprintf("{%s}%s", e.Space(), e.Local())
	for i := n.attrs; i < n.attrsEnd; i++ {
		a := &w.attrs[i]
		if isDeclaration(w.base, int(a.name), int(a.colon), int(a.nameEnd)) {
			continue
		}
		space, local := "", w.base[a.name:a.nameEnd]
		if a.colon > 0 {
			space, local = string(w.uri(a.space)), w.base[a.colon+1:a.nameEnd]
		}
		s += fmt.Sprintf(" {%s}%s=%q", space, local, w.attrValue(a))
	}
	list = append(list, s)
	from := n.inner
	for c := range e.Children() {
		list = append(list, "text "+string(appendCharData(nil, w.base[from:c.at().name-1])))
		list = describeElement(list, &c)
		from = c.at().end
	}
	list = append(list, "text "+string(appendCharData(nil, w.base[from:n.innerEnd])))
	return append(list, "end")
}
