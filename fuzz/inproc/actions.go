package inproc

import (
	"slices"

	"xmpprig/loadgen/xmpp/wire"
)

// The bytes that are actions; all others are bytes of the stream.
const (
	actCut     = 0x00 // the next byte comes in another chunk
	actReset   = 0x01 // start again with the default limits
	actLimit   = 0x02 // start again with the limits in the three bytes that follow
	actLiteral = 0x03 // the byte that follows is one of the stream
)

// segment is what a scanner is given between two resets.
type segment struct {
	limits wire.Limits
	chunks [][]byte
}

// segments decodes actions. It never returns an empty segment list.
func segments(data []byte) []segment {
	all := []segment{{limits: wire.DefaultLimits(), chunks: [][]byte{nil}}}
	for i := 0; i < len(data); i++ {
		last := &all[len(all)-1]
		chunk := &last.chunks[len(last.chunks)-1]
		switch c := data[i]; {
		case c == actCut:
			last.chunks = append(last.chunks, nil)
		case c == actReset:
			all = append(all, segment{wire.DefaultLimits(), [][]byte{nil}})
		case c == actLimit && i+3 < len(data):
			l := wire.Limits{Depth: int(data[i+1]%8) + 1, Attrs: int(data[i+2]%8) + 1, Bytes: int(data[i+3])*4 + 4}
			all = append(all, segment{l, [][]byte{nil}})
			i += 3
		case c == actLiteral && i+1 < len(data):
			i++
			*chunk = append(*chunk, data[i])
		default:
			*chunk = append(*chunk, c)
		}
	}
	return all
}

// FuzzStreamActions feeds one scanner with chunks, resets and changes of limits. Between two resets it must see what a new
// scanner sees of the same bytes in one piece, and in single bytes.
func FuzzStreamActions(data []byte) int {
	if len(data) > 16<<10 {
		return -1
	}
	var used wire.Scanner
	elements := 0
	for i, seg := range segments(data) {
		if i > 0 {
			used.Reset(seg.limits)
		}
		got := scan(&used, seg.chunks...)
		require(got.pending <= seg.limits.Bytes, "the scanner holds more than its limit")
		whole := slices.Concat(seg.chunks...)
		require(got.same(scanNew(seg.limits, whole)), "chunks change what is scanned")
		require(got.same(scanNew(seg.limits, slices.Collect(slices.Chunk(whole, 1))...)), "single bytes change what is scanned")
		elements += len(got.raw)
	}
	return score(elements > 1)
}

func scanNew(l wire.Limits, pieces ...[]byte) scanned {
	var s wire.Scanner
	s.Reset(l)
	return scan(&s, pieces...)
}

func (o scanned) same(p scanned) bool {
	return o.err == p.err && o.pending == p.pending && o.offset == p.offset && slices.Equal(o.raw, p.raw) && slices.Equal(o.meaning, p.meaning)
}

// actionSeeds are the streams, cut and reset.
func actionSeeds() ([][]byte, error) {
	streams, err := streamSeeds()
	if err != nil {
		return nil, err
	}
	var seeds [][]byte
	for i, s := range streams {
		var b []byte
		for j, c := range s {
			if c <= actLiteral {
				b = append(b, actLiteral)
			}
			if b = append(b, c); j%(3+i%11) == 0 {
				b = append(b, actCut)
			}
		}
		seeds = append(seeds, b)
	}
	short := []byte(clientHeader)
	return append(seeds,
		slices.Concat(short, []byte{actReset}, short, []byte("<iq/>"), []byte{actLimit, 2, 3, 200}, short, []byte("<a><b><c/></b></a>")),
		slices.Concat([]byte{actLimit, 0, 0, 60}, short, []byte{actReset}, short, []byte("<a"), []byte{actReset}, short, []byte("<a/>")),
	), nil
}
