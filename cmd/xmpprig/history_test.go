package main

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"xmpprig/results"
)

// plantHistory makes records like the run in RECORD, a day apart, that differ as runs do; in those from FROM on all times are FACTOR times
// as long:
//
//	plant RECORD DIR N FROM FACTOR
func plantHistory(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 5 {
		ts.Fatalf("usage: plant RECORD DIR N FROM FACTOR")
	}
	run, err := results.ReadRun(ts.MkAbs(args[0]))
	ts.Check(err)
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	from, err := strconv.Atoi(args[3])
	ts.Check(err)
	factor, err := strconv.ParseFloat(args[4], 64)
	ts.Check(err)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range n {
		longer := math.Exp(.02 * r.NormFloat64())
		if i >= from {
			longer *= factor
		}
		ts.Check(writeLike(*run, ts.MkAbs(args[1]), i, longer))
	}
}

// writeLike writes a run like another as number i, with times so many times as long.
func writeLike(run results.Run, dir string, i int, longer float64) error {
	run.Started = time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC)
	run.Labels = results.Labels{"commit": "c" + strconv.Itoa(i), "branch": "main"}
	run.Verdict = results.Verdict{Status: results.StatusPassed}
	run.Generator.Limited = false
	run.Series = append([]results.Series(nil), run.Series...)
	for k := range run.Series {
		s := &run.Series[k]
		s.MeanNS *= longer
		for _, p := range []**int64{&s.P50NS, &s.P90NS, &s.P99NS, &s.P999NS} {
			if *p != nil {
				v := int64(float64(**p) * longer)
				*p = &v
			}
		}
	}
	text, err := json.Marshal(run)
	if err != nil {
		return err
	}
	name := dir + "/r" + strconv.Itoa(i)
	if err := os.MkdirAll(name, 0o755); err != nil {
		return err
	}
	return os.WriteFile(name+"/"+results.RunFile, text, 0o644)
}
