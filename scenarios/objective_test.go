package scenarios

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseObjective(t *testing.T) {
	ms := float64(time.Millisecond)
	cases := []struct {
		text string
		want Objective // but for Text and columns
	}{
		{"message.delivery p99 < 250ms", Objective{Metric: "message.delivery", Statistic: "p99", Op: "<", Bound: 250 * ms, Unit: Nanoseconds}},
		{"ping p99.9 <= 1m30s in steady", Objective{Metric: "ping", Statistic: "p99.9", Op: "<=", Bound: 90_000 * ms, Unit: Nanoseconds, Phase: "steady"}},
		{"login.service mean > 0.5ms in login", Objective{Metric: "login.service", Statistic: "mean", Op: ">", Bound: ms / 2, Unit: Nanoseconds, Phase: "login"}},
		{"lost p50 >= 1h", Objective{Metric: "lost", Statistic: "p50", Op: ">=", Bound: 3_600_000 * ms, Unit: Nanoseconds}},
		{"errors < 0.1% in p", Objective{Metric: "errors", Op: "<", Bound: .1, Unit: Percent, Phase: "p"}},
		{"errors == 0", Objective{Metric: "errors", Op: "=="}},
		{"completed >= 99.5%", Objective{Metric: "completed", Op: ">=", Bound: 99.5, Unit: Percent}},
		{"dropped <= 12", Objective{Metric: "dropped", Op: "<=", Bound: 12}},
		{"rate >= 5700/m", Objective{Metric: "rate", Op: ">=", Bound: 95, Unit: PerSecond}},
		{"misdelivered == 0", Objective{Metric: "misdelivered", Op: "=="}},
		{"server.rss < 1.5GiB", Objective{Metric: "server.rss", Op: "<", Bound: 1.5 * (1 << 30), Unit: Bytes}},
		{"server.rss < 2GB", Objective{Metric: "server.rss", Op: "<", Bound: 2e9, Unit: Bytes}},
		{"server.cpu < 1.5", Objective{Metric: "server.cpu", Op: "<", Bound: 1.5, Unit: CPUs}},
		{"recovery.all < 20s", Objective{Metric: "recovery.all", Op: "<", Bound: 20_000 * ms, Unit: Nanoseconds}},
		{"sessions >= 2000", Objective{Metric: "sessions", Op: ">=", Bound: 2000}},
		{"ping p99 < 5ms over 10s", Objective{Metric: "ping", Statistic: "p99", Op: "<", Bound: 5e6, Unit: Nanoseconds, Window: 10 * time.Second, Share: 100}},
		{"errors < 1% over 1m for 99.5% in p abort after 30s", Objective{Metric: "errors", Op: "<", Bound: 1, Unit: Percent, Phase: "p", Window: time.Minute,
			Share: 99.5, Abort: true, AbortAfter: 30 * time.Second}},
		{"errors == 0 abort in p", Objective{Metric: "errors", Op: "==", Phase: "p", Abort: true}},
	}
	for _, c := range cases {
		o, err := ParseObjective(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if o.Text != c.text {
			t.Errorf("%q is written %q", c.text, o.Text)
		}
		dense := strings.NewReplacer(" < ", "<", " <= ", "<=", " > ", ">", " >= ", ">=", " == ", "==").Replace("  " + c.text + " ")
		if again, err := ParseObjective(dense); err != nil || again.Text != c.text {
			t.Errorf("%q: %q, %v", dense, again.Text, err)
		}
		o.Text, o.metricAt, o.statisticAt, o.phaseAt, o.windowAt, o.abortAt = "", 0, 0, 0, 0, 0
		if o != c.want {
			t.Errorf("%s: %+v, want %+v", c.text, o, c.want)
		}
	}
}

func TestWrongObjectives(t *testing.T) {
	cases := []struct {
		text, at       string // at begins where the error is; empty: at the end
		reason, remedy string
	}{
		{"", "", "empty", "ping p99 < 250ms"},
		{"   ", "   ", "empty", ""},
		{"< 5ms", "<", `"<" is neither`, ""},
		{"Errors == 0", "Errors", "neither the label of a series nor a figure", `did you mean "errors"?`},
		{"ping", "ping", "no statistic follows", "ping p99 < 250ms"},
		{"lots == 0", "lots", `"lots" is no figure`, `did you mean "lost"?`},
		{"ping p98 < 5ms", "p98", `"p98" is no statistic`, `did you mean "p`},
		{"ping P99 < 5ms", "P99", `"P99" is no statistic`, `did you mean "p99"?`},
		{"ping p99", "", "the operator is missing", "<="},
		{"ping p99 != 5ms", "!=", `"!=" is no operator`, "known here: <"},
		{"ping p99 =< 5ms", "=<", `"=<" is no operator`, ""},
		{"ping p99 == 5ms", "==", "never equal", "<="},
		{"ping p99 <", "", "the bound is missing", ""},
		{"ping p99 < 5", "5", `"5" is not a duration`, ""},
		{"ping p99 < 5%", "5%", `"5%" is not a duration`, ""},
		{"ping p99 < 61m", "61m", "out of range", "1h"},
		{"ping p99 < 0ms", "0ms", "nothing is below 0", ""},
		{"errors >= 0%", "0%", "at least 0", ""},
		{"errors p99 < 5%", "p99", "is one figure and has no p99", "leave p99 out"},
		{"errors < 101%", "101%", "out of range", "100%"},
		{"errors < 0.5", "0.5", `"0.5" is not a whole number or a share`, ""},
		{"errors == 1%", "1%", "never equal", "=="},
		{"errors < -1", "-1", `"-1" is not`, ""},
		{"rate >= 950", "950", `"950" is not a rate`, ""},
		{"rate >= 950/d", "950/d", "is not a rate", ""},
		{"rate == 950/s", "950/s", "never equal", ""},
		{"server.rss < 5", "5", `"5" is not a size`, ""},
		{"server.rss < 2048TiB", "2048TiB", "out of range", ""},
		{"server.cpu < 150%", "150%", "is not a number of CPUs", ""},
		{"sessions >= 1.5", "1.5", "whole number", ""},
		{"lost == 0 in steady", "in", "for the whole run", "leave in steady out"},
		{"server.cpu < 2 in p", "in", "for the whole run", ""},
		{"errors == 0 at p", "at", "has no place", "in PHASE"},
		{"errors == 0 in", "", "the phase is missing", ""},
		{"errors == 0 in A", "A", "no name of a phase", ""},
		{"errors == 0 in p q", "q", "has no place", "over WINDOW"},
		{"errors == 0 in p in q", "in q", "twice", ""},
		{"lost == 0 over 10s", "over", "when the run is over", "leave over 10s out"},
		{"lost == 0 abort", "abort", "when the run is over", ""},
		{"recovery.all < 20s abort", "abort", "when the run is over", ""},
		{"recovery.all < 20s over 10s", "over", "when the run is over", ""},
		{"recovery.half < 20s in p", "in", "for the whole run", ""},
		{"recovery.some < 20s", "recovery.some", "no figure", "recovery."},
		{"errors == 0 over", "", "length of the windows is missing", "10s"},
		{"errors == 0 over 0s", "0s", "at least one", ""},
		{"errors == 0 over 1500ms", "1500ms", "whole seconds", ""},
		{"errors == 0 over 2h", "2h", "is not a window", ""},
		{"errors == 0 over ten", "ten", "is not a window", ""},
		{"errors == 0 for 95%", "for", "no windows", "over 10s"},
		{"errors == 0 over 1s for", "", "share of the windows is missing", ""},
		{"errors == 0 over 1s for 0%", "0%", "out of range", ""},
		{"errors == 0 over 1s for 101%", "101%", "out of range", ""},
		{"errors == 0 over 1s for 0.95", "0.95", "is not a share", "for 95%"},
		{"errors == 0 abort after", "", "delay is missing", "30s"},
		{"errors == 0 abort after all", "all", "is not a delay", ""},
		{"errors == 0 abort soon", "soon", "has no place", "abort after DELAY"},
		{"errors\t== 0", "errors", "neither", ""},
		{"é == 0", "é", "neither", ""},
		{strings.Repeat("a", 250) + "!", "!", "longer than 250", ""},
	}
	for _, c := range cases {
		o, err := ParseObjective(c.text)
		var typed *ObjectiveError
		if !errors.As(err, &typed) {
			t.Errorf("%q: %+v, %v", c.text, o, err)
			continue
		}
		column := len([]rune(c.text)) + 1
		if i := strings.LastIndex(c.text, c.at); c.at != "" && i >= 0 {
			column = i + 1
		}
		if strings.TrimSpace(c.text) == "" {
			column = 1
		}
		if typed.Column != column || !strings.Contains(typed.Reason, c.reason) || !strings.Contains(typed.Remedy, c.remedy) {
			t.Errorf("%q: want column %d, %q, %q; got %d, %v", c.text, column, c.reason, c.remedy, typed.Column, err)
		}
	}
}

// objectiveMistakes are those of TestMistakes: what a file or the scenario
// around it makes wrong.
func objectiveMistakes() []mistake {
	const last = "stop: [logout]"
	in := func(o string) string { return last + "\nobjectives:\n  - errors == 0\n  - " + o }
	none := "target: {tls: none}\nload:\n  sessions: 10\n  warm-up: 0s\n  phases: [{name: p, duration: 10s, open: {rate: 20/s}}]\nsession:\n  start: [login]\n" +
		"  work: [ping]\nobjectives: "
	const whole = `target: {server: loopback}
load:
  sessions: 10
  phases: [{name: p, duration: 10s, open: {rate: 20/s}}]
session:
  start: [login]
  work: [ping]
  stop: [logout]
`
	unanswered := "target: {}\nload:\n  sessions: 10\n  phases: [{name: p, duration: 10s, open: {rate: 20/s}}]\nsession:\n  start: [login]\n" +
		"  work: [presence, {message: {to: self, size: 1B, as: note}}, {raw: x}, {subscribe: random}]\nobjectives: "
	return []mistake{
		{last, last + "\nobjectives: []", "[]", "0 entries", "", true},
		{last, last + "\nobjectives: errors == 0", "errors", "is not a list", "", true},
		{last, in("5"), "5", "is not an objective", "", true},
		{last, in("[x]"), "[x]", "a list stands here", "", true},
		{last, in("ping p98 < 5ms"), "p98", `"p98" is no statistic`, "did you mean", true},
		{last, in("'ping p99 < 5'"), "5'", "is not a duration", "", false},
		{last, in(`"lots == 0"`), `lots`, "no figure", `"lost"`, true},
		{last, in("pong p99 < 5ms"), "pong", `no series "pong"`, `did you mean "ping"?`, false},
		{last, in("errors p99 < 5ms"), "p99", "is one figure", "leave p99 out", false},
		{last, in(`"ping p99 < 5ms in q"`), `q"`, `no phase "q"`, `did you mean "p"?`, false},
		{last, in("errors == 0 in drain"), "drain", "not known in drain", "", false},
		{last, in("login p90 < 1s"), "login", "session.work, which is what runs in the measured phases, has no", "in login", false},
		{last, in("ping p90 < 1s in login"), "ping", "session.start", "without in", false},
		{last, in("ping p90 < 1s in drain"), "ping", "session.stop", "without in", false},
		{last, in("lost == 0"), "lost", "the scenario sends none", "", false},
		{last, in("recovery.all < 20s"), "recovery", "no session that loses its connection comes back", "reconnect: true", false},
		{last, in("ping p90 < 1s over 11s"), "over", "no phase lasts as long as one window, 11s", "for longer", false},
		{last, in("ping p90 < 1s abort after 10s"), "abort", "over before 10s have passed", "", false},
		{last, in("login p90 < 1s over 5s in login"), "over", "has no windows", "leave over out", false},
		{last, in("'errors == 0 over 1.5s'"), "1.5s'", "whole seconds", "", false},
		{"work: [ping]", "work: [{ping: {as: x.service}}]", "ping", "ends in .service", "", false},
		{whole, none + "[errors == 0 in warm-up]", "warm-up]", "there is no warm-up", "", false},
		{whole, none + "[login.upgrade p90 < 1s in login]", "login.upgrade", "the transport is tcp", "", false},
		{whole, none + "[login.tls p90 < 1s in login]", "login.tls", "tls is none", "", false},
		{whole, unanswered + "[note p90 < 1s]", "note p", "waits for no answer", "message.delivery", false},
		{whole, unanswered + "[presence p90 < 1s]", "presence p", "waits for no answer", "presence.delivery", false},
		{whole, unanswered + "[raw p90 < 1s]", "raw p", "waits for no answer", "await: true", false},
		{whole, unanswered + "[subscribe p90 < 1s]", "subscribe p", "waits for no answer", "within", false},
	}
}

func TestObjectivesOfTheCommandLine(t *testing.T) {
	s := parsed(t, mixed+"objectives: [ping p90 < 1s in level]\n")
	w, err := s.With(Overrides{Objectives: []string{"lost==0", "login.tls p99 < 1s in login"}})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, o := range w.Objectives {
		texts = append(texts, o.Text)
	}
	if got := strings.Join(texts, "; "); got != "ping p90 < 1s in level; lost == 0; login.tls p99 < 1s in login" || len(s.Objectives) != 1 {
		t.Errorf("%s; the file's now %+v", got, s.Objectives)
	}
	roundTrip(t, w)
	cases := []struct {
		o    Overrides
		want string
	}{
		{Overrides{Objectives: []string{"ping p98 < 1s"}}, `--objective "ping p98 < 1s": column 6: "p98" is no statistic (did you mean`},
		{Overrides{Objectives: []string{"ping p99 < 1s in levl"}}, `--objective "ping p99 < 1s in levl": column 18: there is no phase "levl" (did you mean "level"?)`},
		{Overrides{Objectives: []string{"login.tls p9 < 1s in login"}}, `column 11: "p9" is no statistic`},
		{Overrides{TLS: "none", Objectives: []string{"login.tls p99 < 1s in login"}}, `--tls none --objective "login.tls p99 < 1s in login": column 1: "login.tls" takes no time`},
		{Overrides{WarmUp: ptr(0), Objectives: []string{"rate > 1/s in warm-up"}}, `--warm-up 0s --objective "rate > 1/s in warm-up": column 15: there is no warm-up`},
		{Overrides{Objectives: []string{""}}, `--objective "": column 1: the objective is empty`},
	}
	for _, c := range cases {
		if _, err := s.With(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.o, err, c.want)
		}
	}
	var b strings.Builder
	if err := w.Plan().Explain(&b, time.Time{}); err != nil || !strings.Contains(b.String(), "\nobjective: lost == 0\n") {
		t.Errorf("%v: %s", err, b.String())
	}
}

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		op                  string
		below, equal, above bool
	}{{"<", true, false, false}, {"<=", true, true, false}, {">", false, false, true}, {">=", false, true, true}, {"==", false, true, false}} {
		o := Objective{Op: c.op, Bound: 5}
		if o.Holds(4) != c.below || o.Holds(5) != c.equal || o.Holds(6) != c.above {
			t.Errorf("5 %s: %v %v %v", c.op, o.Holds(4), o.Holds(5), o.Holds(6))
		}
	}
}
