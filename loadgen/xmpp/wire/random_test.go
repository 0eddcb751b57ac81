package wire

import (
	"math/rand/v2"
	"testing"
)

// TestRandomBytes feeds 10 MB of noise, cut at random places, to stream after stream. Half of them have been opened before.
func TestRandomBytes(t *testing.T) {
	const total, longest = 10 << 20, 4096
	r := rand.New(rand.NewPCG(1, 6120))
	l := Limits{Depth: 8, Attrs: 8, Bytes: 512}
	noise := make([]byte, longest)
	streams, failed := 0, 0
	for fed := 0; fed < total; streams++ {
		for i := range noise {
			noise[i] = byte(r.Uint32())
		}
		s := new(Scanner)
		s.Reset(l)
		if streams%2 == 1 {
			s = opened(t, l)
		}
		// What follows an error begins the next stream, as in a session that is started again.
		for left := noise; len(left) > 0; {
			n, err := feedRandom(t, s, r, left, l)
			left = left[n:]
			fed += n
			if err != nil {
				failed++
				left = left[min(1, len(left)):]
				s.Reset(l)
			} else if n == longest {
				t.Fatal("noise passed for a stream")
			}
		}
	}
	if failed < total/longest {
		t.Errorf("%d errors in %d streams", failed, streams)
	}
}

// TestRandomMarkup does the same with bytes that get further: those of XML, in unlikely order.
func TestRandomMarkup(t *testing.T) {
	parts := []string{"<", ">", "/", "'", "\"", "=", " ", "a", "b", ":", "xmlns", "&", ";", "amp", "#65", "<a>", "</a>", "<a b='c'>",
		"<![CDATA[", "]]>", "]", "<b/>", "\xe2\x82\xac", "\xe2", "<message>", "</message>", " xmlns:a='b'", "\r\n", "text"}
	r := rand.New(rand.NewPCG(2, 6120))
	l := Limits{Depth: 8, Attrs: 8, Bytes: 512}
	elements := 0
	for range 20_000 {
		var in []byte
		for range r.IntN(40) {
			in = append(in, parts[r.IntN(len(parts))]...)
		}
		s := opened(t, l)
		if _, err := feedRandom(t, s, r, in, l); err != nil {
			continue
		}
		elements++
	}
	if elements == 0 {
		t.Error("nothing was accepted")
	}
}

// feedRandom feeds data in random pieces until it is used up or an error comes, and says how much was used.
func feedRandom(t *testing.T, s *Scanner, r *rand.Rand, data []byte, l Limits) (used int, err error) {
	for used < len(data) {
		piece := data[used:min(len(data), used+1+r.IntN(300))]
		for len(piece) > 0 {
			_, n, err := s.Next(piece)
			used += n
			if err != nil {
				return used, err
			}
			piece = piece[n:]
		}
		if s.Pending() > l.Bytes {
			t.Fatalf("%d bytes pending", s.Pending())
		}
	}
	return used, nil
}
