package fuzz

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"xmpprig/corpus"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/loopback"
	"xmpprig/results"
)

var (
	examSeconds = flag.Int("exam.seconds", 90, "how long a campaign may look for each planted defect")
	examClean   = flag.Int("exam.clean", 10, "how many seconds the clean server must yield nothing")
	examTable   = flag.String("exam.table", "", "file for the table of the exam")
	examShrink  = flag.Duration("exam.shrink", 2*time.Second, "how long a campaign may look for smaller programs of one finding")
	examOnly    = flag.String("exam.only", "", "defects to look for, with commas between; default: as few as have every oracle, class and shape")
	examSeeds   = flag.Bool("exam.seeds", false, "begin with the seeds alone, which send nothing hostile: what is found is found by mutation")
	examAll     = flag.Bool("exam.all", false, "look for all defects")
)

// mark is how the campaign did with one defect.
type mark struct {
	loopback.Defect
	found    *results.Finding // by the right oracle
	others   []string         // what else was found
	programs int64
	seconds  float64
}

// TestExam has a campaign look for each defect of the loopback server: the right oracle has to find it, confirm it and shrink it.
func TestExam(t *testing.T) {
	var all sync.Mutex
	marks := map[string]mark{}
	turns := make(chan struct{}, runtime.GOMAXPROCS(0)) // a campaign computes all the time, whatever -parallel says
	t.Run("defects", func(t *testing.T) {
		for _, d := range chosen() {
			t.Run(d.Name, func(t *testing.T) {
				t.Parallel()
				turns <- struct{}{}
				defer func() { <-turns }()
				m := examine(t, d)
				all.Lock()
				defer all.Unlock()
				marks[d.Name] = m
			})
		}
	})
	table(t, marks)
}

// chosen is the defects to look for: where nothing is said, as few as have every oracle, class and shape among them.
func chosen() []loopback.Defect {
	all := loopback.Defects()
	if *examOnly != "" {
		return slices.DeleteFunc(all, func(d loopback.Defect) bool { return !slices.Contains(strings.Split(*examOnly, ","), d.Name) })
	}
	all = slices.DeleteFunc(all, func(d loopback.Defect) bool { return bounded(d.Name) })
	if *examAll {
		return all
	}
	// How long others wait is found on a quiet machine, and not within a minute on every other: make exam looks for it.
	return fewest(slices.DeleteFunc(all, func(d loopback.Defect) bool { return d.Oracle == string(oracle.Neighbour) }))
}

// fewest takes, again and again, the defect that has most of the oracles, classes and shapes that none so far has.
func fewest(all []loopback.Defect) (some []loopback.Defect) {
	seen := map[string]bool{}
	fresh := func(d loopback.Defect) (keys []string) {
		for _, k := range []string{"oracle " + d.Oracle, "class " + d.Class, "shape " + d.Shape} {
			if !seen[k] {
				keys = append(keys, k)
			}
		}
		return keys
	}
	for {
		best := slices.MaxFunc(all, func(a, b loopback.Defect) int { return len(fresh(a)) - len(fresh(b)) })
		keys := fresh(best)
		if len(keys) == 0 {
			return some
		}
		for _, k := range keys {
			seen[k] = true
		}
		some = append(some, best)
	}
}

