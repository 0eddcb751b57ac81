package wire

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
)

// FuzzScanner looks for input that makes the scanner panic, hold too much, depend on how its input was cut, or read
// something else from what it has written itself.
func FuzzScanner(f *testing.F) {
	paths, err := filepath.Glob("testdata/vectors/*.txt")
	if err != nil || len(paths) == 0 {
		f.Fatal("no vectors", err)
	}
	for i, path := range paths {
		f.Add(readVector(f, path).data, uint64(i), byte(0))
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64, tight byte) {
		l := DefaultLimits()
		if tight > 0 {
			l = Limits{Depth: int(tight%8) + 1, Attrs: int(tight/8%8) + 1, Bytes: int(tight) * 2}
		}
		whole := scan(t, l, data)
		if o := scan(t, l, cut(data, seed)...); !o.equal(whole) {
			t.Errorf("cut: %+v\nwhole: %+v", o, whole)
		}
		if o := scan(t, l, chop(data)...); !o.equal(whole) {
			t.Errorf("byte by byte: %+v\nwhole: %+v", o, whole)
		}
		if whole.err == nil && whole.pending == 0 && tight == 0 && slices.Contains(whole.elements, "header stream "+NSStream) {
			roundTrip(t, data)
		}
	})
}

// cut divides data at places that seed gives, each piece in memory of its own.
func cut(data []byte, seed uint64) (pieces [][]byte) {
	r := rand.New(rand.NewPCG(seed, 0))
	for len(data) > 0 {
		n := 1 + r.IntN(min(len(data), 1+r.IntN(64)))
		pieces = append(pieces, slices.Clone(data[:n]))
		data = data[n:]
	}
	return pieces
}
