package loadgen

import (
	"strings"
	"testing"
	"testing/synctest"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// What a faulty server does is known, and so is what objectives must say.
func TestObjectives(t *testing.T) {
	const steady, short = "{name: steady, duration: 30s, open: {rate: 100/s}}", "{name: steady, duration: 5s, open: {rate: 100/s}}"
	const mixed = "{choose: [{weight: 9, do: [disco]}, {do: [ping]}]}"
	const slow = "{name: steady, duration: 30s, open: {rate: 2/s}}"
	const both = "{name: a, duration: 10s, open: {rate: 60/s}}, {name: b, duration: 10s, open: {rate: 60/s}}"
	const note = "{message: {to: random, size: 1B}}"
	cases := []struct {
		phases, work, fault string
		objective           string
		exit                results.ExitCode
		reason              string // empty: there is none
	}{
		{steady, "ping", "delay=20ms", "ping p99 < 10ms", 10, "ping p99 was 20 ms, objective < 10 ms"},
		{steady, "ping", "delay=20ms", "ping p99 < 30ms", 0, ""},
		{steady, "ping", "delay=20ms", "ping max <= 15ms in steady", 10, "ping max in steady was 20 ms, objective <= 15 ms"},
		{steady, "ping", "delay=20ms", "ping mean > 25ms", 10, "ping mean was 20 ms, objective > 25 ms"},
		{steady, "ping", "delay=20ms", "ping p99.9 < 30ms", 14, "ping p99.9 is undecided: it takes 10000 samples, of which ten lie beyond, and there are 3000"},
		{short, "ping", "delay=20ms", "ping p99 < 10ms", 14, "it takes 1000 samples, of which ten lie beyond, and there are 500"},
		{short, "ping", "delay=20ms", "ping p95 < 30ms", 0, ""},
		{both, "ping", "delay=20ms", "ping p99 < 30ms", 0, ""}, // 1200 samples
		{both, "ping", "delay=20ms", "ping p99 < 30ms in b", 14, "ping p99 in b is undecided: it takes 1000 samples"},
		{steady, "ping", "stall=10s+5s", "ping p90 < 500ms", 10, "ping p90 was 2 s, objective < 500 ms"},
		{steady, "ping", "stall=10s+5s", "ping.service p90 < 500ms", 0, ""}, // 40 pings of 3000 were under way
		{steady, "ping", "login-delay=400ms", "login p50 < 300ms in login", 10, "login p50 in login was 1.6 s, objective < 300 ms"},
		{steady, "ping", "login-delay=400ms", "login.sasl p50 > 300ms in login", 0, ""},
		{steady, note, "lose=50", "lost == 0", 10, "lost was 60, objective == 0"},
		{steady, note, "lose=50", "lost <= 2%", 0, ""},
		{steady, note, "lose=50", "lost < 1.5%", 10, "lost was 2 %, objective < 1.5 %"},
		{steady, note, "duplicate=100", "duplicated == 0", 10, "duplicated was 30, objective == 0"},
		{steady, note, "misdeliver=100", "misdelivered == 0", 10, "misdelivered was 30, objective == 0"},
		{steady, note, "reorder=100", "reordered == 0", 10, "reordered was "},
		{steady, note, "delay=20ms", "message.delivery p99 < 10ms", 10, "message.delivery p99 was 20 ms, objective < 10 ms"},
		{steady, note, "seed=7", "errors == 0", 0, ""},
		{slow, mixed, "mute=ping", "errors < 0.1%", 10, "errors were "},
		{slow, mixed, "mute=ping", "errors == 0 in login", 0, ""},
		{slow, mixed, "mute=ping", "completed >= 99.5%", 10, "completed was "},
		{slow, mixed, "mute=ping", "ping max < 1s", 14, "ping max is undecided: there are no samples"},
		{slow, mixed, "mute=ping", "dropped == 0", 10, "dropped was "},
		{slow, mixed, "mute=ping", "rate >= 95/s", 10, "rate was "},
		{both, "ping", "delay=20ms", "rate >= 60/s", 0, ""},
		{both, "ping", "delay=20ms", "rate >= 60.5/s in b", 10, "rate in b was 60/s, objective >= 60.5/s"},
		{steady, "ping", "delay=20ms", "sessions >= 40", 0, ""},
		{steady, "ping", "delay=20ms", "sessions > 40", 10, "sessions were 40, objective > 40"},
		{steady, "ping", "delay=20ms", "server.rss < 1GiB", 14, "server.rss is undecided: the server's processes cannot be seen from here"},
		{steady, "ping", "delay=20ms", "server.cpu < 2", 14, "server.cpu is undecided: the server's processes"},
	}
	for _, c := range cases {
		t.Run(c.objective+" "+c.fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				run := newBench(t, scenario(40, c.phases, c.work)+"objectives: ["+c.objective+"]\n", c.fault).run(t)
				o := run.Objectives[0]
				if got := run.Verdict.ExitCode; got != int(c.exit) || o.Text != c.objective {
					t.Errorf("ended with %d, want %d: %+v, %+v", got, c.exit, o, run.Verdict)
				}
				if o.Passed != (c.exit == 0) || o.Undecided != (c.exit == 14) || (o.Observed == nil) != o.Undecided {
					t.Errorf("passed %v, undecided %v, observed %v", o.Passed, o.Undecided, o.Observed)
				}
				said := strings.Join(run.Verdict.Reasons, "\n")
				if c.reason == "" && said+o.Reason != "" || !strings.HasPrefix(o.Reason, c.reason) && !strings.HasSuffix(o.Reason, c.reason) || said != o.Reason {
					t.Errorf("reasons %q and %q, want %q", o.Reason, said, c.reason)
				}
			})
		})
	}
}

