package target

import (
	"regexp"
	"slices"
	"strings"
)

var (
	luaPlace = regexp.MustCompile(`^\s*(?:[^\t]*\terror\t)?(?:[\w. \[\]]+: )*(\S+?):\d+: `)
	luaFrame = regexp.MustCompile(`^\s+(\S+?):\d+: in (?:function <|\w+ '([^']*)'|main chunk)`)
	// What Lua itself raises; what error() is called with may be a client's.
	luaReason = regexp.MustCompile(`(attempt to [a-z ]+|bad argument|stack overflow|not enough memory|invalid [a-z ]+|error in error handling|malformed [a-z ]+|C stack overflow|string slice too long|table overflow|module '[\w.]+' not found)`)
)

// luaPlumbing lies between Prosody's main loop and whatever fails.
var luaPlumbing = []string{"events", "async", "xpcall", "prosody", "server_epoll", "server_event", "server_select", "runner"}

// luaTrace reads a message of Lua and its stack traceback: functions as
// module:function, or the module alone where the function has no name.
func luaTrace(text string) trace {
	var t trace
	first := firstLine(text)
	t.what = strings.TrimSpace(luaReason.FindString(first))
	for line := range strings.Lines(text) {
		if m := luaFrame.FindStringSubmatch(line); m != nil {
			t.addLua(m[1], m[2])
		}
	}
	if len(t.frames) > 0 {
		return t
	}
	if m := luaPlace.FindStringSubmatch(first); m != nil {
		t.addLua(m[1], "")
	} else if t.what == "" {
		_, message, _ := strings.Cut(first, "\terror\t")
		t.what = normal(message)
	}
	return t
}

func (t *trace) addLua(file, function string) {
	module := strings.TrimSuffix(base(file), ".lua")
	if module == "[C]" || slices.Contains(luaPlumbing, module) {
		return
	}
	if function != "" && function != "?" {
		module += ":" + function
	}
	t.add(module)
}
