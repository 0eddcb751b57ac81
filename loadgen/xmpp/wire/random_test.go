package wire

import (
	"math/rand/v2"
	"testing"
)

// TestRandomBytes feeds 10 MB of noise, cut at random places, to stream after stream: new ones, opened ones, and ones with a
// message begun. An error ends a stream and loses the rest of the piece, as it does on a connection.
func TestRandomBytes(t *testing.T) {
	const total, longest = 10 << 20, 4096
	r := rand.New(rand.NewPCG(1, 6120))
	l := Limits{Depth: 8, Attrs: 8, Bytes: 512}
	begun := []string{"", opening, opening + "<message to='a'><body>x", opening + "<message to='a", opening + "<message><![CDATA["}
	noise := make([]byte, 512)
	s := new(Scanner)
	for fed, streams := 0, 0; fed < total; streams++ {
		s.Reset(l)
		if _, err := drain(s, []byte(begun[streams%len(begun)])); err != nil {
			t.Fatal(err)
		}
		var err error
		for length := 0; err == nil; {
			for i := range noise {
				noise[i] = byte(r.Uint32())
			}
			_, err = feedRandom(t, s, r, noise, l)
			fed += len(noise)
			if length += len(noise); length > longest {
				t.Fatal("noise passed for a stream")
			}
		}
	}
}

// TestRandomMarkup takes bytes that get further, those of XML in unlikely order, and checks that cuts change nothing.
func TestRandomMarkup(t *testing.T) {
	parts := []string{"<", ">", "/", "'", "\"", "=", " ", "a", "b", ":", "xmlns", "&", ";", "amp", "#65", "<a>", "</a>", "<a b='c'>",
		"<![CDATA[", "]]>", "]", "<b/>", "\xe2\x82\xac", "\xe2", "<message>", "</message>", " xmlns:a='b'", "\r\n", "text",
		"<message a='", "'>", " a:b='", "</stream:stream>", "<!--", "<?x", "<z:y/>", "<message xmlns:z='a'>"}
	r := rand.New(rand.NewPCG(2, 6120))
	l := Limits{Depth: 4, Attrs: 4, Bytes: 160}
	seen := make(map[Condition]int)
	for i := range uint64(20_000) {
		in := []byte(opening)
		for range r.IntN(20) {
			in = append(in, parts[r.IntN(len(parts))]...)
		}
		whole := scan(t, l, in)
		if o := scan(t, l, cut(in, i)...); !o.equal(whole) {
			t.Fatalf("cut: %+v\nwhole: %+v", o, whole)
		}
		bad, _ := whole.err.(SyntaxError)
		seen[bad.Condition]++
	}
	for _, c := range []Condition{"", BadFormat, NotWellFormed, PolicyViolation, RestrictedXML, UnsupportedEncoding} {
		if seen[c] == 0 {
			t.Errorf("none ended with condition %q", c)
		}
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