// Whatever an objective may be about is measured where the objective looks.
func TestObjectivesFindTheirSeries(t *testing.T) {
	const session = `
name: test
users: {name: "user{n}", password: "secret"}
load: {sessions: 4, login: {rate: 100/s}, warm-up: 2s, phases: [{name: steady, duration: 20s, open: {rate: 4/s}}]}
session:
  start: [login, presence, {subscribe: {to: paired, within: 5s}}, {roster: get}, {roster: {add: random}}]
  work: [ping, disco, {presence: away}, {message: {to: paired, size: 1B}}, {expect: {stanza: iq, within: 1s}},
    {raw: {xml: "<iq type='get' id='{id}'><ping xmlns='urn:xmpp:ping'/></iq>", await: true, as: by-hand}}, disconnect, reconnect, presence]
  stop: [ping, logout]
objectives:
`
	bounds := []string{
		"login max < 1h in login", "login.sasl max < 1h in login", "login.bind.service max < 1h in login",
		"subscribe max < 1h in login", "roster max < 1h in login", "roster-add max < 1h in login",
		"ping max < 1h", "ping max < 1h in warm-up", "ping.service max < 1h in steady", "disco max < 1h", "by-hand max < 1h", "expect max < 1h",
		"message.delivery max < 1h", "message.delivery.service max < 1h", "presence.delivery max < 1h", "login max < 1h", "login.bind mean < 1h",
		"ping mean < 1h in drain", "logout mean < 1h in drain",
		"errors < 100%", "errors < 100 in warm-up", "completed > 0 in login", "rate > 0/s in login", "lost < 100%",
	}
	synctest.Test(t, func(t *testing.T) {
		text := session
		for _, b := range bounds {
			text += "  - " + b + "\n"
		}
		run := newBench(t, text, "delay=1ms", "login-delay=1ms").run(t)
		if len(run.Objectives) != len(bounds) {
			t.Fatalf("%d objectives were judged of %d", len(run.Objectives), len(bounds))
		}
		for _, o := range run.Objectives {
			if o.Undecided {
				t.Errorf("%s: %s", o.Text, o.Reason)
			}
		}
	})
}

// Of several objectives the one that was missed counts more than one that is
// undecided, and a run that did not come to its end more than either.
func TestWorstObjectiveCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, scenario(2, "{name: steady, duration: 5s, open: {rate: 20/s}}", "ping")+
			"objectives: [ping p99.9 < 1s, ping p50 < 10ms, ping p50 < 1s]\n", "delay=20ms")
		run := b.run(t)
		if run.Verdict.ExitCode != 10 || len(run.Verdict.Reasons) != 2 || !run.Objectives[2].Passed {
			t.Errorf("%+v, %+v", run.Verdict, run.Objectives)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, scenario(2, "{name: steady, duration: 60s, open: {rate: 20/s}}", "ping")+"objectives: [ping p50 < 10ms, rate > 1/s]\n", "delay=20ms", "cut=all:10s")
		run := b.run(t)
		if run.Verdict.ExitCode != int(results.ExitIncomplete) || run.Objectives[0].Passed {
			t.Errorf("%+v, %+v", run.Verdict, run.Objectives)
		}
	})
}

// A reason never gives a figure that seems to keep to the bound.
func TestMissedFiguresAreSeenToMiss(t *testing.T) {
	cases := []struct {
		text     string
		observed float64
		want     string
	}{
		{"ping p99 < 250ms", 312_345_678, "ping p99 was 312 ms, objective < 250 ms"},
		{"ping p99 <= 250ms", 250_012_345, "ping p99 was 250.01 ms, objective <= 250 ms"},
		{"ping p99 < 250ms", 250_000_000, "ping p99 was 250 ms, objective < 250 ms"},
		{"ping p99 > 1500us", 1_499_900, "ping p99 was 1.4999 ms, objective > 1.5 ms"},
		{"completed >= 99.5%", 99.4999, "completed was 99.4999 %, objective >= 99.5 %"},
		{"server.rss < 1.5GiB", 2.25 * (1 << 30), "server.rss was 2.25 GiB, objective < 1.5 GiB"},
		{"server.cpu < 1.5", 1.5004, "server.cpu was 1.5004 CPUs, objective < 1.5 CPUs"},
		{"rate >= 950/s", 949.9666, "rate was 949.97/s, objective >= 950/s"},
		{"lost == 0", 12345, "lost was 12345, objective == 0"},
	}
	for _, c := range cases {
		o, err := scenarios.ParseObjective(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := (&judgement{Objective: o, observed: c.observed}).missed(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
