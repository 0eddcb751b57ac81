package trend

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"text/tabwriter"
)

var examTrend = flag.Int("exam.trend", 0, "how many histories of each kind to examine, and print a table; default: some, and no table")

// kind is how the runs of a history differ.
type kind struct {
	name     string
	sd       float64 // of a run's figure, as a part of it
	memory   float64 // correlation from run to run
	outliers float64 // share of runs that are off by 10 to 50 %
	sure     int     // percent of steps of 8 % that must be found
	errors   int     // per thousand histories without a step that may show one
}

var kinds = []kind{
	{"calm", .02, 0, 0, 98, 2}, {"usual", .025, .2, .03, 95, 5}, {"rough", .03, .3, .05, 80, 30},
}

// draw makes n figures of a kind, with a step of a ratio at an index.
func (k kind) draw(r *rand.Rand, n, at int, ratio float64) []float64 {
	values := make([]float64, n)
	d := r.NormFloat64()
	for i := range values {
		d = k.memory*d + math.Sqrt(1-k.memory*k.memory)*r.NormFloat64()
		values[i] = 2.5e6 * math.Exp(k.sd*d)
		if r.Float64() < k.outliers {
			values[i] *= 1.1 + .4*r.Float64()
		}
		if i >= at {
			values[i] *= ratio
		}
	}
	return values
}

// mark is how Find did with histories of one kind.
type mark struct {
	histories, found, near, extra int
	covered                       int // true effects in the interval
	delays                        int // records from a step until it is told, added up
	told                          int
}

// examine plants a step in each of n histories of 60 runs, or none where ratio is 1.
func examine(k kind, n int, ratio float64) (m mark) {
	for i := range n {
		r := rand.New(rand.NewPCG(uint64(i), uint64(1000*ratio)))
		at := 10 + r.IntN(41)
		values := k.draw(r, 60, at, ratio)
		m.histories++
		near := false
		for _, s := range Find(values, Options{}).Steps {
			hit := ratio != 1 && s.At >= at-3 && s.At <= at+3 && (s.Effect > 0) == (ratio > 1)
			if !hit || near {
				m.extra++
				continue
			}
			near = true
			if s.Low <= ratio-1 && ratio-1 <= s.High {
				m.covered++
			}
		}
		if near {
			m.near++
		}
		if ratio != 1 {
			m.await(values, at)
		}
	}
	return m
}

// await sees how many records after a step it is told for the first time, as records come in.
func (m *mark) await(values []float64, at int) {
	for n := at + 1; n <= len(values); n++ {
		for _, s := range Find(values[:n], Options{}).Steps {
			if s.At >= at-3 && s.At <= at+3 {
				m.delays += n - at
				m.told++
				return
			}
		}
	}
}

// TestExam holds Find to what it promises: steps of 8 % in histories of 60 runs are found within three records of where they are, and
// histories without a step show none.
func TestExam(t *testing.T) {
	n := max(200, *examTrend)
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	if *examTrend > 0 {
		fmt.Fprintln(out, "noise\tsd\tmemory\toutliers\tstep\thistories\tfound ±3\tin the interval\tfalse steps\tmean delay")
	}
	for _, k := range kinds {
		for _, ratio := range []float64{1, 1.05, 1.08, 1 / 1.08, 1.16} {
			m := examine(k, n, ratio)
			delay := math.NaN()
			if m.told > 0 {
				delay = float64(m.delays) / float64(m.told)
			}
			if *examTrend > 0 {
				fmt.Fprintf(out, "%s\t%.1f %%\t%.1f\t%.0f %%\t%+.1f %%\t%d\t%d\t%d\t%d\t%.1f\n", k.name, k.sd*100, k.memory, k.outliers*100, (ratio-1)*100, m.histories, m.near, m.covered, m.extra, delay)
			}
			if ratio == 1 && m.extra > n*k.errors/1000 {
				t.Errorf("%s: %d false steps in %d histories without one", k.name, m.extra, n)
			}
			if math.Abs(math.Log(ratio)) > .07 && m.near < n*k.sure/100 {
				t.Errorf("%s, step of %+.0f %%: found %d of %d within three records", k.name, (ratio-1)*100, m.near, n)
			}
		}
	}
	out.Flush()
}
