package capacity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"xmpprig/results"
)

// queue is a server with one queue that serves rate a second, each in the same time, to which load comes as it likes: what passes is drawn
// from a simulation of every arrival.
type queue struct {
	rate   float64
	length time.Duration
	bound  float64 // seconds, of the 99th percentile
	rng    *rand.Rand
	flip   float64 // share of trials that something else spoils
	rig    float64 // what the rig can do; 0: anything
	cost   int     // trials made
}

func (q *queue) try(_ context.Context, n Next) (results.Trial, error) {
	q.cost++
	if q.rig > 0 && n.Load > q.rig {
		return results.Trial{Class: results.TrialLimited}, nil
	}
	length := q.length.Seconds()
	if n.Kind == results.TrialConfirm {
		length *= 3
	}
	var now, free float64
	var late, all, open int
	for now < length {
		now += q.rng.ExpFloat64() / n.Load
		free = max(free, now) + 1/q.rate
		all++
		if free-now > q.bound {
			late++
		}
		if free > length {
			open++
		}
	}
	t := results.Trial{Class: results.TrialPassed}
	kept := 1 - float64(open)/float64(all)
	share := float64(late) / float64(all)
	if share > .01 || kept < .98 {
		t.Class = results.TrialMissed
	}
	t.Clear = kept < .9 || late == 0 && kept > .995
	if q.rng.Float64() < q.flip {
		t.Class, t.Clear = results.TrialMissed, false
	}
	return t, nil
}

func options() Options {
	return Options{Start: 100, Max: 1e6, Within: .05, Unit: "/s"}
}

// TestSearch finds rates that it does not know within 5 %, also where one trial in twenty is spoilt.
func TestSearch(t *testing.T) {
	for _, flip := range []float64{0, .05} {
		wrong, most := 0, 0
		const rates = 60
		for i := range rates {
			rng := rand.New(rand.NewPCG(7, uint64(i)))
			rate := 500 * math.Pow(16, rng.Float64()) // 500 … 8,000
			q := &queue{rate: rate, length: 10 * time.Second, bound: .25, rng: rng, flip: flip}
			found, err := Search(t.Context(), options(), q.try)
			if err != nil {
				t.Fatal(err)
			}
			most = max(most, q.cost)
			if off := found.Answer.Load/rate - 1; math.Abs(off) > .05 || found.Code != results.ExitPass {
				wrong++
				t.Logf("rate %.0f: %s (%+.1f %%), exit %d, %d trials, %s", rate, found.Answer.Text, 100*off, found.Code, q.cost, found.Answer.Stop)
			}
		}
		if allowed := int(flip * rates / 1); wrong > allowed {
			t.Errorf("spoilt %v: %d of %d answers are off by more than 5 %%", flip, wrong, rates)
		}
		if most > 40 {
			t.Errorf("spoilt %v: a search took %d trials", flip, most)
		}
	}
}

// TestSearchRigFirst never calls what the rig could do the server's limit.
func TestSearchRigFirst(t *testing.T) {
	for i := range 20 {
		rng := rand.New(rand.NewPCG(8, uint64(i)))
		q := &queue{rate: 4000, length: 10 * time.Second, bound: .25, rng: rng, rig: 150 * math.Pow(20, rng.Float64())}
		found, err := Search(t.Context(), options(), q.try)
		if err != nil {
			t.Fatal(err)
		}
		a := found.Answer
		if found.Code != results.ExitLimited || !a.AtLeast || !a.Limited || a.Load > q.rig || !strings.HasPrefix(a.Text, "≥ ") || !strings.Contains(a.Text, "generator-limited") {
			t.Errorf("rig of %.0f: exit %d, %+v", q.rig, found.Code, a)
		}
		if a.Load < .95*q.rig {
			t.Errorf("rig of %.0f: at least %.0f is little", q.rig, a.Load)
		}
	}
}

