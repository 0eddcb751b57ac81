package oracle

import (
	"bytes"
	"compress/zlib"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestInflater gives it a stream in pieces of all sizes, flushed and not.
func TestInflater(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, 2, 7, 100, 1 << 20} {
		var packed bytes.Buffer
		var want strings.Builder
		w := zlib.NewWriter(&packed)
		for i := range 200 {
			text := strings.Repeat(string(rune('a'+r.IntN(26))), r.IntN(2000)) + "<message/>"
			want.WriteString(text)
			w.Write([]byte(text))
			if i%3 > 0 {
				w.Flush()
			}
		}
		w.Close()
		var f Inflater
		var got strings.Builder
		for data := packed.Bytes(); len(data) > 0; {
			n := min(size, len(data))
			bits, err := f.Take(data[:n])
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range bits {
				got.Write(b.Text)
			}
			data = data[n:]
		}
		if got.String() != want.String() || !f.over {
			t.Errorf("pieces of %d: %d bytes, want %d", size, got.Len(), want.Len())
		}
	}
}

// TestInflaterRefuses what is no zlib, and what goes on behind the end.
func TestInflaterRefuses(t *testing.T) {
	for _, text := range []string{"<message/>", "\x78\xbb\x00\x00\x00\x00", "\x78\x9c\xff\xff", "\x78\x9c\x03\x00\x00\x00\x00\x01more"} {
		var f Inflater
		if _, err := f.Take([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	var f Inflater
	if bits, err := f.Take([]byte("\x78")); err != nil || bits != nil {
		t.Error("the half of a header is not waited for")
	}
}
