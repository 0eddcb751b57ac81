package results

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"math"
)

// Words of the HdrHistogram V2 encoding. 0x10 says that counts are ZigZag
// LEB128 numbers.
const (
	cookieV2           = 0x1c849303 | 0x10
	cookieV2Compressed = 0x1c849304 | 0x10
	headerLen          = 40
)

// encoder writes bins as a base64 HdrHistogram V2 compressed histogram, the
// same that hdrhistogram-go's EncodeV2 writes. It stands here because
// EncodeV2 works on dense histograms and leaves about 900 KB of garbage each
// time, which once a second for every series would disturb the run that is
// being measured; this one keeps its buffers.
type encoder struct {
	plain   []byte
	packed  bytes.Buffer
	deflate *zlib.Writer
}

func newEncoder() *encoder {
	e := &encoder{}
	e.deflate, _ = zlib.NewWriterLevel(&e.packed, zlib.BestSpeed) // the level is valid, which is all it checks
	return e
}

// append appends the encoding of bins, which are in order.
func (e *encoder) append(dst []byte, bins []bin) []byte {
	e.plain = appendV2(e.plain[:0], bins)
	e.packed.Reset()
	e.packed.Write(make([]byte, 8))
	e.deflate.Reset(&e.packed)
	e.deflate.Write(e.plain) // a bytes.Buffer does not fail
	e.deflate.Close()
	out := e.packed.Bytes()
	binary.BigEndian.PutUint32(out, cookieV2Compressed)
	binary.BigEndian.PutUint32(out[4:], uint32(len(out)-8))
	return base64.StdEncoding.AppendEncode(dst, out)
}

// appendV2 appends the encoding before compression: a header, then the counts
// from bucket 0 to the last in use, where a run of n > 1 empty buckets is −n.
func appendV2(dst []byte, bins []bin) []byte {
	start := len(dst)
	dst = binary.BigEndian.AppendUint32(dst, cookieV2)
	dst = binary.BigEndian.AppendUint32(dst, 0) // length of the counts, below
	dst = binary.BigEndian.AppendUint32(dst, 0) // normalizing index offset
	dst = binary.BigEndian.AppendUint32(dst, Digits)
	dst = binary.BigEndian.AppendUint64(dst, uint64(Lowest))
	dst = binary.BigEndian.AppendUint64(dst, uint64(Highest))
	dst = binary.BigEndian.AppendUint64(dst, math.Float64bits(1)) // integer to double conversion ratio
	next := int32(0)
	for _, b := range bins {
		switch gap := b.bucket - next; gap {
		case 0:
		case 1:
			dst = append(dst, 0)
		default:
			dst = appendZigZag(dst, -int64(gap))
		}
		dst = appendZigZag(dst, b.count)
		next = b.bucket + 1
	}
	binary.BigEndian.PutUint32(dst[start+4:], uint32(len(dst)-start-headerLen))
	return dst
}

// appendZigZag appends the LEB128-64b9B ZigZag form of v: seven bits a byte,
// least first, but eight in the ninth.
func appendZigZag(dst []byte, v int64) []byte {
	u := uint64(v<<1) ^ uint64(v>>63)
	for range 8 {
		if u < 0x80 {
			return append(dst, byte(u))
		}
		dst = append(dst, byte(u)|0x80)
		u >>= 7
	}
	return append(dst, byte(u))
}
