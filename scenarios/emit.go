package scenarios

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// emit writes nodes as YAML: what is short in one line, the rest one entry a
// line.
func emit(n *node) string {
	var b strings.Builder
	emitBlock(&b, n, 0)
	return b.String()
}

const flowWidth = 72

func emitBlock(b *strings.Builder, n *node, indent int) {
	pad := strings.Repeat(" ", indent)
	for i, item := range n.items {
		if i > 0 {
			b.WriteString(pad)
		}
		if n.kind == sequence {
			b.WriteString("- ")
			emitItem(b, item, indent+2)
			continue
		}
		b.WriteString(n.keys[i].text + ":")
		if flow, short := onLine(item); short {
			b.WriteString(" " + flow + "\n")
			continue
		}
		b.WriteString("\n" + pad + "  ")
		emitBlock(b, item, indent+2)
	}
}

func emitItem(b *strings.Builder, item *node, indent int) {
	if flow, short := onLine(item); short {
		b.WriteString(flow + "\n")
		return
	}
	emitBlock(b, item, indent)
}

// onLine writes a node on one line and says whether it may stay there.
func onLine(n *node) (string, bool) {
	s := flowOf(n)
	return s, n.kind < mapping || len(s) <= flowWidth
}

// flowOf writes a node on one line.
func flowOf(n *node) string {
	var parts []string
	for i, item := range n.items {
		part := flowOf(item)
		if n.kind == mapping {
			part = n.keys[i].text + ": " + part
		}
		parts = append(parts, part)
	}
	switch n.kind {
	case mapping:
		return "{" + strings.Join(parts, ", ") + "}"
	case sequence:
		return "[" + strings.Join(parts, ", ") + "]"
	case text:
		return scalarOf(n.text)
	}
	return n.text
}

var (
	plainText = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9 ._/@-]*[A-Za-z0-9])?$`)
	constants = regexp.MustCompile(`^(?i:true|false|null|yes|no|on|off|y|n)$`)
)

// scalarOf writes text, in double quotes where it would read otherwise without.
func scalarOf(s string) string {
	if plainText.MatchString(s) && !constants.MatchString(s) && len(s) < flowWidth {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"', r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ', r >= 0x7f && r < 0xa0:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == 0xfeff, r == 0x2028, r == 0x2029, r == utf8.RuneError, r >= 0xd800 && r < 0xe000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
