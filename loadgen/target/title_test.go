package target

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// The titles of the crashes in testdata/logs.
var titles = map[string][]string{
	"address-overflow.log":    {"sanitizer: heap-buffer-overflow in f < parse < main"},
	"address-sanitizer.log":   {"sanitizer: heap-use-after-free in main"},
	"assertion.log":           {"assertion: c==77 in main"},
	"double-free.log":         {"heap corruption: free(): double free detected in tcache N"},
	"ejabberd-crashes.log":    {"process terminated: error:planted_in_a_server in xmpprig_fail:handle_cast/2", "process error: error:planted_in_a_process in xmpprig_fail:-boot/0-fun-0-/0", "crash report: error:planted_in_a_server in xmpprig_fail:handle_cast/2", "supervisor report: error:planted_in_a_server in xmpprig_fail:handle_cast/2", "hook crashed: error:planted_in_a_hook in xmpprig_fail:hook/1 < xmpprig_fail:boot/0"},
	"erlang-death.log":        {"vm death: {…,application_controller,killed}"},
	"erlang-dump.log":         {"vm death: Slogan: Kernel pid terminated (application_controller) (killed)"},
	"erlang-early.log":        {"process error: error:function_clause in lists:nth", "crash report: error:no match of right hand side value {error,…}"},
	"go-deadlock.log":         {"fatal error: all goroutines are asleep in main.main"},
	"go-nil.log":              {"panic: invalid memory address or nil pointer dereference in main.main"},
	"go-overflow.log":         {"fatal error: stack overflow in main.main.func4"},
	"go-panic.log":            {"panic: assignment to entry in nil map in main.main"},
	"go-race.log":             {"data race in main.main.func1"},
	"go-recovered.log":        {"recovered panic: index out of range in main.(*parser).element < main.route < main.main.func1", "recovered panic: index out of range in main.(*parser).element < main.route < main.serve", "panic: index out of range in main.(*parser).element < main.route < main.main.func2", "recovered panic: index out of range in main.(*parser).element < main.route < main.main.func3"},
	"jabberd2-errors.log":     {"storage error: sqlite: sql insert failed: planted"},
	"lua-error.log":           {"lua error in o:f < o"},
	"lua-memory.log":          {"lua error: not enough memory"},
	"prosody-crashes.log":     {"traceback in mod_xmpprig_fail < stanza_router:core_process_stanza < mod_c2s:func", "timer error in mod_xmpprig_fail"},
	"rust-panic.log":          {"rust panic in r::parse < r::main"},
	"uncaught-exception.log":  {"uncaught exception: std::runtime_error"},
	"undefined-sanitizer.log": {"undefined behaviour: signed integer overflow in a.c"},
}

// volatile is what another occurrence of the same crash would have different.
var volatile = regexp.MustCompile(`0x[0-9a-f]{6,}|<0\.\d+\.\d+>|:\d+\b( \+0x)?|\d\d:\d\d:\d\d|line [0-9]+|==\d+==|user@x`)

func TestTitles(t *testing.T) {
	files, err := filepath.Glob("testdata/logs/*.log")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for _, file := range files {
		source, _, body := excerpt(t, file)
		var got []string
		for _, c := range detect(source, body) {
			got = append(got, c.Title())
			c.Text = volatile.ReplaceAllStringFunc(c.Text, func(s string) string { return otherDigits(r, s) })
			if again := c.Title(); again != got[len(got)-1] {
				t.Errorf("%s: %q, the next time %q", filepath.Base(file), got[len(got)-1], again)
			}
		}
		if want := titles[filepath.Base(file)]; !slices.Equal(got, want) {
			t.Errorf("%s:\n%q, want\n%q", filepath.Base(file), got, want)
		}
	}
}

func otherDigits(r *rand.Rand, s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '1' && c <= '9' {
			return rune('1' + r.IntN(9))
		}
		return c
	}, s)
}

