package pace

import (
	"iter"
	"math"
	"math/rand/v2"
	"time"
)

// Piece is a stretch over which the rate goes in a straight line.
type Piece struct {
	From, To float64 // arrivals a second
	For      time.Duration
}

// area is how many arrivals the piece expects.
func (p Piece) area() float64 { return (p.From + p.To) / 2 * p.For.Seconds() }

// after says how long into the piece the area under its rate reaches u.
//
// Solves u = From·t + (To−From)/(2·For)·t², in the form that does not cancel
// when the slope is small.
func (p Piece) after(u float64) time.Duration {
	if u == 0 {
		return 0 // also where the rate begins at 0
	}
	slope := (p.To - p.From) / p.For.Seconds()
	root := math.Sqrt(max(0, p.From*p.From+2*slope*u))
	return time.Duration(math.Round(2 * u / (p.From + root) * 1e9))
}

// Schedule is a rate over time with a way of laying arrivals along it.
type Schedule struct {
	Pieces  []Piece
	Poisson bool
	Seed    uint64 // of the Poisson draws
}

// Constant offers perSecond arrivals a second for d, evenly spaced, the
// first at 0.
func Constant(perSecond float64, d time.Duration) Schedule {
	return Schedule{Pieces: []Piece{{perSecond, perSecond, d}}}
}

// Share is part I of N equal parts of a schedule.
type Share struct{ I, N int }

// Whole is all of a schedule.
var Whole = Share{0, 1}

// Length is when the schedule ends.
func (s Schedule) Length() (d time.Duration) {
	for _, p := range s.Pieces {
		d += p.For
	}
	return d
}

// Expected is how many arrivals the whole schedule brings on average.
func (s Schedule) Expected() (n float64) {
	for _, p := range s.Pieces {
		n += p.area()
	}
	return n
}

// Arrivals yields when each arrival of the share is due, in order, and yields
// the same every time. Nothing is due at or after Length.
func (s Schedule) Arrivals(share Share) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		c := s.Cursor(share)
		for {
			due, ok := c.Next()
			if !ok || !yield(due) {
				return
			}
		}
	}
}

// Cursor walks a share of a schedule without allocating.
type Cursor struct {
	pieces []Piece
	start  time.Duration // of pieces[0]
	base   float64       // area before pieces[0]
	u      float64       // area at the next arrival
	step   float64
	pcg    rand.PCG
	random bool
}

// Cursor returns a walk over the share's arrivals.
func (s Schedule) Cursor(share Share) Cursor {
	c := Cursor{pieces: s.Pieces, step: float64(share.N), random: s.Poisson}
	if s.Poisson {
		c.pcg = *rand.NewPCG(s.Seed, uint64(share.I))
		c.u = c.draw()
	} else {
		c.u = float64(share.I)
	}
	return c
}

// draw is the area to the next arrival of a share's own Poisson process.
func (c *Cursor) draw() float64 {
	// 1−U is in (0, 1], so the logarithm is finite.
	u := float64(c.pcg.Uint64()>>11) / (1 << 53)
	return -math.Log(1-u) * c.step
}

// Next says when the next arrival is due; false when there is none left.
func (c *Cursor) Next() (time.Duration, bool) {
	for len(c.pieces) > 0 {
		p := c.pieces[0]
		if a := p.area(); c.u >= c.base+a {
			c.base += a
			c.start += p.For
			c.pieces = c.pieces[1:]
			continue
		}
		due := p.after(c.u - c.base)
		if due >= p.For { // rounding at the very end of a piece
			due = p.For - 1
		}
		due += c.start
		if c.random {
			c.u += c.draw()
		} else {
			c.u += c.step
		}
		return due, true
	}
	return 0, false
}
