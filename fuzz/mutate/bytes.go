package mutate

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

func bytesOperations() []operation {
	return []operation{
		pieces("overlong", "\xc0\x80", "\xc0\xaf", "\xc0\xbc", "\xc1\x81", "\xe0\x80\xbc", "\xe0\x9f\xbf", "\xf0\x80\x80\xbc", "\xf0\x8f\xbf\xbf", "\xf8\x80\x80\x80\xbc"),
		pieces("surrogate", "\xed\xa0\x80", "\xed\xbf\xbf", "\xed\xa0\xbd\xed\xb8\x80", "\xed\xb0\x80\xed\xa0\x80"),
		pieces("truncated", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xe2", "\xf0", "\xf0\x9f", "\xe2\x82<", "\xc3'", "\xf0\x9f\x98&amp;"),
		pieces("lone", "\x80", "\xbf", "\xfe", "\xff", "\x80\x80\x80\x80", "\xc3\xa9\xa9"),
		pieces("beyond", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf7\xbf\xbf\xbf", "\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80"),
		pieces("byte-order-mark", "\ufeff", "\xff\xfe", "\xfe\xff", "\ufffe", "\xff\xfe\x00\x00", "\ufeff\ufeff"),
		pieces("null", "\x00", "\x00\x00\x00\x00", "&#0;", "&#x0;", "&#x0000000;"),
		pieces("control", "\x01", "\x02", "\x08", "\x0b", "\x0c", "\x0e", "\x1b", "\x1f", "\x7f", "\u0080", "\u0085", "\u009f", "\x1b[2J", "\r"),
		pieces("control-reference", "&#1;", "&#x1;", "&#x8;", "&#xB;", "&#xC;", "&#x1F;", "&#x7F;", "&#x85;", "&#13;", "&#x1B;"),
		pieces("noncharacter", "\ufffe", "\uffff", "\ufdd0", "\U0001fffe", "\U0010ffff"),
		pieces("noncharacter-reference", "&#xFFFE;", "&#xFFFF;", "&#xD800;", "&#xDFFF;", "&#xD83D;&#xDE00;", "&#xFDD0;", "&#x10FFFF;", "&#x110000;", "&#x80000000;"),
		pieces("bidirectional", "\u202e", "\u202d", "\u2066", "\u2069", "\u200f", "\u061c", "\u05d0a\u05d1", "\u0661a"),
		pieces("invisible", "\u200b", "\u200c", "\u200d", "\u2060", "\u00ad", "\u034f", "\u180e", "\u3164", "\ufe0f", "\U000e0041", "\u2028", "\u2029"),
		pieces("normalisation", "e\u0301", "\u00e9", "\u212b", "\u00c5", "A\u030a", "\u1e9b\u0323", "\ufb01", "\u1100\u1161\u11a8", "\uac01", "\u0344", "a\u0323\u0307", "a\u0307\u0323"),
		pieces("fullwidth", "\uff20", "\uff0f", "\uff1c", "\uff1e", "\uff06", "\uff07", "\uff02", "\uff0e", "\u3002", "\uff21", "\u2024", "\ufe64"),
		pieces("prohibited", "\u00a0", "\u1680", "\u2000", "\u3000", "\u2665", "\u265a", "\u2163", "\u0640", "\u07fa", "\u302e", "\ue000", "\u0378", "\u30fb", "\u00b7", "\u0375", "\u05f3", "\ufffd"),
		pieces("case", "\u0130", "\u0131", "\u00df", "\u1e9e", "\u03c2", "\u03a3", "\u01c5", "\u0149", "\u017f", "\u212a"),
		pieces("zalgo", "a{100*\u0301}", "{300*\u0300}", "{64*\u200d}", "{32*\U0001f468\u200d}"),
		onBytes("confusable", (*draft).confusable),
		onBytes("flip", (*draft).flip),
		onBytes("delete", func(d *draft, s string, from, to int) string { return s[:from] + s[to:] }),
		onBytes("duplicate", func(d *draft, s string, from, to int) string { return s[:to] + s[from:] }),
		onBytes("replace", func(d *draft, s string, from, to int) string {
			return s[:from] + literal(string([]byte{byte(d.r.IntN(256))})) + s[to:]
		}),
		onBytes("insert", func(d *draft, s string, from, to int) string {
			return s[:from] + literal(string([]byte{byte(d.r.IntN(256))})) + s[from:]
		}),
		onBytes("cut", func(d *draft, s string, from, to int) string { return s[:from] }),
		onBytes("cut-sequence", (*draft).cutSequence),
		onBytes("fuse", (*draft).fuse),
		onBytes("utf-16", (*draft).otherEncoding),
	}
}

// onBytes is an operation that makes another text of one that is sent; from and to are the bounds of an atom in it.
func onBytes(name string, change func(d *draft, s string, from, to int) string) operation {
	return operation{name, func(d *draft) bool {
		op := d.send()
		if op == nil {
			return false
		}
		all := cuts(op.Arg)
		i := d.r.IntN(len(all) - 1)
		text := change(d, op.Arg, all[i], all[i+1])
		done := text != op.Arg && text != ""
		op.Arg = text
		return done
	}}
}

// pieces is an operation that puts one of these, some times over, where characters stand: in a text, a value, a name, or anywhere.
func pieces(name string, all ...string) operation {
	return operation{name, func(d *draft) bool {
		op := d.send()
		if op == nil {
			return false
		}
		piece := one(d.r, all)
		for range one(d.r, []int{0, 0, 0, 1, 3}) {
			piece += one(d.r, all)
		}
		doc := parse(op.Arg)
		if s := d.characters(doc); s != nil {
			*s = d.placed(*s, piece)
			op.Arg = doc.print()
			return true
		}
		op.Arg = d.placed(op.Arg, piece)
		return true
	}}
}

// placed puts a piece somewhere in a text, or in its place.
func (d *draft) placed(s, piece string) string {
	all := cuts(s)
	i := d.r.IntN(len(all))
	switch {
	case chance(d.r, 6):
		return piece
	case i+1 < len(all) && chance(d.r, 3):
		return s[:all[i]] + piece + s[all[i+1]:]
	}
	return s[:all[i]] + piece + s[all[i]:]
}

// characters draws a text, a value or a name; nil stands for anywhere.
func (d *draft) characters(doc *node) *string {
	var values, names []*string
	for _, t := range doc.texts() {
		values = append(values, &t.text)
	}
	for _, e := range doc.elements() {
		names = append(names, &e.name)
		for i := range e.attrs {
			values, names = append(values, &e.attrs[i].value), append(names, &e.attrs[i].name)
		}
	}
	switch n := d.r.IntN(8); {
	case len(values) > 0 && n < 5:
		return one(d.r, values)
	case len(names) > 0 && n < 7:
		return one(d.r, names)
	}
	return nil
}

// confusable has a character that looks like one of ASCII in its place.
func (d *draft) confusable(s string, from, to int) string {
	alike := map[string]string{"a": "\u0430", "c": "\u0441", "e": "\u0435", "i": "\u0456", "j": "\u0458", "o": "\u043e", "p": "\u0440", "s": "\u0455",
		"x": "\u0445", "y": "\u0443", ":": "\ua789", "/": "\u2215", "<": "\u2039", ">": "\u203a", "'": "\u2019", "\"": "\u201d", "=": "\u2550",
		"@": "\uff20", ".": "\u3002", "&": "\uff06", " ": "\u00a0", "-": "\u2010", "1": "\u0661", "!": "\u01c3"}
	for _, i := range d.r.Perm(len(s)) {
		if to := i + 1; alike[s[i:to]] != "" && standsAlone(s, i) {
			return s[:i] + alike[s[i:to]] + s[to:]
		}
	}
	return s
}

// standsAlone tells whether the byte at index at is an atom.
func standsAlone(s string, at int) bool {
	i := 0
	for i < at {
		i += atom(s[i:])
	}
	return i == at && atom(s[i:]) == 1
}

func (d *draft) flip(s string, from, to int) string {
	if isHole(s[from:to]) {
		return s
	}
	b := []byte(s[from:to])
	if b[0] == '{' || b[0] == '}' {
		b = b[:1]
	}
	b[d.r.IntN(len(b))] ^= 1 << d.r.IntN(8)
	return s[:from] + literal(string(b)) + s[to:]
}

// cutSequence ends what is sent in the middle of a character, or goes on behind that.
func (d *draft) cutSequence(s string, from, to int) string {
	c := one(d.r, []string{"\u00e9", "\u20ac", "\U0001f600"})
	c = c[:1+d.r.IntN(len(c)-1)]
	if chance(d.r, 2) {
		return s[:from] + c
	}
	return s[:from] + c + s[to:]
}

// fuse takes away everything between two places.
func (d *draft) fuse(s string, from, to int) string {
	all := cuts(s)
	end := one(d.r, all)
	return s[:min(from, end)] + s[max(from, end):]
}

// otherEncoding sends what it can in UTF-16 or Latin-1.
func (d *draft) otherEncoding(s string, _, _ int) string {
	var b []byte
	latin := chance(d.r, 3)
	for i := 0; i < len(s); {
		n := atom(s[i:])
		c, _ := utf8.DecodeRuneInString(s[i : i+n])
		switch {
		case isHole(s[i : i+n]):
			b = append(b, s[i:i+n]...)
		case latin:
			b = append(b, literal(string([]byte{byte(c)}))...)
		default:
			for _, u := range utf16.AppendRune(nil, c) {
				b = append(b, literal(string([]byte{byte(u), byte(u >> 8)}))...)
			}
		}
		i += n
	}
	if latin && chance(d.r, 2) {
		return fmt.Sprintf("%s\xe9%s", b, "\xa0")
	}
	return string(b)
}