// examine runs one campaign.
func examine(t *testing.T, d loopback.Defect) mark {
	srv, site := child(t, d.Name)
	site.Patience, site.Glance = time.Second, 100*time.Millisecond
	right := func(f results.Finding) bool { return f.Oracle == d.Oracle }
	r, err := Run(t.Context(), srv, Plan{
		Seed: 1, Corpus: beginning(t), Record: t.TempDir(), Sites: []*Site{site}, Time: time.Duration(*examSeconds) * time.Second,
		ShrinkTime: *examShrink,
		Enough:     func(found []results.Finding) bool { return slices.ContainsFunc(found, right) },
	})
	if err != nil {
		t.Fatal(err)
	}
	m := mark{Defect: d, programs: r.Programs, seconds: r.Seconds}
	for _, f := range r.Findings {
		if right(f) && m.found == nil {
			m.found = &f
		} else {
			m.others = append(m.others, f.Oracle)
		}
	}
	if m.found == nil {
		t.Errorf("%s (%s: %s) was not found by the oracle %s in %d programs and %.0f s; by others: %s", d.Name, d.Meaning, d.Trigger, d.Oracle, r.Programs, r.Seconds, strings.Join(m.others, ", "))
		for _, f := range append(r.Findings, r.Doubts...) {
			t.Logf("%s %s [%s, %s] %s: %.200s (%s)", f.Oracle, f.Title, f.State, f.Input, f.Reliability, f.Detail, f.Origin)
		}
		return m
	}
	if m.found.Minimal.Operations > m.found.Size.Operations || m.found.Minimal.Bytes > m.found.Size.Bytes {
		t.Errorf("%s: the smallest program is larger than the first: %+v", d.Name, m.found)
	}
	return m
}

// beginning is what the campaign of an exam begins with.
func beginning(t testing.TB) []*program.Program {
	if *examSeeds {
		return parse(t, corpus.Seeds)
	}
	return shipped(t)
}

// table prints how the campaign did.
func table(t *testing.T, marks map[string]mark) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "defect\tclass\tshape\toracle\tfound\tprograms\tseconds\tin all\tsize\tsmallest\tby")
	found := 0
	for _, d := range loopback.Defects() {
		m, ok := marks[d.Name]
		if !ok {
			continue
		}
		if m.found == nil {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\tno\t%d\t%.1f\n", d.Name, d.Class, d.Shape, d.Oracle, m.programs, m.seconds)
			continue
		}
		found++
		f := m.found
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%.1f\t%.1f s\t%d ops, %d B\t%d ops, %d B\t%s\n", d.Name, d.Class, d.Shape, d.Oracle, f.Reliability, f.Programs, f.Seconds,
			m.seconds, f.Size.Operations, f.Size.Bytes, f.Minimal.Operations, f.Minimal.Bytes, f.Origin)
	}
	w.Flush()
	fmt.Fprintf(&b, "%d of %d found\n", found, len(marks))
	t.Logf("\n%s", b.String())
	if *examTable != "" {
		if err := os.WriteFile(*examTable, []byte(b.String()), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// TestOraclesAreThoseOfTheDefects holds the two lists together.
func TestOraclesAreThoseOfTheDefects(t *testing.T) {
	for _, d := range loopback.Defects() {
		if !slices.Contains(oracle.Names(), oracle.Name(d.Oracle)) {
			t.Errorf("%s is to be found by %q, which is no oracle", d.Name, d.Oracle)
		}
	}
}

// TestCleanServerYieldsNothing has a campaign on a correct server, which must report nothing.
func TestCleanServerYieldsNothing(t *testing.T) {
	srv, site := child(t)
	site.Patience, site.Glance = time.Second, 100*time.Millisecond
	r, err := Run(t.Context(), srv, Plan{Seed: 1, Corpus: shipped(t), Record: t.TempDir(), Sites: []*Site{site}, Time: time.Duration(*examClean) * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d programs, %d kept, %d edges, %d doubts, rig %.1f s, server %.1f s of CPU", r.Programs, r.Corpus, r.Coverage.Edges, len(r.Doubts), r.RigCPU, r.ServerCPU)
	for _, f := range r.Findings {
		t.Errorf("%s: %s [%s, %s] %s: %s (%s)", f.Oracle, f.Title, f.State, f.Input, f.Reliability, f.Detail, f.Origin)
	}
	for _, f := range r.Doubts {
		t.Logf("doubt: %s: %s [%s, %s] %s: %s (%s)", f.Oracle, f.Title, f.State, f.Input, f.Reliability, f.Detail, f.Origin)
	}
}
