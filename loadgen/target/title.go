package target

import (
	"regexp"
	"strings"
)

const (
	titleFrames = 3
	titleBytes  = 200
)

// A trace is what tells one failure from another in the text of a crash.
type trace struct {
	what   string   // what went wrong, without what differs from time to time
	frames []string // functions, the innermost first, without those that lead to every failure
}

// Title names the failure in one line that stays the same when it happens
// again: the kind, what went wrong, and the innermost functions. It holds no
// address, number, time, process or what a client sent.
func (c Crash) Title() string {
	t := c.trace()
	title := c.Kind
	if t.what != "" && t.what != c.Kind {
		title += ": " + t.what
	}
	if frames := t.frames[:min(titleFrames, len(t.frames))]; len(frames) > 0 {
		title += " in " + strings.Join(frames, " < ")
	}
	return cutTo(printable(title), titleBytes)
}

// Frames returns the functions that the text names, the innermost first, without
// those that lead to every failure, such as a runtime's own.
func (c Crash) Frames() []string { return c.trace().frames }

func (c Crash) trace() trace {
	switch c.Kind {
	case "panic", "recovered panic", "fatal error", "signal", "data race":
		return goTrace(c.Text)
	case "sanitizer", "undefined behaviour", "assertion", "uncaught exception", "rust panic":
		return nativeTrace(c.Kind, c.Text)
	case "traceback", "timer error", "listener error", "dns error", "lua error":
		return luaTrace(c.Text)
	case "crash report", "supervisor report", "process terminated", "process error", "hook crashed":
		return erlangTrace(c.Text)
	}
	if _, text, ok := strings.Cut(firstLine(c.Text), "] "); ok && jabberdLine.MatchString(c.Text) {
		return trace{what: normal(text)}
	}
	if c.Source == "exit" {
		return exitTrace(c)
	}
	return trace{what: normal(firstLine(c.Text))}
}

// exitTrace keeps the number of an exit status, which is what it says.
func exitTrace(c Crash) trace {
	var t trace
	t.add(c.Process)
	if c.Kind == "ended" {
		t.what, _, _ = strings.Cut(strings.TrimPrefix(firstLine(c.Text), c.Process+": "), " (core dumped)")
	} // else it is the signal
	return t
}

// What differs from time to time, in the order in which it is blanked.
var variable = []struct {
	what *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`<<.*?>>|"(?:[^"\\]|\\.)*"?|'[^']*'|` + "`[^`']*[`']"), "…"},
	{regexp.MustCompile(`<\d+\.\d+\.\d+>`), "…"},
	{regexp.MustCompile(`[^\s@<>()]+@[\w.-]+(/\S+)?`), "…"},
	{regexp.MustCompile(`\b0x[0-9a-fA-F]+\b`), "…"},
	{regexp.MustCompile(`(/[\w.+-]+)+/`), ""},
	{regexp.MustCompile(`\b[0-9a-fA-F]*\d[0-9a-fA-F]*[a-fA-F][0-9a-fA-F]{3,}\b|\b[a-fA-F]+\d[0-9a-fA-F]{6,}\b`), "…"},
	{regexp.MustCompile(`-?\d+([.:,]\d+)*`), "N"},
}

// normal blanks what differs from time to time in a line.
func normal(line string) string {
	for _, v := range variable {
		line = v.what.ReplaceAllString(line, v.as)
	}
	return strings.Join(strings.Fields(line), " ")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// printable makes one line of what is printed, whatever a server was made to log.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\ufffd' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
}

func cutTo(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n-len("…")], "") + "…"
}

// add appends a frame unless it says the same as the one before: recursion.
func (t *trace) add(frame string) {
	if n := len(t.frames); frame != "" && (n == 0 || t.frames[n-1] != frame) {
		t.frames = append(t.frames, frame)
	}
}
