package results

import (
	"math/bits"
	"sync/atomic"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range and precision of every histogram of a record, in nanoseconds.
const (
	Lowest  int64 = 1
	Highest int64 = 3_600_000_000_000 // one hour
	Digits        = 3
)

// The bucket layout which those three give: 2048 buckets of 1 ns, then 1024
// buckets for each doubling. Blocks hold 1024 buckets; all but the first
// cover one doubling each.
const (
	blockBits  = 10
	blockLen   = 1 << blockBits
	blockCount = 33
	bucketLen  = blockCount * blockLen
)

type block [blockLen]atomic.Int64

// Histogram counts durations from 1 ns to 1 h with three significant digits,
// in the bucket layout of HdrHistogram. Any number of goroutines may record
// and read at once; it takes no lock. The zero value is ready for use. It
// holds 8 KiB for each doubling of the range that it has seen.
type Histogram struct {
	blocks   [blockCount]atomic.Pointer[block]
	totals   [blockCount]atomic.Int64 // raised after the bucket, so an unchanged total is only ever late
	clipped  atomic.Int64
	negative atomic.Int64
}

// Record counts one duration in nanoseconds. A duration beyond Highest counts
// as Highest and as clipped; a negative one, which a monotonic clock never
// gives, counts as 0 and as negative.
func (h *Histogram) Record(ns int64) {
	switch {
	case ns > Highest:
		h.clipped.Add(1)
		ns = Highest
	case ns < 0:
		h.negative.Add(1)
		ns = 0
	}
	h.add(bucketOf(ns), 1)
}

// bucketOf says which bucket counts v, for v from 0 to Highest.
func bucketOf(v int64) int {
	doubling := 64 - bits.LeadingZeros64(uint64(v)|(2*blockLen-1)) - (blockBits + 1)
	return doubling<<blockBits + int(v>>doubling)
}

func (h *Histogram) add(bucket int, n int64) {
	i := bucket >> blockBits
	b := h.blocks[i].Load()
	if b == nil {
		b = h.grow(i)
	}
	b[bucket&(blockLen-1)].Add(n)
	h.totals[i].Add(n)
}

func (h *Histogram) grow(i int) *block {
	b := new(block)
	if h.blocks[i].CompareAndSwap(nil, b) {
		return b
	}
	return h.blocks[i].Load()
}

// Count is the number of durations recorded.
func (h *Histogram) Count() int64 {
	var n int64
	for i := range h.totals {
		n += h.totals[i].Load()
	}
	return n
}

// Clipped is the number of durations beyond Highest.
func (h *Histogram) Clipped() int64 { return h.clipped.Load() }

// Negative is the number of durations below zero.
func (h *Histogram) Negative() int64 { return h.negative.Load() }

// Snapshot copies what has been recorded so far. It costs 270 KiB twice: use
// a Reader for what is wanted every second.
func (h *Histogram) Snapshot() *hdrhistogram.Histogram {
	return h.Reader().Next()
}

// bin is one bucket that is not empty.
type bin struct {
	bucket int32
	count  int64
}

// dense makes a histogram for queries from bins in any order.
func dense(bins []bin) *hdrhistogram.Histogram {
	counts := make([]int64, bucketLen)
	for _, b := range bins {
		counts[b.bucket] += b.count
	}
	return hdrhistogram.Import(&hdrhistogram.Snapshot{
		LowestTrackableValue:  Lowest,
		HighestTrackableValue: Highest,
		SignificantFigures:    Digits,
		Counts:                counts,
	})
}

// Reader hands out what a Histogram gained between calls. One goroutine uses
// it; a Histogram may have several.
type Reader struct {
	of    *Histogram
	seen  [blockCount]*[blockLen]int64
	total [blockCount]int64
}

// Reader starts reading h from its beginning.
func (h *Histogram) Reader() *Reader { return &Reader{of: h} }

// Next is what was recorded since the last call, or since the beginning. A
// duration is handed out exactly once, though one that is being recorded
// during the call may wait for the next.
func (r *Reader) Next() *hdrhistogram.Histogram {
	return dense(r.next(nil))
}

// next appends the buckets that gained, in order. It looks only into blocks
// whose total has moved.
func (r *Reader) next(bins []bin) []bin {
	for i := range r.total {
		if t := r.of.totals[i].Load(); t != r.total[i] {
			r.total[i] = t
			bins = r.nextIn(i, bins)
		}
	}
	return bins
}

func (r *Reader) nextIn(i int, bins []bin) []bin {
	if r.seen[i] == nil {
		r.seen[i] = new([blockLen]int64)
	}
	now, seen := r.of.blocks[i].Load(), r.seen[i]
	for j := range now {
		if n := now[j].Load(); n != seen[j] {
			bins = append(bins, bin{int32(i<<blockBits + j), n - seen[j]})
			seen[j] = n
		}
	}
	return bins
}
