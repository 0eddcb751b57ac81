package target

import (
	"regexp"
	"strings"
	"time"
)

// Crash is one sign in a log, or in the way the process ended, that the server
// failed inside; the process may well live on.
type Crash struct {
	At     time.Time // when it was noticed
	Source string    // the log file, or "exit"
	Kind   string    // from the table of the software: traceback, crash report, panic, …
	Text   string    // the lines that belong together, cut after some
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
}

var (
	prosodyStamp = regexp.MustCompile(`^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d `)
	erlangStamp  = regexp.MustCompile(`^\d{4}-\d\d-\d\d[ T]`)
)

func anyMore(string) bool          { return true } // a dying program says nothing else
func prosodyMore(line string) bool { return !prosodyStamp.MatchString(line) }
func erlangMore(line string) bool  { return !erlangStamp.MatchString(line) }

// processRules hold for the output of any program.
var processRules = []rule{
	{"panic", true, "panic: ", regexp.MustCompile(`^panic: `), anyMore},
	{"fatal error", true, "fatal error: ", regexp.MustCompile(`^fatal error: `), anyMore},
	{"signal", true, "SIG", regexp.MustCompile(`^SIG(SEGV|ABRT|BUS|FPE|ILL|QUIT|TRAP): `), anyMore},
	{"data race", true, "DATA RACE", regexp.MustCompile(`^WARNING: DATA RACE`), anyMore},
	{"sanitizer", true, "Sanitizer", regexp.MustCompile(`^(==\d+==\s*)?(ERROR|WARNING): \w+Sanitizer`), anyMore},
	{"undefined behaviour", true, "runtime error: ", regexp.MustCompile(`^\S+:\d+:\d+: runtime error: `), anyMore},
	{"signal", true, "egmentation fault", regexp.MustCompile(`^(\S+: )?Segmentation fault`), nil},
	{"heap corruption", true, "", regexp.MustCompile(`^(double free or corruption|free\(\): |malloc\(\): |munmap_chunk\(\): |corrupted |\*\*\* (stack smashing|buffer overflow) detected)`), nil},
	{"assertion", true, "Assertion ", regexp.MustCompile("Assertion [`'].*' failed"), nil},
}

// prosodyRules read "Mon DD HH:MM:SS source<TAB>level<TAB>text". Prosody
// swallows the stanza whose handler failed and lives on.
var prosodyRules = append([]rule{
	{"traceback", false, "\terror\tTraceback", regexp.MustCompile(`^[^\t]*\terror\tTraceback(\[\w+\])?: `), prosodyMore},
	{"timer error", false, "\terror\tError in timer", regexp.MustCompile(`^[^\t]*\terror\tError in timer: `), prosodyMore},
	{"listener error", false, " calling on", regexp.MustCompile(`^[^\t]*\terror\t(Closing due to error|Error) calling on\w+: `), prosodyMore},
	{"dns error", false, "\terror\tError in DNS", regexp.MustCompile(`^[^\t]*\terror\tError in DNS response handler: `), prosodyMore},
	{"lua error", true, "lua", regexp.MustCompile(`^lua[\d.]*: .*:\d+: `), prosodyMore},
	{"lua error", true, "PANIC", regexp.MustCompile(`^PANIC: unprotected error`), prosodyMore},
}, processRules...)

// erlangRules read "YYYY-MM-DD HH:MM:SS.mmm+ZZ:ZZ [level] <pid>@place text" and
// the VM's last words. Supervisors restart what died and the node lives on.
var erlangRules = append([]rule{
	{"crash report", false, "CRASH REPORT", regexp.MustCompile(`^\d{4}-\S+ \S+ \[(error|critical)\] .*CRASH REPORT`), erlangMore},
	{"supervisor report", false, "SUPERVISOR REPORT", regexp.MustCompile(`^\d{4}-\S+ \S+ \[(error|critical)\] .*SUPERVISOR REPORT`), erlangMore},
	{"process terminated", false, " terminating", regexp.MustCompile(`^\d{4}-\S+ \S+ \[(error|critical)\] [^*]*\*\* (Generic server|State machine|gen_event handler) .* terminating`), erlangMore},
	{"process error", false, "Error in process", regexp.MustCompile(`^\d{4}-\S+ \S+ \[(error|critical)\] \S+ ?Error in process <`), erlangMore},
	{"hook crashed", false, "crashed when running", regexp.MustCompile(`^\d{4}-\S+ \S+ \[(error|critical)\] .*Hook \S+ crashed when running`), erlangMore},
	{"vm death", true, " terminat", regexp.MustCompile(`^\{"(Kernel pid terminated|init terminating)`), anyMore},
	{"vm death", true, "Cannot ", regexp.MustCompile(`^\w+: Cannot (re)?allocate \d+ bytes`), anyMore},
	{"vm death", false, "Slogan: ", regexp.MustCompile(`^Slogan: `), nil}, // erl_crash.dump
}, processRules...)

// A detector turns lines into crashes.
type detector struct {
	rules []rule
	open  *Crash // being collected
	more  func(string) bool
	lines int
}

// line takes the next line of a source; finished crashes go to emit.
func (d *detector) line(source string, out bool, line string, emit func(Crash)) {
	if d.open != nil && d.open.Source == source && d.more != nil && d.more(line) && d.begins(out, line) == nil {
		if d.lines++; d.lines <= crashLines {
			d.open.Text += "\n" + line
		}
		return
	}
	d.flush(emit)
	if r := d.begins(out, line); r != nil {
		d.open, d.more, d.lines = &Crash{At: time.Now(), Source: source, Kind: r.kind, Text: line}, r.more, 1
	}
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

// flush ends the crash being collected.
func (d *detector) flush(emit func(Crash)) {
	if d.open != nil {
		emit(*d.open)
		d.open = nil
	}
}
