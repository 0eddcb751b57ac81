package loadgen

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func TestOfferings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, length := range []int64{0, 1, 5e6, 1e7, 1e7 + 1, 995e6, 1e9, 1234567891} {
		t.Run(fmt.Sprint(length), func(t *testing.T) { testOfferings(t, length, r) })
	}
}

// testOfferings compares with a plain count at many moments: to the bin
// within, exact at the bounds of bins and at the end.
func testOfferings(t *testing.T, length int64, r *rand.Rand) {
	o := newOfferings(time.Duration(length))
	var dues []time.Duration
	for range 500 {
		if length > 0 {
			dues = append(dues, time.Duration(r.Int64N(length)))
			o.add(dues[len(dues)-1])
		}
	}
	o.accumulate()
	count := func(by time.Duration) (n int64) {
		for _, d := range dues {
			if d < by {
				n++
			}
		}
		return n
	}
	for after := time.Duration(0); after < time.Duration(length); after += 7 * time.Millisecond / 3 {
		got := o.by(after)
		if exact := after.Truncate(offeringBin); got != count(exact) {
			t.Fatalf("%d by %v, want %d", got, after, count(exact))
		}
	}
	for _, after := range []time.Duration{time.Duration(length), time.Duration(length) + 1, time.Duration(length) + time.Hour} {
		if got := o.by(after); got != int64(len(dues)) {
			t.Errorf("%d by %v of %v, want all %d", got, after, time.Duration(length), len(dues))
		}
	}
	if o.by(-1) != 0 && length > 0 {
		t.Errorf("%d before the beginning", o.by(-1))
	}
}
