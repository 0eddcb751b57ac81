package inproc

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"xmpprig/fuzz/program"
	"xmpprig/scenarios"
)

// FuzzProgram parses and prints a program of package fuzz/program.
func FuzzProgram(data []byte) int {
	if len(data) > 64<<10 {
		return -1
	}
	p, err := program.Parse("fuzz.xp", data)
	if err != nil {
		require(placed(err, data), "an error about a program does not name its place")
		return 0
	}
	printed := p.String()
	again, err := program.Parse("printed.xp", []byte(printed))
	require(err == nil, "a printed program does not parse")
	require(reflect.DeepEqual(p, again), "a printed program parses to another")
	require(again.String() == printed, "a program is printed in two ways")
	for _, op := range p.Ops {
		if op.Verb == program.Send {
			expand(op.Arg)
		}
	}
	return 1
}

// expand fills a template of a program in: what parses expands, unless it grows beyond what is allowed.
func expand(template string) {
	text, err := program.Expand(template, func(name string) (string, bool) { return "x", name != "unknown" })
	require(err == nil || err.Error() != "", "an error says nothing")
	require(len(text) <= 64<<20, "a template grows without bound")
}

// FuzzTranscript parses and prints a transcript.
func FuzzTranscript(data []byte) int {
	if len(data) > 64<<10 {
		return -1
	}
	t, err := program.ParseTranscript("fuzz.txt", data)
	if err != nil {
		require(placed(err, data), "an error about a transcript does not name its place")
		return 0
	}
	printed := t.String()
	again, err := program.ParseTranscript("printed.txt", []byte(printed))
	require(err == nil, "a printed transcript does not parse")
	require(reflect.DeepEqual(t, again), "a printed transcript parses to another")
	require(again.String() == printed, "a transcript is printed in two ways")
	return score(len(t) > 0)
}

// placed holds every error of a joined one to a place inside the file.
func placed(err error, file []byte) bool {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) == 0 {
		return false
	}
	lines := bytes.Split(file, []byte("\n"))
	for _, e := range joined.Unwrap() {
		at, ok := errors.AsType[*program.SyntaxError](e)
		if !ok || at.Line < 1 || at.Line > len(lines) || at.Column < 1 || at.Column > len(lines[at.Line-1])+1 || at.Reason == "" {
			return false
		}
	}
	return true
}

// FuzzScenario parses, prints and plans a scenario.
func FuzzScenario(data []byte) int {
	if len(data) > 64<<10 {
		return -1
	}
	s, err := scenarios.Parse("fuzz.yaml", data)
	if err != nil {
		require(located(err, data), "an error about a scenario does not name its place")
		return 0
	}
	printed := s.Print()
	again, err := scenarios.Parse("printed.yaml", printed)
	require(err == nil, "a printed scenario does not parse")
	require(bytes.Equal(again.Print(), printed), "a scenario is printed in two ways")
	require(explained(s) == explained(again), "a printed scenario is another plan")
	return 1
}

func explained(s *scenarios.Scenario) string {
	var b strings.Builder
	require(s.Plan().Explain(&b, time.Time{}) == nil, "a plan is not explained")
	return b.String()
}

// located holds every error of a scenario to a place inside the file, in the file's order.
func located(err error, file []byte) bool {
	all, ok := err.(scenarios.Errors)
	if !ok || len(all) == 0 || len(all.Error()) > 1<<20 {
		return false
	}
	lines := bytes.Count(file, []byte("\n")) + bytes.Count(file, []byte("\r")) + 1
	last := 1
	for _, e := range all {
		if e.Line < last || e.Line > lines || e.Column < 1 || e.Column > len(file)+1 || e.Reason == "" || e.Detail() == "" {
			return false
		}
		last = e.Line
	}
	return true
}

// FuzzObjective parses an objective, and what it is written as.
func FuzzObjective(data []byte) int {
	text := string(data)
	o, err := scenarios.ParseObjective(text)
	if err != nil {
		at, ok := errors.AsType[*scenarios.ObjectiveError](err)
		require(ok && at.Column >= 1 && at.Column <= utf8.RuneCountInString(text)+1 && at.Reason != "", "an error about an objective does not name its place")
		return 0
	}
	again, err := scenarios.ParseObjective(o.Text)
	require(err == nil, "a written objective does not parse")
	require(again.Text == o.Text && again.Metric == o.Metric && again.Statistic == o.Statistic && again.Op == o.Op &&
		again.Bound == o.Bound && again.Unit == o.Unit && again.Phase == o.Phase, "a written objective parses to another")
	require(o.Bound >= 0 && o.Holds(o.Bound) == (o.Op != "<" && o.Op != ">"), "a bound does not bound")
	o.Percentile()
	o.Series()
	return 1
}
