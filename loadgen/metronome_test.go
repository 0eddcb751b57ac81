package loadgen

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestMomentsComeInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		var h moments
		var want []time.Duration
		for range r.IntN(200) {
			d := time.Duration(r.IntN(50))
			h.push(d)
			want = append(want, d)
		}
		slices.Sort(want)
		var got []time.Duration
		for len(h) > 0 {
			got = append(got, h.pop())
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

// What many sessions expect together is all served, and in the end nothing is
// left; the runtime's own timers are not involved.
func TestMetronomeServesAll(t *testing.T) {
	m := newMetronome(time.Now())
	ctx, cancel := context.WithCancel(t.Context())
	var g sync.WaitGroup
	g.Go(func() { m.run(ctx) })
	for n := range 8 {
		g.Go(func() {
			for k := range 100 {
				m.expect(time.Since(m.zero) + time.Duration(n*k)*10*time.Microsecond)
			}
		})
	}
	left := func() int {
		m.mu.Lock()
		defer m.mu.Unlock()
		return len(m.dues)
	}
	for deadline := time.Now().Add(20 * time.Second); left() > 0; {
		if time.Now().After(deadline) {
			t.Fatalf("%d moments were never served", left())
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	g.Wait()
}

func TestExpectDoesNotAllocate(t *testing.T) {
	m := newMetronome(time.Now())
	defer m.alarm.Off()
	for range 2000 {
		m.expect(time.Hour)
	}
	m.dues = m.dues[:0]
	if n := testing.AllocsPerRun(1000, func() { m.expect(time.Hour) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
