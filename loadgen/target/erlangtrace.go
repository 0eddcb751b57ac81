package target

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// A frame in a term, and one in words.
	erlangTermFrame = regexp.MustCompile(`\{('[^']*'|[a-z]\w*),\s*('[^']*'|[a-z]\w*),\s*(\d+|\[[^{}]*\]),\s*\[(?:\{file|\])`)
	erlangWordFrame = regexp.MustCompile(`in (?:function|call from)\s+([\w@']+):('[^']*'|[\w@]+)/(\d+)`)
	erlangException = regexp.MustCompile(`(?s)exception (error|exit|throw): (.*)`)
	erlangReason    = regexp.MustCompile(`(?s)(?:Reason for termination ==?\s*(?:\*\* )?|with exit value:\s*|(?m:^\s*reason: )|(?m:^\s*Reason: ))(?:(error|exit|throw):)?(.*)`)
	erlangStackNext = regexp.MustCompile(`\n\s*(in function|in call from|ancestors:|called as|\*\*)`)
)

// erlangPlumbing lies between a process and whatever fails in it.
var erlangPlumbing = []string{
	"gen", "gen_server", "gen_statem", "gen_event", "p1_server", "p1_fsm", "proc_lib", "supervisor", "erlang", "ejabberd_hooks",
	"init", "timer", "lists", "maps", "erl_eval", "eval_bits", "shell",
}

// erlangTrace reads what Erlang reports of a process that failed: the reason
// with everything but its atoms blanked, and functions as module:name/arity.
func erlangTrace(text string) trace {
	t := trace{what: erlangWhat(text)}
	var all trace
	for _, m := range erlangWordFrame.FindAllStringSubmatch(text, -1) {
		all.addErlang(&t, m[1], m[2], m[3])
	}
	if len(all.frames) == 0 {
		for _, m := range erlangTermFrame.FindAllStringSubmatch(text, -1) {
			all.addErlang(&t, m[1], m[2], m[3])
		}
	}
	if len(t.frames) == 0 {
		t.frames = all.frames
	}
	return t
}

func (t *trace) addErlang(own *trace, module, name, arity string) {
	f := strings.Trim(module, "'") + ":" + strings.Trim(name, "'")
	if arity[0] != '[' { // else the arguments
		f += "/" + arity
	}
	t.add(f)
	if !slices.Contains(erlangPlumbing, module) {
		own.add(f)
	}
}

func erlangWhat(text string) string {
	if m := erlangException.FindStringSubmatch(text); m != nil {
		said := m[2]
		if end := erlangStackNext.FindStringIndex(said); end != nil {
			said = said[:end[0]]
		}
		return m[1] + ":" + wordShape(said)
	}
	m := erlangReason.FindStringSubmatch(text)
	if m == nil {
		return normal(firstLine(text))
	}
	shape := termShape(m[2])
	if what, ok := strings.CutSuffix(shape, ",…}"); ok && erlangTermFrame.MatchString(m[2]) && strings.HasPrefix(what, "{") {
		shape = what[1:] // the stack came with it
	}
	class := m[1]
	if class == "" {
		class = "error"
	}
	return class + ":" + shape
}

// wordShape is what Erlang says in words, with the term at the end blanked.
func wordShape(said string) string {
	said = strings.Join(strings.Fields(said), " ")
	if call := strings.Index(said, "("); call > 0 && strings.Contains(said, "matching ") {
		return said[:call] // no function clause matching f(…)
	}
	if i := strings.IndexAny(said, "{[<\"#"); i >= 0 {
		return said[:i] + termShape(said[i:])
	}
	if strings.Contains(said, " ") {
		return normal(said)
	}
	return termShape(said)
}
