package results

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Bounds on what is read back, for records come from anywhere.
const (
	maxCount   = 1 << 38                                // durations in one histogram: a month at 100,000 a second
	maxPlain   = headerLen + bucketLen*9                // bytes of a histogram's encoding before compression
	maxEncoded = (maxPlain + maxPlain/100 + 64) / 3 * 4 // and after, in base64
)

// decoder reads what encoder writes, and what any HdrHistogram writes of the
// same range and precision. It checks all that it reads and never inflates
// more than maxPlain bytes.
type decoder struct {
	packed  []byte
	plain   bytes.Buffer
	source  bytes.Reader
	inflate io.ReadCloser
	bins    []bin
}

// decode returns bins in order; they are valid until the next call.
func (d *decoder) decode(encoded string) ([]bin, error) {
	packed, err := d.unbase(encoded)
	if err != nil {
		return nil, err
	}
	return d.unpack(packed)
}

func (d *decoder) unbase(encoded string) ([]byte, error) {
	if len(encoded) > maxEncoded {
		return nil, fmt.Errorf("histogram of %d bytes; at most %d make sense", len(encoded), maxEncoded)
	}
	var err error
	if d.packed, err = base64.StdEncoding.AppendDecode(d.packed[:0], []byte(encoded)); err != nil {
		return nil, fmt.Errorf("decode histogram: %w", err)
	}
	return d.packed, nil
}

func (d *decoder) unpack(packed []byte) ([]bin, error) {
	if len(packed) < 8 || binary.BigEndian.Uint32(packed)&^0xf0 != cookieV2Compressed&^0xf0 {
		return nil, errors.New("not an HdrHistogram V2 compressed histogram")
	}
	n := binary.BigEndian.Uint32(packed[4:])
	if uint64(n) != uint64(len(packed)-8) {
		return nil, fmt.Errorf("histogram says %d compressed bytes and has %d", n, len(packed)-8)
	}
	if err := d.expand(packed[8:]); err != nil {
		return nil, fmt.Errorf("inflate histogram: %w", err)
	}
	counts, err := checkHeader(d.plain.Bytes())
	if err != nil {
		return nil, err
	}
	d.bins, err = readCounts(d.bins[:0], counts)
	return d.bins, err
}

func (d *decoder) expand(deflated []byte) (err error) {
	d.source.Reset(deflated)
	if d.inflate == nil {
		d.inflate, err = zlib.NewReader(&d.source)
	} else {
		err = d.inflate.(zlib.Resetter).Reset(&d.source, nil)
	}
	if err != nil {
		return err
	}
	d.plain.Reset()
	n, err := d.plain.ReadFrom(io.LimitReader(d.inflate, maxPlain+1))
	if err == nil && n > maxPlain {
		return fmt.Errorf("more than %d bytes", maxPlain)
	}
	return err
}

func checkHeader(plain []byte) (counts []byte, err error) {
	if len(plain) < headerLen || binary.BigEndian.Uint32(plain)&^0xf0 != cookieV2&^0xf0 {
		return nil, errors.New("not an HdrHistogram V2 histogram")
	}
	digits := binary.BigEndian.Uint32(plain[12:])
	low, high := binary.BigEndian.Uint64(plain[16:]), binary.BigEndian.Uint64(plain[24:])
	if digits != Digits || low != uint64(Lowest) || high != uint64(Highest) {
		return nil, fmt.Errorf("histogram from %d to %d with %d digits; a record's go from %d to %d with %d",
			low, high, digits, Lowest, Highest, Digits)
	}
	counts = plain[headerLen:]
	if n := binary.BigEndian.Uint32(plain[4:]); uint64(n) != uint64(len(counts)) {
		return nil, fmt.Errorf("histogram says %d bytes of counts and has %d", n, len(counts))
	}
	return counts, nil
}

func readCounts(bins []bin, counts []byte) ([]bin, error) {
	bucket, total := int64(0), int64(0)
	for len(counts) > 0 {
		v, n := zigZag(counts)
		if n == 0 {
			return nil, errors.New("histogram ends within a count")
		}
		counts = counts[n:]
		if v < 0 {
			if v < -bucketLen || bucket-v > bucketLen {
				return nil, fmt.Errorf("histogram goes past its last bucket, %d", bucketLen)
			}
			bucket -= v
			continue
		}
		if bucket >= bucketLen {
			return nil, fmt.Errorf("histogram goes past its last bucket, %d", bucketLen)
		}
		if v > maxCount || total+v > maxCount {
			return nil, fmt.Errorf("histogram counts more than %d", int64(maxCount))
		}
		if v > 0 {
			bins = append(bins, bin{int32(bucket), v})
		}
		total += v
		bucket++
	}
	return bins, nil
}

// zigZag reads one number as appendZigZag writes it, and says how many bytes
// it takes: 0 if b ends too early.
func zigZag(b []byte) (v int64, n int) {
	var u uint64
	for n < len(b) {
		c := b[n]
		if n == 8 {
			u |= uint64(c) << 56
		} else {
			u |= uint64(c&0x7f) << (7 * n)
		}
		n++
		if c < 0x80 || n == 9 {
			return int64(u>>1) ^ -int64(u&1), n
		}
	}
	return 0, 0
}

func total(bins []bin) int64 {
	var n int64
	for _, b := range bins {
		n += b.count
	}
	return n
}
