package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"xmpprig/results"
)

var (
	examCapacity = flag.Int("exam.capacity", 0, "search the capacity of so many loopback servers with a planted limit, and print the answers")
	examTrial    = flag.Duration("exam.trial", 5*time.Second, "length of the trials of that examination")
)

// TestCapacityExam plants rates and numbers of sessions that the search does not know, and starves the rig once.
func TestCapacityExam(t *testing.T) {
	if *examCapacity == 0 {
		return
	}
	bin := filepath.Join(t.TempDir(), "xmpprig")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	fmt.Printf("%-22s %8s %8s %8s %7s %6s %6s  %s\n", "planted", "answer", "missed", "off", "trials", "time", "exit", "said")
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for i := range *examCapacity {
		span := math.Pow(16, (float64(i)+rng.Float64())/float64(*examCapacity))
		rate := math.Round(500 * span)
		scenario := []string{"ping", "chat"}[i%2]
		examine(t, bin, fmt.Sprintf("%s %.0f/s", scenario, rate), rate, results.ExitPass,
			"--fault", fmt.Sprintf("rate=%.0f/s", rate), "--sessions", "200", "--start", "400", scenario)
	}
	room := math.Round(100 * math.Pow(10, rng.Float64()))
	examine(t, bin, fmt.Sprintf("%.0f sessions", room), room, results.ExitPass, "--vary", "sessions", "--fault", fmt.Sprintf("sessions=%.0f", room), "chat")
	examine(t, bin, "a rig with no CPU", 0, results.ExitLimited, "--sessions", "4", "--start", "20000", "--trial", "2s", "chat")
}

// examine searches once; a truth of 0 wants no number for the server.
func examine(t *testing.T, bin, planted string, truth float64, want results.ExitCode, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	dir := t.TempDir()
	all := append([]string{"capacity", "--format", "json", "--plots=false", "--progress=none", "--tls", "none", "--warm-up", "1s", "--trial", examTrial.String(),
		"--confirm", "10s", "--record", filepath.Join(dir, "record")}, args...)
	cmd := exec.CommandContext(ctx, bin, all...)
	cmd.Env = os.Environ()
	if want == results.ExitLimited {
		cmd.Env = append(cmd.Env, "GOMAXPROCS=1")
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	err := cmd.Run()
	var c results.Capacity
	if jerr := json.Unmarshal(out.Bytes(), &c); jerr != nil {
		t.Errorf("%s: %v, %v", planted, err, jerr)
		return
	}
	off := "–"
	if truth > 0 {
		v := c.Answer.Load/truth - 1
		off = fmt.Sprintf("%+.1f %%", 100*v)
		if math.Abs(v) > .05 {
			t.Errorf("%s: the answer is %v", planted, c.Answer.Load)
		}
	} else if !c.Answer.Limited {
		t.Errorf("%s: %+v", planted, c.Answer)
	}
	if c.Verdict.ExitCode != int(want) {
		t.Errorf("%s: exit %d, want %d", planted, c.Verdict.ExitCode, want)
	}
	fmt.Printf("%-22s %8s %8s %8s %7d %6s %6d  %s\n", planted, strconv.FormatFloat(c.Answer.Load, 'f', -1, 64), strconv.FormatFloat(c.Answer.Missed, 'f', -1, 64), off,
		len(c.Trials), time.Duration(c.ElapsedNS).Round(time.Second), c.Verdict.ExitCode, c.Answer.Text)
}
