package target

import (
	"regexp"
	"strings"
	"time"
)

// Crash is one sign in a log, or in the way the process ended, that the server
// failed inside; the process may well live on.
type Crash struct {
	At      time.Time // when it was noticed
	Source  string    // the log file, or "exit"
	Process string    // of an exit: which of several processes ended
	Kind    string    // from the table of the software: traceback, crash report, panic, …; of an exit: ended, or SIGSEGV and the like
	Text    string    // the lines that belong together, cut after some
}

const crashLines = 60 // kept of one crash

// A rule says how a crash begins in a log. Rules are anchored to the start of
// the line or to the columns a log has before its text, so that what a client
// sends and a server quotes cannot pass for a crash.
type rule struct {
	kind   string
	output bool   // holds for stdout and stderr; otherwise for the software's own logs
	has    string // quick check: the line contains this
	begin  *regexp.Regexp
	more   func(line string) bool // whether a following line belongs to it; nil: none does
	// sure is found in one of the lines that follow soon, or it was no crash; nil:
	// the beginning is proof enough.
	sure *regexp.Regexp
}

const jabberdStamp = `^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} `

var (
	prosodyStamp = regexp.MustCompile(`^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d `)
	jabberdLine  = regexp.MustCompile(jabberdStamp + `\[\w+\] `)
	erlangStamp  = regexp.MustCompile(`^\d{4}-\d\d-\d\d[ T]`)
	// How lines of usual loggers begin: date, logfmt, JSON, syslog.
	anyStamp  = regexp.MustCompile(`^(\d{4}[-/]\d\d[-/]\d\d[ T]|time=|\{"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d)`)
	goroutine = regexp.MustCompile(`^goroutine \d+ (\S+ )*\[`)
)

func anyMore(string) bool          { return true } // a dying program says nothing else
func programMore(line string) bool { return !anyStamp.MatchString(line) }
func prosodyMore(line string) bool { return !prosodyStamp.MatchString(line) }
func reportMore(line string) bool  { return !strings.HasPrefix(line, "=") } // before a logger is there
func erlangMore(line string) bool  { return !erlangStamp.MatchString(line) }

// sureWithin is how many lines a crash has to become sure.
const sureWithin = 8

// processRules hold for the output of any program. One that recovers from a
// panic lives on, and logs: "panic" may then be just a word, if no stack follows.
var processRules = []rule{
	{kind: "panic", output: true, has: "panic: ", begin: regexp.MustCompile(`^panic: `), more: programMore},
	{kind: "recovered panic", output: true, has: "panic", sure: goroutine, more: programMore,
		begin: regexp.MustCompile(`^(\d{4}/\d\d/\d\d )?(\d\d:\d\d:\d\d(\.\d+)? )?([\w./-]+\.go:\d+: )?(http: |recovered( from)? )?panic( serving \S+)?: `)},
	{kind: "recovered panic", output: true, has: "goroutine ", begin: regexp.MustCompile(`^(\d{4}[/-]|time=|\{").*stack(trace)?(=|":)"goroutine \d+ \[running\]:\\n`)},
	{kind: "fatal error", output: true, has: "fatal error: ", begin: regexp.MustCompile(`^fatal error: `), more: anyMore},
	{kind: "signal", output: true, has: "SIG", begin: regexp.MustCompile(`^SIG(SEGV|ABRT|BUS|FPE|ILL|QUIT|TRAP): `), more: anyMore},
	{kind: "data race", output: true, has: "DATA RACE", begin: regexp.MustCompile(`^WARNING: DATA RACE`), more: programMore},
	{kind: "sanitizer", output: true, has: "Sanitizer", begin: regexp.MustCompile(`^(==\d+==\s*)?((ERROR|WARNING): \w+Sanitizer|\w+Sanitizer:? CHECK failed)`), more: anyMore},
	{kind: "undefined behaviour", output: true, has: "runtime error: ", begin: regexp.MustCompile(`^\S+:\d+:\d+: runtime error: `), more: programMore},
	{kind: "signal", output: true, has: "egmentation fault", begin: regexp.MustCompile(`^(\S+: )?Segmentation fault`)},
	{kind: "heap corruption", output: true, begin: regexp.MustCompile(`^(double free or corruption|free\(\): |malloc\(\): |malloc_consolidate\(\): |realloc\(\): |munmap_chunk\(\): |corrupted |Fatal glibc error: |\*\*\* (stack smashing|buffer overflow) detected)`)},
	{kind: "assertion", output: true, has: "Assertion ", begin: regexp.MustCompile("Assertion [`'].*' failed")},
	{kind: "uncaught exception", output: true, has: "terminate called", begin: regexp.MustCompile(`^terminate called (after throwing an instance of|without an active exception|recursively)`), more: programMore},
	{kind: "rust panic", output: true, has: "panicked at ", begin: regexp.MustCompile(`^thread '[^']*' (\(\d+\) )?panicked at `), more: programMore},
}

