package inproc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// FuzzDiffParser has encoding/xml read what wire accepts. They must agree on names, namespaces, attributes and text, but for
// what refusals and spaces list.
func FuzzDiffParser(data []byte) int {
	if len(data) > 16<<10 {
		return -1
	}
	ours := scanNew(wire.DefaultLimits(), data)
	if ours.err != nil || ours.pending > 0 || ours.root == "" {
		return 0
	}
	if !ours.ended {
		data = fmt.Appendf(bytes.Clone(data), "</%s>", ours.root)
	}
	theirs, err := readXML(data)
	if err != nil {
		require(refused(err), "encoding/xml refuses what wire accepts")
		return 0
	}
	require(slices.Equal(elementsOf(ours.meaning), theirs), "encoding/xml reads something else than wire")
	return score(len(theirs) > 0)
}

// refusal is an error of encoding/xml on input that is right.
type refusal struct {
	text   string // in the error
	why    string
	sample string // in a stream: what wire accepts and encoding/xml does not
}

func refusals() []refusal {
	return []refusal{
		{"unsupported version", "it knows XML 1.0 only; the fifth edition reads any 1.x as 1.0", "<?xml version='1.1'?>" + clientHeader[len("<?xml version='1.0'?>"):]},
		{"invalid XML name", "it knows the names of the fourth edition", clientHeader + "<\U00010000/>"},
	}
}

func refused(err error) bool {
	return slices.ContainsFunc(refusals(), func(r refusal) bool { return strings.Contains(err.Error(), r.text) })
}

// spaces makes white space of attribute values alike: encoding/xml does not normalise it (XML 1.0 §3.3.3), so that what it
// read cannot be told from a reference.
func spaces(s string) string {
	return strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(s)
}

// elementsOf leaves out what encoding/xml does not know: the header and the kinds.
func elementsOf(meaning []string) (all []string) {
	for _, line := range meaning {
		if strings.HasPrefix(line, "{") {
			line = spaces(unescapeSpaces(line))
		}
		if line != "stanza" && line != "nonza" && line != "footer" && !strings.HasPrefix(line, "header ") {
			all = append(all, line)
		}
	}
	return all
}

// unescapeSpaces undoes what %q makes of white space.
func unescapeSpaces(line string) string {
	return strings.NewReplacer(`\\`, `\\`, `\t`, " ", `\n`, " ", `\r`, " ").Replace(line)
}

// readXML describes what encoding/xml reads inside the root, as describe does.
func readXML(data []byte) (all []string, err error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	var texts []string // of the elements that are open
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if texts = append(texts, ""); len(texts) > 1 {
				all = append(all, startTag(token))
			}
		case xml.CharData:
			if len(texts) > 0 {
				texts[len(texts)-1] += string(token)
			}
		case xml.EndElement:
			if len(texts) > 1 {
				all = append(all, "text "+texts[len(texts)-1], "end")
			}
			texts = texts[:len(texts)-1]
		}
	}
}

func startTag(e xml.StartElement) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{%s}%s", e.Name.Space, e.Name.Local)
	for _, a := range e.Attr {
		if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
			fmt.Fprintf(&b, " {%s}%s=%q", a.Name.Space, a.Name.Local, a.Value)
		}
	}
	return spaces(unescapeSpaces(b.String()))
}
