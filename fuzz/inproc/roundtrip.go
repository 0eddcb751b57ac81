package inproc

import (
	"slices"

	"xmpprig/loadgen/xmpp/wire"
)

// roomy are limits that what is appended again stays within: each tag may declare the namespace of each attribute anew.
func roomy() wire.Limits { return wire.Limits{Depth: 64, Attrs: 256, Bytes: 256 << 20} }

// FuzzRoundTrip appends what was scanned, with AppendElement and piece by piece, and scans that: it must mean the same.
func FuzzRoundTrip(data []byte) int {
	if len(data) > 4<<10 {
		return -1
	}
	want := scanNew(wire.DefaultLimits(), data)
	if want.err != nil || want.pending > 0 || want.root == "" {
		return 0
	}
	for _, appendTo := range []func([]byte, *wire.Element, scanned) []byte{appendWhole, appendPieces} {
		got := scanNew(roomy(), appendAll(data, want, appendTo))
		require(got.err == nil && got.pending == 0, "what was appended does not scan")
		require(slices.Equal(got.meaning, want.meaning), "what was appended means something else")
	}
	return score(len(want.raw) > 1)
}

// appendAll scans data again and appends each element.
func appendAll(data []byte, o scanned, appendTo func([]byte, *wire.Element, scanned) []byte) (out []byte) {
	var s wire.Scanner
	for {
		e, n, _ := s.Next(data)
		data = data[n:]
		switch e.Kind {
		case wire.None:
			return out
		case wire.Header:
			out = wire.AppendHeader(out, o.header)
		case wire.Footer:
			out = wire.AppendFooter(out)
		default:
			out = appendTo(out, e, o)
		}
	}
}

func appendWhole(dst []byte, e *wire.Element, o scanned) []byte {
	return wire.AppendElement(dst, e, o.header.Namespace, wire.Addressing{})
}

func appendPieces(dst []byte, e *wire.Element, o scanned) []byte {
	return appendTree(dst, e, o.scope)
}

// appendTree declares each namespace where it is used. Text comes before the children, which its description does not tell.
func appendTree(dst []byte, e *wire.Element, outer scope) []byte {
	s := outer.declare(e)
	dst = append(append(dst, '<'), e.Local()...)
	dst = wire.AppendAttr(dst, "xmlns", e.Space())
	declared := map[string]bool{"xml": true}
	for name, value := range e.Attrs() {
		if _, ok := declaration(string(name)); ok {
			continue
		}
		prefix := prefixOf(string(name))
		if prefix != "" && !declared[prefix] {
			declared[prefix] = true
			dst = wire.AppendAttr(dst, "xmlns:"+prefix, s[prefix])
		}
		dst = wire.AppendAttr(dst, string(name), value)
	}
	dst = wire.AppendText(append(dst, '>'), e.Text())
	for c := range e.Children() {
		dst = appendTree(dst, &c, s)
	}
	return wire.AppendEnd(dst, string(e.Local()))
}