// prosodyRules read "Mon DD HH:MM:SS source<TAB>level<TAB>text". Prosody
// swallows the stanza whose handler failed and lives on.
var prosodyRules = append([]rule{
	{kind: "traceback", has: "\terror\tTraceback", begin: regexp.MustCompile(`^[^\t]*\terror\tTraceback(\[\w+\])?: `), more: prosodyMore},
	{kind: "timer error", has: "\terror\tError in timer", begin: regexp.MustCompile(`^[^\t]*\terror\tError in timer: `), more: prosodyMore},
	{kind: "listener error", has: " calling on", begin: regexp.MustCompile(`^[^\t]*\terror\t(Closing due to error|Error) calling on\w+: `), more: prosodyMore},
	{kind: "dns error", has: "\terror\tError in DNS", begin: regexp.MustCompile(`^[^\t]*\terror\tError in DNS response handler: `), more: prosodyMore},
	{kind: "lua error", output: true, has: "lua", begin: regexp.MustCompile(`^(\S*/)?lua[\d.]*: (.*:\d+: |not enough memory|error in )`), more: prosodyMore},
	{kind: "lua error", output: true, has: "PANIC", begin: regexp.MustCompile(`^PANIC: unprotected error`), more: prosodyMore},
}, processRules...)

// erlangRules read "YYYY-MM-DD HH:MM:SS.mmm+ZZ:ZZ [level] <pid>@place text" and
// the VM's last words. Supervisors restart what died and the node lives on.
var erlangRules = append([]rule{
	{kind: "crash report", has: "CRASH REPORT", begin: regexp.MustCompile(`^\d{4}-\S+ \S+ \[(error|critical)\] .*CRASH REPORT`), more: erlangMore},
	{kind: "supervisor report", has: "SUPERVISOR REPORT", begin: regexp.MustCompile(`^\d{4}-\S+ \S+ \[(error|critical)\] .*SUPERVISOR REPORT`), more: erlangMore},
	{kind: "process terminated", has: " terminating", begin: regexp.MustCompile(`^\d{4}-\S+ \S+ \[(error|critical)\] [^*]*\*\* (Generic server|State machine|gen_event handler) .* terminating`), more: erlangMore},
	{kind: "process error", has: "Error in process", begin: regexp.MustCompile(`^\d{4}-\S+ \S+ \[(error|critical)\] \S+ ?Error in process <`), more: erlangMore},
	{kind: "hook crashed", has: "crashed when running", begin: regexp.MustCompile(`^\d{4}-\S+ \S+ \[(error|critical)\] .*Hook \S+ crashed when running`), more: erlangMore},
	{kind: "crash report", output: true, has: "CRASH REPORT", begin: regexp.MustCompile(`^=CRASH REPORT==== `), more: reportMore},
	{kind: "process error", output: true, has: "Error in process", begin: regexp.MustCompile(`^Error in process <[\d.]+>.* with exit value:`), more: reportMore},
	{kind: "vm death", output: true, has: " terminat", begin: regexp.MustCompile(`^\{"(Kernel pid terminated|init terminating)`), more: anyMore},
	{kind: "vm death", output: true, has: "Cannot ", begin: regexp.MustCompile(`^\w+: Cannot (re)?allocate \d+ bytes`), more: anyMore},
	{kind: "vm death", has: "Slogan: ", begin: regexp.MustCompile(`^Slogan: `)}, // erl_crash.dump
}, processRules...)

// jabberdRules read "Www Mon DD HH:MM:SS YYYY [level] text". What a client does wrong
// is an error to it, too; these are failures inside. A process that dies says nothing.
var jabberdRules = append([]rule{
	{kind: "storage error", has: "[error] sqlite", begin: regexp.MustCompile(jabberdStamp + `\[error\] sqlite( \(authreg\))?: `)},
	{kind: "out of memory", has: "lloc", begin: regexp.MustCompile(jabberdStamp + `\[error\] (cannot allocate memory|s2s_domain_in_whitelist: malloc\(\) error)`)},
	{kind: "internal error", has: "should", begin: regexp.MustCompile(jabberdStamp + `\[error\] (pres_update got packet type|s2s_domain_in_whitelist: did not)`)},
	{kind: "internal error", has: "omponent", begin: regexp.MustCompile(jabberdStamp + `\[error\] Multiple components bound`)},
	{kind: "internal error", has: "[", begin: regexp.MustCompile(jabberdStamp + `\[(crit|alert|emerg)[a-z]*\] `)},
}, processRules...)

// A detector turns lines into crashes.
type detector struct {
	rules []rule
	open  *Crash // being collected
	rule  *rule  // by which it began
	sure  bool   // it is one
	lines int
}

// line takes the next line of a source; finished crashes go to emit.
func (d *detector) line(source string, out bool, line string, emit func(Crash)) {
	next := d.begins(out, line)
	if next == nil && d.belongs(source, line) {
		if d.lines++; d.lines <= crashLines {
			d.open.Text += "\n" + line
		}
		if !d.sure && d.rule.sure.MatchString(line) {
			d.sure = true
		}
		if d.sure || d.lines < sureWithin {
			return
		}
	}
	d.flush(emit)
	if next != nil {
		d.open, d.rule, d.lines = &Crash{At: time.Now(), Source: source, Kind: next.kind, Text: line}, next, 1
		d.sure = next.sure == nil
	}
}

func (d *detector) belongs(source, line string) bool {
	return d.open != nil && d.open.Source == source && d.rule.more != nil && d.rule.more(line)
}

func (d *detector) begins(out bool, line string) *rule {
	for i := range d.rules {
		r := &d.rules[i]
		if r.output == out && strings.Contains(line, r.has) && r.begin.MatchString(line) {
			return r
		}
	}
	return nil
}

// pause ends the crash being collected unless the next lines decide about it.
func (d *detector) pause(emit func(Crash)) {
	if d.sure {
		d.flush(emit)
	}
}

// flush ends the crash being collected.
func (d *detector) flush(emit func(Crash)) {
	if d.open != nil && d.sure {
		emit(*d.open)
	}
	d.open, d.sure = nil, false
}