func TestTitlesOfOtherCrashes(t *testing.T) {
	for _, tt := range []struct{ kind, text, want string }{
		{"ended", "exit status 2", "ended: exit status 2"},
		{"ended", "signal: killed", "ended: signal: killed"},
		{"SIGSEGV", "signal: segmentation fault (core dumped)\nleft core.77", "SIGSEGV"},
		{"signal", "Segmentation fault", "signal: SIGSEGV"},
		{"signal", "SIGABRT: abort\nPC=0x46c9e1 m=0 sigcode=0\n\ngoroutine 7 gp=0xc000007180 m=0 [syscall]:\nruntime.cgocall(0x4, 0x5)\n\truntime/cgocall.go:167 +0x4b\nexample.org/srv/xmpp.(*Stream).feed(0xc0001, {0x1, 0x2})\n\tx.go:1", "signal: SIGABRT in xmpp.(*Stream).feed"},
		{"panic", "panic: no such stanza: 17 from juliet@example.org\n\ngoroutine 3 [running]:\nmain.parse[...](0x1)\n\tx.go:1\nmain.main()\n\tx.go:2", "panic in main.parse[...] < main.main"},
		{"panic", "panic: broken \"pipe\" of juliet@example.org/balcony at 0xc000123", "panic: panic: broken … of … at …"},
		{"traceback", "Nov 23 01:42:22 c2s55e2412f4640\terror\tTraceback[c2s]: /usr/lib/prosody/modules/mod_c2s.lua:83: attempt to index a nil value (local 'x')\nstack traceback:\n\t/usr/lib/prosody/modules/mod_c2s.lua:83: in function </usr/lib/prosody/modules/mod_c2s.lua:80>\n\t(...tail calls...)\n\t/usr/lib/prosody/util/xmppstream.lua:123: in function 'util.xmppstream.open'", "traceback: attempt to index a nil value in mod_c2s < xmppstream:util.xmppstream.open"},
		{"listener error", "Nov 23 01:42:22 server_epoll\terror\tError calling ondisconnect: juliet@example.org is nil", "listener error: Error calling ondisconnect: … is nil"},
		{"process terminated", "2026-11-23 01:42:25.4+00:00 [error] <0.622.0>@p1_server:terminate/7:878 ** State machine <0.622.0> terminating\n** Last message in was {tcp,#Port<0.77>,<<\"<iq/>\">>}\n** Reason for termination = error:{badmatch,{error,<<\"juliet@example.org\">>,[1,2],#Ref<0.1.2.3>,'x y',\"it's\"}}\n** Stacktrace = [{xmpp_stream_in,process_element,2,[{file,\"src/xmpp_stream_in.erl\"},{line,523}]},\n {p1_server,handle_msg,8,[{file,\"src/p1_server.erl\"},{line,696}]}]", "process terminated: error:{badmatch,{error,…,…,…,…,…}} in xmpp_stream_in:process_element/2"},
		{"crash report", "2026-11-23 01:42:25.4+00:00 [error] <0.1.0>@proc_lib:crash_report/4:539 CRASH REPORT:\n  crasher:\n    initial call: x:init/1\n    pid: <0.622.0>\n    exception error: no function clause matching jid:decode([106,117],\n                                                        2)\n      in function  jid:decode/2 (src/jid.erl, line 93)\n      in call from ejabberd_c2s:handle/2 (src/x.erl, line 1)\n", "crash report: error:no function clause matching jid:decode in jid:decode/2 < ejabberd_c2s:handle/2"},
		{"crash report", "…CRASH REPORT:\n    exception exit: {{case_clause,{[],0}},\n                     [{mod_x,f,[<<\"j\">>],[{file,\"a\"},{line,1}]}]}\n      in function  proc_lib:crash/1 (x)\n    ancestors: []", "crash report: exit:{{case_clause,{…,…}},…} in proc_lib:crash/1"},
		{"vm death", "eheap_alloc: Cannot allocate 18446744 bytes of memory (of type \"heap\").", "vm death: eheap_alloc: Cannot allocate N bytes of memory (of type …)."},
	} {
		source := "stderr.log"
		if tt.kind == "ended" || strings.HasPrefix(tt.kind, "SIG") {
			source = "exit"
		}
		if got := (Crash{Source: source, Kind: tt.kind, Text: tt.text}).Title(); got != tt.want {
			t.Errorf("%s: %.60q…:\n%s, want\n%s", tt.kind, tt.text, got, tt.want)
		}
	}
}

// Whatever a server is made to log, a title is one short line.
func TestTitleIsOneShortLine(t *testing.T) {
	kinds := map[string]bool{"ended": true, "SIGSEGV": true, "unheard of": true}
	for _, r := range slices.Concat(prosodyRules, erlangRules) {
		kinds[r.kind] = true
	}
	r := rand.New(rand.NewPCG(1, 2))
	const pieces = "panic: |goroutine 1 [running]:|\n|\x00|\x1b[31m|\xff|<<|>>|\"|'|{|}|[|]|,|exception error: |in function |a:b/1|Reason for termination ==|: Assertion `|:1:2: runtime error: |Sanitizer: |    #0 |0x1f|ä|f(x)|\t| "
	all := strings.Split(pieces, "|")
	for kind := range kinds {
		for range 300 {
			var b strings.Builder
			for range r.IntN(200) {
				b.WriteString(all[r.IntN(len(all))])
			}
			title := Crash{Source: "exit", Kind: kind, Text: b.String()}.Title()
			if len(title) > titleBytes || strings.ContainsFunc(title, unicode.IsControl) || !strings.HasPrefix(title, kind) {
				t.Fatalf("%s: %q of %q", kind, title, b.String())
			}
		}
	}
}

// The signal that ended a process is its kind of crash.
func TestSignalsAreKinds(t *testing.T) {
	for signal, want := range map[string]string{"SEGV": "SIGSEGV", "ABRT": "SIGABRT", "KILL": "ended", "TERM": "ended"} {
		p := &process{cmd: exec.Command("/bin/sh", "-c", "kill -"+signal+" $$"), exited: make(chan struct{})}
		p.cmd.Dir = t.TempDir()
		if err := p.cmd.Run(); err == nil {
			t.Fatalf("%s: no error", signal)
		}
		if c := p.crash(); c.Kind != want || !strings.HasPrefix(c.Text, "signal: ") {
			t.Errorf("%s: %q", signal, c)
		}
	}
}
