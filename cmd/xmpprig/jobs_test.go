package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for what must come; it is never reached
// but on a machine that stands still.
const patience = 90 * time.Second

// exits runs a program and checks its exit code:
//
//	exits CODE[,CODE…] program [args…]
//
// Runs whose verdict is not the point accept 0,12: on a busy machine the rig
// may honestly find itself to be the limit. $QUICK or $FEW among the arguments is
// split into words.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE[,CODE…] program [args…]")
	}
	err := ts.Exec(args[1], words(ts, args[2:])...)
	checkCode(ts, args[0], err)
}

func checkCode(ts *testscript.TestScript, wanted string, err error) {
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if !slices.Contains(strings.Split(wanted, ","), strconv.Itoa(code)) {
		ts.Fatalf("exit code %d, want %s", code, wanted)
	}
}

// words splits the argument that holds several flags.
func words(ts *testscript.TestScript, args []string) (all []string) {
	for _, a := range args {
		if a == ts.Getenv("QUICK") || a == ts.Getenv("FEW") {
			all = append(all, strings.Fields(a)...)
		} else {
			all = append(all, a)
		}
	}
	return all
}

type jobsKey struct{}

// job is a program that runs while the script goes on.
type job struct {
	cmd  *exec.Cmd
	over chan error
}

func jobs(ts *testscript.TestScript) map[string]*job { return ts.Value(jobsKey{}).(map[string]*job) }

// begin starts a program whose output goes to NAME.out and NAME.err:
//
//	begin NAME program [args…]
func begin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: begin NAME program [args…]")
	}
	name := args[0]
	cmd := exec.Command(lookPath(ts, args[1]), words(ts, args[2:])...)
	cmd.Args[0] = args[1]
	cmd.Dir, cmd.Env = ts.MkAbs("."), []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME"), "TMPDIR=" + ts.Getenv("TMPDIR")}
	stdout, err := os.Create(ts.MkAbs(name + ".out"))
	ts.Check(err)
	defer stdout.Close()
	stderr, err := os.Create(ts.MkAbs(name + ".err"))
	ts.Check(err)
	defer stderr.Close()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	ts.Check(cmd.Start())
	j := &job{cmd: cmd, over: make(chan error, 1)}
	go func() { j.over <- cmd.Wait() }()
	jobs(ts)[name] = j
	ts.Defer(func() {
		if jobs(ts)[name] == j {
			cmd.Process.Kill()
			<-j.over
		}
	})
}

func lookPath(ts *testscript.TestScript, program string) string {
	for dir := range strings.SplitSeq(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		if path := dir + "/" + program; isProgram(path) {
			return path
		}
	}
	ts.Fatalf("%s is not on the PATH", program)
	return ""
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// signalJob sends a signal:
//
//	signal INT|TERM|KILL NAME
func signalJob(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: signal INT|TERM|KILL NAME")
	}
	s, ok := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL}[args[0]]
	j := jobs(ts)[args[1]]
	if !ok || j == nil {
		ts.Fatalf("no such signal or job: %s", args)
	}
	ts.Check(j.cmd.Process.Signal(s))
}

// ended waits for a program's end, for a bounded time, and checks its exit
// code, which is -1 if a signal ended it:
//
//	ended CODE[,CODE…] NAME
func ended(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || jobs(ts)[args[1]] == nil {
		ts.Fatalf("usage: ended CODE[,CODE…] NAME")
	}
	name := args[1]
	select {
	case err := <-jobs(ts)[name].over:
		delete(jobs(ts), name)
		ts.Logf("[%s.err]\n%s", name, ts.ReadFile(name+".err"))
		checkCode(ts, args[0], err)
	case <-time.After(patience):
		ts.Fatalf("%s has not ended within %v", name, patience)
	}
}

// await waits until a file matches a regular expression:
//
//	await FILE REGEXP
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await FILE REGEXP")
	}
	re, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && re.Match(text) {
			return
		}
	}
	text, _ := os.ReadFile(ts.MkAbs(args[0]))
	ts.Fatalf("%s does not match %q after %v:\n%s", args[0], args[1], patience, text)
}

// address waits for what serve writes to its --addr-file, and sets $TCP and $TLS:
//
//	address FILE
func address(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: address FILE")
	}
	await(ts, false, []string{args[0], "^tcp "})
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		what, where, _ := strings.Cut(strings.TrimSpace(line), " ")
		ts.Setenv(strings.ToUpper(what), where)
	}
}

// jsonHolds checks that a JSON file (or stdout) has a value at every path
// given, and that it is the one after "=" or another than the one after "!=":
//
//	json FILE PATH[=VALUE|!=VALUE]…
//
// A path is keys and indexes joined by dots; "len" is the length of a list, and
// "*" means every element of it, and KEY:VALUE those elements that hold that.
func jsonHolds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: json FILE PATH[=VALUE]…")
	}
	doc := document(ts, args[0])
	for _, a := range args[1:] {
		path, want, compared := strings.Cut(a, "=")
		path, differs := strings.CutSuffix(path, "!")
		for _, v := range values(ts, doc, path) {
			if got := fmt.Sprint(v); compared && (got == want) == differs {
				ts.Fatalf("%s is %s; wanted: %s", path, got, a)
			}
		}
	}
}

// same checks whether two JSON files have the same value at a path:
//
//	[!] same PATH FILE FILE
func same(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: [!] same PATH FILE FILE")
	}
	a, b := values(ts, document(ts, args[1]), args[0]), values(ts, document(ts, args[2]), args[0])
	if reflect.DeepEqual(a, b) == neg {
		ts.Fatalf("%s: %v and %v", args[0], a, b)
	}
}

// document reads the one JSON value of a file.
func document(ts *testscript.TestScript, file string) (doc any) {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(file)))
	d.UseNumber()
	ts.Check(d.Decode(&doc))
	if d.More() {
		ts.Fatalf("%s holds more than one value", file)
	}
	return doc
}

// values are what stands at a path.
func values(ts *testscript.TestScript, doc any, path string) []any {
	at := []any{doc}
	for key := range strings.SplitSeq(path, ".") {
		var next []any
		for _, v := range at {
			found := children(v, key)
			if len(found) == 0 {
				ts.Fatalf("there is no %s (at %q)", path, key)
			}
			next = append(next, found...)
		}
		at = next
	}
	return at
}

func children(v any, key string) []any {
	switch v := v.(type) {
	case map[string]any:
		if child, ok := v[key]; ok {
			return []any{child}
		}
	case []any:
		if name, value, ok := strings.Cut(key, ":"); ok {
			return slices.DeleteFunc(slices.Clone(v), func(e any) bool { return !slices.Equal(children(e, name), []any{value}) })
		}
		switch i, err := strconv.Atoi(key); {
		case key == "len":
			return []any{len(v)}
		case key == "*":
			return v
		case err == nil && i < len(v):
			return []any{v[i]}
		}
	}
	return nil
}