// TestSearchWhole finds a number of sessions.
func TestSearchWhole(t *testing.T) {
	for _, room := range []float64{1, 2, 7, 100, 333, 1999} {
		o := options()
		o.Start, o.Whole, o.Unit = 50, true, " sessions"
		found, err := Search(t.Context(), o, limitAt(room, true))
		if err != nil || found.Answer.Load > room || found.Answer.Load < math.Floor(.95*room) || found.Code != results.ExitPass {
			t.Errorf("room for %v: %+v, exit %d, %v", room, found.Answer, found.Code, err)
		}
	}
}

// limitAt is a server that passes up to a load.
func limitAt(limit float64, clear bool) Trier {
	return func(_ context.Context, n Next) (results.Trial, error) {
		if n.Load > limit {
			return results.Trial{Class: results.TrialMissed, Clear: clear}, nil
		}
		return results.Trial{Class: results.TrialPassed, Clear: clear}, nil
	}
}

func TestSearchEnds(t *testing.T) {
	var clock time.Time
	slow := func(limit float64) Trier {
		return func(ctx context.Context, n Next) (results.Trial, error) {
			clock = clock.Add(time.Minute)
			return limitAt(limit, false)(ctx, n)
		}
	}
	short := func(n Next) bool { return n.Kind == results.TrialSearch }
	for _, c := range []struct {
		name string
		try  Trier
		edit func(*Options)
		code results.ExitCode
		text string
		stop string
	}{
		{"top", limitAt(1e9, true), func(o *Options) { o.Max = 900 }, results.ExitPass, "≥ 900/s", "highest load allowed"},
		{"nothing", limitAt(0, true), nil, results.ExitObjective, "no load was sustained", "not even"},
		{"below the start", limitAt(30, true), nil, results.ExitPass, "/s: that much passed", "within"},
		{"budget", slow(5000), func(o *Options) { o.Budget = 4 * time.Minute }, results.ExitInconclusive, "≥ 800/s", "budget of 4m0s"},
		{"rig from the start", func(context.Context, Next) (results.Trial, error) {
			return results.Trial{Class: results.TrialLimited}, nil
		}, nil, results.ExitLimited, "no answer: the rig", "not even"},
		{"only for a while", func(ctx context.Context, n Next) (results.Trial, error) {
			if short(n) {
				return limitAt(1000, true)(ctx, n)
			}
			return limitAt(900, true)(ctx, n)
		}, nil, results.ExitPass, "/s: that much passed", "in longer trials only"},
		{"never for longer", func(ctx context.Context, n Next) (results.Trial, error) {
			if short(n) {
				return limitAt(1000, true)(ctx, n)
			}
			return limitAt(10, true)(ctx, n)
		}, nil, results.ExitObjective, "no load was sustained", "did not pass even at"},
		{"crashes", func(ctx context.Context, n Next) (results.Trial, error) {
			if n.Load > 700 {
				return results.Trial{Class: results.TrialFailed}, nil
			}
			return limitAt(700, true)(ctx, n)
		}, nil, results.ExitPass, "/s: that much passed", "within"},
	} {
		clock = time.Time{}
		o := options()
		o.Now = func() time.Time { return clock }
		if c.edit != nil {
			c.edit(&o)
		}
		found, err := Search(t.Context(), o, c.try)
		if err != nil || found.Code != c.code || !strings.Contains(found.Answer.Text, c.text) || !strings.Contains(found.Answer.Stop, c.stop) {
			t.Errorf("%s: exit %d, %q, %q, %v", c.name, found.Code, found.Answer.Text, found.Answer.Stop, err)
		}
	}
}

// TestSearchFails keeps what was found when a trial cannot be made.
func TestSearchFails(t *testing.T) {
	planted := errors.New("planted")
	found, err := Search(t.Context(), options(), func(ctx context.Context, n Next) (results.Trial, error) {
		if n.Load > 300 {
			return results.Trial{}, fmt.Errorf("start: %w", planted)
		}
		return limitAt(1000, true)(ctx, n)
	})
	if !errors.Is(err, planted) || len(found.Trials) != 2 || found.Answer.Load != 200 || !found.Answer.AtLeast {
		t.Errorf("%+v, %v", found, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if found, err := Search(ctx, options(), limitAt(1, true)); !errors.Is(err, context.Canceled) || len(found.Trials) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}
