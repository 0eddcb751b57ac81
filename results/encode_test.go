package results

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// samples are histograms of several shapes.
func samples() map[string]*Histogram {
	all := map[string]*Histogram{}
	record := func(name string, vs ...int64) {
		all[name] = new(Histogram)
		for _, v := range vs {
			all[name].Record(v)
		}
	}
	record("zero", 0)
	record("one", 1)
	record("hour", Highest)
	record("ends", 0, Highest)
	record("neighbours", 0, 1, 2, 4, 6, 2046, 2048, 2050)
	record("repeated", slicesRepeat(1e6, 100_000)...)
	r := rand.New(rand.NewPCG(3, 4))
	spread := make([]int64, 20_000)
	for i := range spread {
		spread[i] = int64(r.ExpFloat64() * 5e6)
	}
	record("spread", spread...)
	return all
}

func slicesRepeat(v int64, n int) []int64 {
	vs := make([]int64, n)
	for i := range vs {
		vs[i] = v
	}
	return vs
}

func TestEncodingIsHdrHistogramV2(t *testing.T) {
	e, d := newEncoder(), decoder{}
	for name, h := range samples() {
		bins := h.Reader().next(nil)
		ours := string(e.append(nil, bins))
		back, err := hdrhistogram.Decode([]byte(ours))
		if err != nil || !back.Equals(h.Snapshot()) {
			t.Errorf("%s: hdrhistogram-go does not read our encoding: %v", name, err)
		}
		theirs, err := h.Snapshot().EncodeV2()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(inflate(t, ours), inflate(t, string(theirs))) {
			t.Errorf("%s: our encoding differs from hdrhistogram-go's before compression", name)
		}
		for writer, text := range map[string]string{"our": ours, "hdrhistogram-go's": string(theirs)} {
			if got, err := d.decode(text); err != nil || !dense(got).Equals(h.Snapshot()) {
				t.Errorf("%s: we do not read %s encoding: %v", name, writer, err)
			}
		}
	}
}

func inflate(t *testing.T, encoded string) []byte {
	t.Helper()
	packed, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zlib.NewReader(bytes.NewReader(packed[8:]))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestZigZag(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 63, 64, -64, -65, 8191, 8192, 1 << 34, 1<<55 - 1, 1 << 55, math.MaxInt64, math.MinInt64} {
		b := appendZigZag(nil, v)
		if got, n := zigZag(b); got != v || n != len(b) {
			t.Errorf("%d: % x reads as %d in %d bytes", v, b, got, n)
		}
		for i := range b {
			if _, n := zigZag(b[:i]); n != 0 {
				t.Errorf("%d: % x is whole after %d bytes", v, b, i)
			}
		}
	}
}

// pack compresses and wraps a V2 histogram as it stands.
func pack(plain []byte) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(plain)
	z.Close()
	head := binary.BigEndian.AppendUint32(nil, cookieV2Compressed)
	head = binary.BigEndian.AppendUint32(head, uint32(b.Len()))
	return base64.StdEncoding.EncodeToString(append(head, b.Bytes()...))
}

func TestDecodeRefuses(t *testing.T) {
	header := appendV2(nil, nil)
	with := func(at int, b ...byte) []byte {
		p := bytes.Clone(header)
		copy(p[at:], b)
		return p
	}
	counts := func(vs ...int64) []byte {
		p := bytes.Clone(header)
		for _, v := range vs {
			p = appendZigZag(p, v)
		}
		binary.BigEndian.PutUint32(p[4:], uint32(len(p)-headerLen))
		return p
	}
	other, err := hdrhistogram.New(1, math.MaxInt64, 5).EncodeV2()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, reason string }{
		{"nothing", "", "not an HdrHistogram V2 compressed"},
		{"not base64", "HIST!", "illegal base64"},
		{"cookie", base64.StdEncoding.EncodeToString(make([]byte, 50)), "not an HdrHistogram V2 compressed"},
		{"length", pack(header)[:40], "compressed bytes and has"},
		{"not deflated", base64.StdEncoding.EncodeToString([]byte("\x1c\x84\x93\x14\x00\x00\x00\x04abcd")), "inflate histogram"},
		{"inner cookie", pack(with(0, 1)), "not an HdrHistogram V2 histogram"},
		{"short header", pack(header[:39]), "not an HdrHistogram V2 histogram"},
		{"payload length", pack(with(4, 0x7f)), "bytes of counts"},
		{"digits", pack(with(12, 0, 0, 0, 5)), "with 5 digits"},
		{"range", string(other), "a record's go from"},
		{"zero run", pack(counts(-bucketLen - 1)), "past its last bucket"},
		{"zero run twice", pack(counts(-bucketLen, -1)), "past its last bucket"},
		{"least zero run", pack(counts(1, math.MinInt64)), "past its last bucket"},
		{"bucket too many", pack(counts(-bucketLen, 1)), "past its last bucket"},
		{"count", pack(counts(math.MaxInt64)), "counts more than"},
		{"sum", pack(counts(maxCount, 1)), "counts more than"},
		{"cut count", pack(append(with(4, 0, 0, 0, 1), 0x80)), "ends within a count"},
		{"bomb", pack(append(bytes.Clone(header), make([]byte, 16<<20)...)), "more than"},
		{"long", strings.Repeat("A", maxEncoded+4), "make sense"},
	} {
		var d decoder
		if bins, err := d.decode(c.text); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %d bins, error %v; want one about %q", c.name, len(bins), err, c.reason)
		}
	}
}

func TestDecoderForgetsErrors(t *testing.T) {
	var h Histogram
	h.Record(7)
	good := string(newEncoder().append(nil, h.Reader().next(nil)))
	var d decoder
	for _, bad := range []string{pack(nil), "AAAA", pack(make([]byte, maxPlain*2))} {
		if _, err := d.decode(bad); err == nil {
			t.Fatal("no error")
		}
		if bins, err := d.decode(good); err != nil || total(bins) != 1 {
			t.Errorf("after a bad histogram a good one gives %v, %v", bins, err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	bins := samples()["spread"].Reader().next(nil)
	e, dst := newEncoder(), []byte(nil)
	b.ReportAllocs()
	for b.Loop() {
		dst = e.append(dst[:0], bins)
	}
	b.ReportMetric(float64(len(dst)), "bytes")
}

func BenchmarkEncodeLibrary(b *testing.B) {
	h := samples()["spread"].Snapshot()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.EncodeV2(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	text := string(newEncoder().append(nil, samples()["spread"].Reader().next(nil)))
	var d decoder
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.decode(text); err != nil {
			b.Fatal(err)
		}
	}
}
