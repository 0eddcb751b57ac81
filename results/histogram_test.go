package results

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// values are those where a bucket layout can go wrong, and a million others
// spread evenly over the doublings.
func values() []int64 {
	var vs []int64
	for v := range int64(5000) {
		vs = append(vs, v)
	}
	for p := int64(1); p < Highest; p <<= 1 {
		for d := int64(-2); d <= 2; d++ {
			if v := p + d; v >= 0 && v <= Highest {
				vs = append(vs, v)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 1_000_000 {
		vs = append(vs, int64(math.Exp2(r.Float64()*math.Log2(float64(Highest)))))
	}
	return append(vs, Highest-1, Highest)
}

func TestSameBucketsAsHdrHistogram(t *testing.T) {
	var ours Histogram
	theirs := hdrhistogram.New(Lowest, Highest, Digits)
	for _, v := range values() {
		ours.Record(v)
		if err := theirs.RecordValue(v); err != nil {
			t.Fatal(err)
		}
		high := upperEnd(bucketOf(v))
		if !theirs.ValuesAreEquivalent(v, high) || theirs.ValuesAreEquivalent(v, high+1) {
			t.Fatalf("value %d: bucket %d ends at %d, not where HdrHistogram's does", v, bucketOf(v), high)
		}
	}
	if n := len(theirs.Export().Counts); n != bucketLen {
		t.Errorf("HdrHistogram has %d buckets, we %d", n, bucketLen)
	}
	if !ours.Snapshot().Equals(theirs) {
		t.Error("the counts differ")
	}
}

func TestAccuracy(t *testing.T) {
	for _, v := range values() {
		high := upperEnd(bucketOf(v))
		low := high
		if b := bucketOf(v); b > 0 {
			low = upperEnd(b-1) + 1
		}
		if v < low || v > high {
			t.Fatalf("value %d is not in its bucket, %d to %d", v, low, high)
		}
		if wide := high - low; v >= 1000 && wide*1000 > v {
			t.Fatalf("value %d: bucket from %d to %d is wider than 0.1 %%", v, low, high)
		}
		if v < 2048 && low != high {
			t.Fatalf("value %d: bucket from %d to %d is not exact", v, low, high)
		}
	}
}

func TestOutOfRange(t *testing.T) {
	var h Histogram
	for _, v := range []int64{-1, math.MinInt64, 0, 1, Highest, Highest + 1, math.MaxInt64} {
		h.Record(v)
	}
	if h.Count() != 7 || h.Clipped() != 2 || h.Negative() != 2 {
		t.Errorf("count %d, clipped %d, negative %d; want 7, 2, 2", h.Count(), h.Clipped(), h.Negative())
	}
	s := h.Snapshot()
	if s.Min() != 0 || s.ValueAtPercentile(40) != 0 || s.ValueAtPercentile(50) != 1 {
		t.Errorf("negative values are not counted as 0: %v", s.Distribution()[:2])
	}
	if got, want := s.Max(), upperEnd(bucketOf(Highest)); got != want {
		t.Errorf("max = %d, want %d", got, want)
	}
}

func TestRecordDoesNotAllocate(t *testing.T) {
	var h Histogram
	v := int64(0)
	record := func() { v = (v + 999_983) % 1e9; h.Record(v) }
	for range 100_000 {
		record()
	}
	if n := testing.AllocsPerRun(10_000, record); n != 0 {
		t.Errorf("Record allocates %v times", n)
	}
}

func TestConcurrentRecording(t *testing.T) {
	const writers, each = 8, 50_000
	var h Histogram
	var writing sync.WaitGroup
	for i := range writers {
		writing.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 0))
			for range each {
				h.Record(r.Int64N(1e9))
			}
		})
	}
	done := make(chan struct{})
	go func() { writing.Wait(); close(done) }()
	reader, sum, rounds := h.Reader(), merger{}, 0
	for running := true; running; rounds++ {
		select {
		case <-done:
			running = false
		default:
		}
		sum.add(reader.next(nil))
	}
	if n := h.Count(); n != writers*each {
		t.Errorf("Count = %d, want %d", n, writers*each)
	}
	if sum.total != writers*each {
		t.Errorf("the intervals of %d rounds hold %d, want %d", rounds, sum.total, writers*each)
	}
	if !dense(sum.bins()).Equals(h.Snapshot()) {
		t.Error("the intervals do not add up to the snapshot")
	}
}

func TestReaderGivesEachValueOnce(t *testing.T) {
	var h Histogram
	r := h.Reader()
	if n := r.Next().TotalCount(); n != 0 {
		t.Errorf("an empty histogram gives %d", n)
	}
	h.Record(5)
	h.Record(1e6)
	if got := r.Next(); got.TotalCount() != 2 || got.Min() != 5 {
		t.Errorf("first interval: count %d, min %d", got.TotalCount(), got.Min())
	}
	h.Record(1e6)
	if got := r.Next(); got.TotalCount() != 1 || got.Min() < 999_000 {
		t.Errorf("second interval: count %d, min %d", got.TotalCount(), got.Min())
	}
	if n := h.Reader().Next().TotalCount(); n != 3 {
		t.Errorf("a new reader gives %d, want 3", n)
	}
}

func BenchmarkRecord(b *testing.B) {
	var h Histogram
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		v := rand.Int64N(1e7)
		for pb.Next() {
			v = (v*31 + 7) & (1<<24 - 1)
			h.Record(v)
		}
	})
}
