package loadgen

import (
	"testing"
	"time"
)

func TestRecovery(t *testing.T) {
	r := new(recovery)
	at := time.Second
	move := func(n, by int, step time.Duration) {
		for range n {
			at += step
			r.moved(at, by)
		}
	}
	move(100, 1, time.Millisecond)
	r.begin(at)
	move(5, -1, time.Second) // churn is no outage
	move(5, 1, time.Second)
	began := at
	move(80, -1, time.Millisecond)
	move(40, 1, 100*time.Millisecond) // 60
	move(15, -1, time.Millisecond)    // 45: half are not back for good
	move(55, 1, 100*time.Millisecond)
	all := at - began
	move(60, -1, time.Millisecond)
	outages := r.close(at)
	if len(outages) != 2 {
		t.Fatalf("%d outages", len(outages))
	}
	o := outages[0]
	if o.Sessions != 100 || o.Lowest != 20 || o.To100NS == nil || time.Duration(*o.To100NS) < all-50*time.Millisecond || time.Duration(*o.To100NS) > all {
		t.Errorf("%+v, all after %v", o, all)
	}
	if half := time.Duration(*o.To50NS); half < all-5500*time.Millisecond || half > all-4900*time.Millisecond {
		t.Errorf("half after %v of %v", half, all)
	}
	if last := outages[1]; last.Lowest != 40 || last.To50NS != nil || last.To90NS != nil || last.To100NS != nil {
		t.Errorf("%+v", last)
	}
}

// A curve stays short however long the outage is.
func TestRecoveryCurveIsBounded(t *testing.T) {
	r := new(recovery)
	for range 1000 {
		r.moved(0, 1)
	}
	r.begin(0)
	for i := range 500 {
		r.moved(time.Duration(i)*time.Second, -1)
	}
	for i := range 5000 {
		r.moved(time.Duration(500+i)*time.Second, 1-2*(i%2))
	}
	o := r.close(2 * time.Hour)[0]
	if len(o.Curve) > maxCurve+1 || len(o.Curve) < maxCurve/4 || o.Curve[len(o.Curve)-1].NS < int64(time.Hour) {
		t.Errorf("%d points, the last at %v", len(o.Curve), time.Duration(o.Curve[len(o.Curve)-1].NS))
	}
}

// All who go at once are gone from then on, and not on their way until the first is back.
func TestRecoveryCurveFalls(t *testing.T) {
	r := new(recovery)
	for range 100 {
		r.moved(0, 1)
	}
	r.begin(0)
	for i := range 100 {
		r.moved(time.Second+time.Duration(i)*time.Microsecond, -1)
	}
	for i := range 100 {
		r.moved(3*time.Second+time.Duration(i)*time.Millisecond, 1)
	}
	for _, p := range r.close(time.Minute)[0].Curve {
		if at := time.Duration(p.NS); at < 3*time.Second && p.Sessions == 0 && at < 1100*time.Millisecond {
			return
		}
	}
	t.Error("the curve has no point at which all are gone, just after they went")
}
