package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"xmpprig/results"
	"xmpprig/results/compare"
)

var examCompare = flag.Int("exam.compare", 0, "how many comparisons of each kind are made with runs on the built-in server")

// lanes is how many comparisons are under way at once: a run of the exam waits most of its time.
const lanes = 4

// TestExamOfComparisons has the program compare, from the command line, a server with itself, and with one that takes longer, while
// something else uses the machine now and then. It takes half a minute a comparison.
func TestExamOfComparisons(t *testing.T) {
	if *examCompare == 0 {
		t.Log("nothing is compared without -exam.compare")
		return
	}
	bin := filepath.Join(t.TempDir(), "xmpprig")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ctx, stop := context.WithCancel(t.Context())
	var neighbour sync.WaitGroup
	neighbour.Go(func() { burn(ctx) })
	defer neighbour.Wait()
	defer stop()
	e := &comparisonExam{t: t, bin: bin, dir: t.TempDir()}
	n := e.recommended()
	t.Logf("noise: %d pairs find a change of 5 %%", n)
	t.Logf("%-28s %12s %10s %10s %10s", "head beside base", "comparisons", "regressed", "improved", "undecided")
	for _, c := range []struct {
		name, delay string
		pairs       int
		from, to    float64 // share that must be found to be a regression
	}{
		{"the same", "10ms", 8, 0, .05}, {"5 % slower", "10.5ms", n, .9, 1}, {"10 % slower", "11ms", 10, .95, 1},
	} {
		got := e.compare(c.delay, c.pairs)
		t.Logf("%-28s %12d %10d %10d %10d", fmt.Sprintf("%s, %d pairs", c.name, c.pairs), *examCompare, got[results.Regression], got[results.Improvement],
			*examCompare-got[results.Regression]-got[results.Improvement])
		if share := float64(got[results.Regression]) / float64(*examCompare); share < c.from || share > c.to {
			t.Errorf("%s: %.2f were regressions, want %v to %v: %v", c.name, share, c.from, c.to, got)
		}
	}
	e.resample()
}

// resample makes 200 comparisons of a server with itself out of the runs that were made of such, pairs drawn at random and turned
// round at random. Of the live ones alone, too few are made to tell one in fifty.
func (e *comparisonExam) resample() {
	const comparisons, pairs = 200, 10
	r := rand.New(rand.NewPCG(2, 2))
	worse := 0
	for range comparisons {
		var base, head []*results.Run
		for _, at := range r.Perm(len(e.same))[:pairs] {
			a, b := e.same[at][0], e.same[at][1]
			if r.IntN(2) == 0 {
				a, b = b, a
			}
			base, head = append(base, a), append(head, b)
		}
		c, err := compare.Runs(base, head, compare.Options{Paired: true})
		if err != nil {
			e.t.Fatal(err)
		}
		if c.Verdict.Status == results.Regression {
			worse++
		}
	}
	e.t.Logf("%-28s %12d %10d", fmt.Sprintf("the same, %d of %d pairs", pairs, len(e.same)), comparisons, worse)
	if worse > comparisons/50 {
		e.t.Errorf("%d of %d comparisons of a server with itself were regressions", worse, comparisons)
	}
}

type comparisonExam struct {
	t        *testing.T
	bin, dir string
	made     int
	same     [][2]*results.Run // pairs of one and the same
}

// load is what is run: short, and all but idle, so that the lanes do not disturb one another.
func (e *comparisonExam) load(verb, record string) []string {
	return []string{verb, "--plots=false", "--progress=none", "--warm-up=0s", "--duration=1s", "--sessions=20", "--rate=300/s", "--fault", "delay=10ms", "--record", record}
}

// recommended is how many pairs the verb noise says that 5 % take.
func (e *comparisonExam) recommended() int {
	out, err := exec.Command(e.bin, append(e.load("noise", filepath.Join(e.dir, "noise")), "--effect", "5", "--repeat", "10", "--format", "json", "ping")...).Output()
	if err != nil {
		e.t.Fatalf("noise: %v", err)
	}
	var n results.Noise
	if err := json.Unmarshal(out, &n); err != nil {
		e.t.Fatal(err)
	}
	for _, m := range n.Metrics {
		e.t.Logf("noise: %s: sd %.2f %%, at most %.2f %%; %d pairs", m.Metric, 100*m.SD, 100*m.SDHigh, m.Needed)
		if strings.HasPrefix(m.Metric, "ping p50") && m.Needed > 0 {
			return m.Needed
		}
	}
	e.t.Fatalf("noise recommends nothing: %s", out)
	return 0
}

// compare makes the comparisons and counts their verdicts on the time of a ping.
func (e *comparisonExam) compare(delay string, pairs int) map[string]int {
	jobs := make(chan string)
	var all sync.Mutex
	verdicts := map[string]int{}
	var workers sync.WaitGroup
	for range lanes {
		workers.Go(func() {
			for record := range jobs {
				args := append(e.load("run", record), "--interleave", "--fault delay="+delay, "--repeat", strconv.Itoa(pairs), "--format", "json", "ping")
				out, err := exec.Command(e.bin, args...).Output()
				var c results.Comparison
				if bad := json.Unmarshal(out, &c); bad != nil {
					e.t.Errorf("%s: %v, %v", record, err, bad)
					continue
				}
				var exit *exec.ExitError
				if regressed := errors.As(err, &exit) && exit.ExitCode() == int(results.ExitRegression); regressed != (c.Verdict.Status == results.Regression) {
					e.t.Errorf("%s: it ended with %v and says %s", record, err, c.Verdict.Status)
				}
				all.Lock()
				verdicts[verdictOf(&c)]++
				if delay == "10ms" {
					e.keep(&c)
				}
				all.Unlock()
				os.RemoveAll(record)
			}
		})
	}
	for range *examCompare {
		e.made++
		jobs <- filepath.Join(e.dir, fmt.Sprintf("%04d", e.made))
	}
	close(jobs)
	workers.Wait()
	return verdicts
}

// keep takes the pairs of a comparison into the pool.
func (e *comparisonExam) keep(c *results.Comparison) {
	for i := range c.Base.Records {
		var pair [2]*results.Run
		for j, dir := range []string{c.Base.Records[i], c.Head.Records[i]} {
			r, err := results.ReadRun(dir)
			if err != nil {
				e.t.Error(err)
				return
			}
			pair[j] = r
		}
		e.same = append(e.same, pair)
	}
}

// verdictOf is that of the comparison, but an improvement also where another metric is not decided.
func verdictOf(c *results.Comparison) string {
	if c.Verdict.Status == results.Regression {
		return results.Regression
	}
	for _, m := range c.Metrics {
		if m.Gated && m.Verdict == results.Improvement {
			return results.Improvement
		}
	}
	return c.Verdict.Status
}

// burn is a neighbour who uses a CPU for a while, and then none.
func burn(ctx context.Context) {
	r := rand.New(rand.NewPCG(1, 1))
	for ctx.Err() == nil {
		for end := time.Now().Add(time.Duration(r.IntN(3000)) * time.Millisecond); time.Now().Before(end) && ctx.Err() == nil; {
			for i := range 1 << 16 {
				_ = i * i
			}
		}
		_ = pause(ctx, time.Duration(r.IntN(3000))*time.Millisecond)
	}
}
