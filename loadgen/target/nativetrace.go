package target

import (
	"regexp"
	"strings"
)

var (
	sanitizerWhat  = regexp.MustCompile(`Sanitizer:? (?:attempting )?([\w-]+(?: [a-z][\w-]*)*)`)
	sanitizerFrame = regexp.MustCompile(`^\s+#\d+ (?:0x[0-9a-f]+ )?(?:in )?(\S+)`)
	undefined      = regexp.MustCompile(`^(\S+?):\d+:\d+: runtime error: ([^:]*)`)
	assertion      = regexp.MustCompile("^(?:[^:]+: )?([^:]+):\\d+: (.+?): Assertion [`'](.*)' failed")
	thrown         = regexp.MustCompile(`instance of '([^']*)'`)
	rustFrame      = regexp.MustCompile(`^\s+\d+: (?:0x[0-9a-f]+ - )?(\S+)`)
	rustHash       = regexp.MustCompile(`::h[0-9a-f]{16}$`)
	rustPlace      = regexp.MustCompile(`panicked at (?:'.*', )?(\S+?):\d+`)
)

// nativeTrace reads the words of programs in C, C++ and Rust.
func nativeTrace(kind, text string) trace {
	first := firstLine(text)
	switch kind {
	case "sanitizer":
		return sanitizerTrace(first, text)
	case "undefined behaviour":
		if m := undefined.FindStringSubmatch(first); m != nil {
			return trace{what: normal(m[2]), frames: []string{base(m[1])}}
		}
	case "assertion":
		if m := assertion.FindStringSubmatch(first); m != nil {
			return trace{what: m[3], frames: []string{m[2]}}
		}
	case "uncaught exception":
		if m := thrown.FindStringSubmatch(first); m != nil {
			return trace{what: m[1]}
		}
	case "rust panic":
		return rustTrace(text)
	}
	return trace{what: normal(first)}
}

func sanitizerTrace(first, text string) trace {
	var t trace
	if m := sanitizerWhat.FindStringSubmatch(first); m != nil {
		t.what, _, _ = strings.Cut(m[1], " on ")
	}
	for line := range strings.Lines(text) {
		m := sanitizerFrame.FindStringSubmatch(line)
		switch {
		case m == nil && len(t.frames) > 0:
			return t
		case m != nil && !strings.HasPrefix(m[1], "_") && !strings.Contains(m[1], "interceptor"):
			t.add(m[1])
		}
	}
	return t
}

func rustTrace(text string) trace {
	var t trace
	for line := range strings.Lines(text) {
		m := rustFrame.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		f := rustHash.ReplaceAllString(m[1], "")
		if name := strings.TrimLeft(f, "<_"); !strings.HasPrefix(name, "std::") && !strings.HasPrefix(name, "core::") && !strings.HasPrefix(name, "rust") && !strings.HasPrefix(name, "alloc::") {
			t.add(f)
		}
	}
	if m := rustPlace.FindStringSubmatch(text); m != nil && len(t.frames) == 0 {
		t.add(base(m[1]))
	}
	return t
}

// base is the last element of a path.
func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
