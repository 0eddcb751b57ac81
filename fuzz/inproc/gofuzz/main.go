// Gofuzz runs a target of fuzz/inproc with the go-fuzz engine:
//
//	go run ./fuzz/inproc/gofuzz [-time 30s] [-procs 2] FuzzClient
//
// It runs in the root of the module. The engine starts from the target's seeds, from fuzz/inproc/testdata/fuzz, and from what
// go test -fuzz has found; what it finds goes there: crashers to testdata/fuzz, where go test sees them, and its corpus to the
// cache of go test -fuzz. Its own files are in runs/gofuzz/TARGET. The exit code is not 0 if there are crashers that are no
// findings, or if something else is wrong.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"xmpprig/fuzz/inproc"
)

func main() {
	length := flag.Duration("time", 30*time.Second, "how long to fuzz, building apart")
	procs := flag.Int("procs", 2, "processes at once")
	flag.Parse()
	name := flag.Arg(0)
	i := slices.IndexFunc(inproc.Targets(), func(t inproc.Target) bool { return t.Name == name })
	if i < 0 || flag.NArg() != 1 {
		usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := fuzz(ctx, newJob(inproc.Targets()[i], *procs), *length)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gofuzz: error:", err)
		code = 2
	}
	os.Exit(code)
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: gofuzz [-time 30s] [-procs 2] TARGET\ntargets:")
	for _, t := range inproc.Targets() {
		fmt.Fprintf(os.Stderr, "  %-18s %s\n", t.Name, t.Holds)
	}
}

// fuzz does it all in turn. The end of ctx ends the engine, and what it found until then counts.
func fuzz(ctx context.Context, j *job, length time.Duration) (code int, err error) {
	before, err := j.export()
	if err != nil {
		return 0, err
	}
	if err := j.build(ctx); err != nil {
		return 0, err
	}
	status, err := j.run(ctx, length)
	if err != nil {
		return 0, err
	}
	fmt.Println(status)
	after, err := j.keep()
	if err != nil {
		return 0, err
	}
	fmt.Printf("corpus: %d inputs before, %d after\n", before, after)
	broken, err := j.judge()
	if broken > 0 {
		code = 1
	}
	return code, err
}

// job is one run of the engine.
type job struct {
	target inproc.Target
	procs  int
	dir    string // of the engine
	zip    string // the instrumented target
	found  string // inputs that fail, for go test
	cache  string // inputs of go test -fuzz
}

const pkg = "./fuzz/inproc"

func newJob(t inproc.Target, procs int) *job {
	dir := filepath.Join("runs", "gofuzz", t.Name)
	return &job{target: t, procs: procs, dir: dir, zip: filepath.Join(dir, "target.zip"), found: filepath.Join(filepath.FromSlash(pkg), "testdata", "fuzz", t.Name)}
}
