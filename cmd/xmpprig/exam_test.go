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
)

var examCompare = flag.Int("exam.compare", 0, "how many comparisons of each kind are made with runs on the built-in server")

// base is how long the server takes for a ping; so long that little of the answer's time is anything else.
const base = 10 * time.Millisecond

// lanes is how many comparisons are under way at once: a run of the exam waits most of its time.
const lanes = 5

// TestExamOfComparisons has the program compare, from the command line, a server with itself, and with one that takes longer, while
// something else uses the machine now and then. It takes a minute a comparison. The live rows of its table are of comparisons as
// they were made; the others are drawn out of all pairs that were.
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
	kinds := []*kind{
		{name: "5 % slower, as noise says", share: .05, from: .9, to: 1},
		{name: "10 % slower", share: .1, pairs: 10, from: .95, to: 1},
		{name: "the same", pairs: 8, to: .02},
	}
	for _, k := range kinds {
		e.compare(k)
		t.Logf("%s: ping p50 %s", k.name, k.effect())
	}
	t.Logf("%-48s %s", "head beside base", tallied)
	for _, k := range kinds {
		k.judge(t, k.name+", live", k.live)
	}
	for _, k := range kinds[1:] {
		k.judge(t, fmt.Sprintf("%s, %d pairs drawn", k.name, k.pairs), k.drawn(t, true))
	}
	same := kinds[2]
	same.judge(t, fmt.Sprintf("%s, %d runs a side drawn", same.name, same.pairs), same.drawn(t, false))
}

type comparisonExam struct {
	t        *testing.T
	bin, dir string
	made     int
}

// load is what is run: short, and all but idle, so that the lanes do not disturb one another.
func (e *comparisonExam) load(verb, record string) []string {
	return []string{verb, "--plots=false", "--progress=none", "--warm-up=0s", "--duration=1s", "--sessions=20", "--rate=300/s", "--fault", "delay=" + base.String(), "--record", record}
}

// recommended is how many pairs the verb noise says that 5 % take, or 0 where it says that more are needed than it looks at; and the
// median time of a ping. It is asked before each comparison, in its lane, since other users of the machine come and go.
func (e *comparisonExam) recommended(record string) (pairs int, median float64) {
	args := append(e.load("noise", record), "--effect", "5", "--repeat", "10", "--format", "json", "ping")
	out, err := exec.Command(e.bin, args...).Output()
	var n results.Noise
	if bad := json.Unmarshal(out, &n); bad != nil {
		e.t.Logf("noise: %v, %v", err, bad)
		return 0, 0
	}
	for _, m := range n.Metrics {
		if strings.HasPrefix(m.Metric, "ping p50") {
			e.t.Logf("noise: %s: sd %.2f %%, at most %.2f %%; %d pairs", m.Metric, 100*m.SD, 100*m.SDHigh, m.Needed)
			return m.Needed, m.Median
		}
	}
	return 0, 0
}

// compare makes the comparisons of a kind.
func (e *comparisonExam) compare(k *kind) {
	records := make(chan string)
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range lanes {
		workers.Go(func() {
			for record := range records {
				pairs, median := k.pairs, float64(base)
				if pairs == 0 {
					pairs, median = e.recommended(record + "-noise")
				}
				var c *results.Comparison
				if pairs > 0 {
					c = e.interleave(record, base+time.Duration(k.share*median).Round(time.Microsecond), pairs)
				}
				mu.Lock()
				k.live.add(c, k.share > 0)
				k.keep(e.t, c)
				mu.Unlock()
				os.RemoveAll(record)
			}
		})
	}
	for range *examCompare {
		e.made++
		records <- filepath.Join(e.dir, fmt.Sprintf("%04d", e.made))
	}
	close(records)
	workers.Wait()
}

// interleave makes one comparison; nil: the rig was the limit in all its pairs, so there is none.
func (e *comparisonExam) interleave(record string, delay time.Duration, pairs int) *results.Comparison {
	args := append(e.load("run", record), "--interleave", "--fault delay="+delay.String(), "--repeat", strconv.Itoa(pairs), "--format", "json", "ping")
	out, err := exec.Command(e.bin, args...).Output()
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	}
	if len(out) == 0 && code == int(results.ExitLimited) {
		return nil
	}
	var c results.Comparison
	if bad := json.Unmarshal(out, &c); bad != nil {
		e.t.Errorf("%s: %v, %v", record, err, bad)
		return nil
	}
	if regressed := code == int(results.ExitRegression); regressed != (c.Verdict.Status == results.Regression) && code != int(results.ExitLimited) {
		e.t.Errorf("%s: it ended with %d and says %s", record, code, c.Verdict.Status)
	}
	return &c
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
