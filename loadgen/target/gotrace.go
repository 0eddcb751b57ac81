package target

import (
	"regexp"
	"slices"
	"strings"
)

var (
	goFrame = regexp.MustCompile(`^([\w./*()\[\]~%,·-]+)\(.*\)$`)
	// What the runtime panics with, and the words kept of it.
	goReasons = regexp.MustCompile(`(invalid memory address or )?nil pointer dereference|index out of range|slice bounds out of range|integer divide by zero|` +
		`assignment to entry in nil map|(send on|close of) (closed|nil) channel|interface conversion|makeslice: (len|cap) out of range|` +
		`hash of unhashable type|concurrent map [a-z ]+|stack overflow|all goroutines are asleep|out of memory|negative shift amount|` +
		`strings: negative Repeat count|checkptr: [a-z ]+|sync: [a-z ]+`)
	goSignal  = regexp.MustCompile(`^SIG[A-Z]+`)
	raceFrame = regexp.MustCompile(`^  ([^\s].*)\(\)$`)
)

// goTrace reads the words of a Go program that panicked, died or raced.
func goTrace(text string) trace {
	if strings.HasPrefix(text, "WARNING: DATA RACE") {
		return raceTrace(text)
	}
	head, stack, found := strings.Cut(text, "goroutine ")
	if unquoted := strings.NewReplacer(`\n`, "\n", `\t`, "\t"); found && !strings.Contains(stack, "\n") {
		stack = unquoted.Replace(stack) // a structured log has it in one line
	}
	t := trace{what: goWhat(head)}
	for _, f := range goFrames(stack) {
		t.add(f)
	}
	if t.what == "" && len(t.frames) == 0 {
		t.what = normal(firstLine(text))
	}
	return t
}

// goWhat keeps what the runtime says; other words may be a client's.
func goWhat(head string) string {
	if s := goSignal.FindString(head); s != "" {
		return s
	}
	if strings.Contains(head, "egmentation fault") {
		return "SIGSEGV"
	}
	return strings.TrimSpace(goReasons.FindString(head))
}

// goFrames reads the stack of the first goroutine: from the panic on, where the
// stack is that of the function which recovered.
func goFrames(stack string) []string {
	var all []string
	for line := range strings.Lines(stack) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "created by ") || len(all) > 0 && strings.HasPrefix(line, "goroutine ") {
			break
		}
		if m := goFrame.FindStringSubmatch(line); m != nil {
			if all = append(all, m[1]); m[1] == "panic" {
				all = all[:0]
			}
		}
	}
	own := slices.DeleteFunc(slices.Clone(all), isGoRuntime)
	if len(own) == 0 {
		own = all
	}
	for i, f := range own {
		own[i] = f[strings.LastIndexByte(f, '/')+1:]
	}
	return own
}

func isGoRuntime(f string) bool {
	for _, p := range []string{"runtime.", "runtime/", "internal/", "sync.", "sync/", "reflect.", "syscall.", "testing."} {
		if strings.HasPrefix(f, p) {
			return true
		}
	}
	return f == "panic"
}

// raceTrace takes the function of each of the two accesses; which one the
// detector sees first is chance.
func raceTrace(text string) trace {
	var t trace
	top := true
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "Goroutine ") {
			break
		}
		if m := raceFrame.FindStringSubmatch(line); m != nil && top && !isGoRuntime(m[1]) {
			t.frames, top = append(t.frames, m[1][strings.LastIndexByte(m[1], '/')+1:]), false
		} else if line == "" {
			top = true
		}
	}
	slices.Sort(t.frames)
	t.frames = slices.Compact(t.frames)
	return t
}
