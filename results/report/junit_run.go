package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"xmpprig/results"
)

// RunJUnit writes runs as JUnit XML, a suite for each: its first test is whether the run can be believed, that is whether it came to
// its end and the rig was not the limit; one is whether the server lived; then each objective is a test. A missed objective is a
// failure, one that is undecided is skipped. What was measured is in the suite's output. It fails only where w does.
func RunJUnit(w io.Writer, runs ...*results.Record) error {
	all := junitSuites{Name: "xmpprig run"}
	var total float64
	for _, r := range runs {
		all.Suites = append(all.Suites, runSuite(r))
		total += recordEnd(r).Seconds()
	}
	all.Time = junitTime(total)
	all.add()
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

func runSuite(r *results.Record) junitSuite {
	run := &r.Run
	name := line(nonEmpty(run.Scenario.Name), 60) + " on " + line(serverName(run.Target), 60)
	if len(run.Labels) > 0 {
		name += " (" + line(run.Labels.String(), 200) + ")"
	}
	s := junitSuite{Name: name, Time: junitTime(recordEnd(r).Seconds()), Timestamp: timestamp(run.Started)}
	for _, f := range append(ranFacts(r), fact{"verdict", line(nonEmpty(run.Verdict.Status), 40)}, fact{"exit code", fmt.Sprint(run.Verdict.ExitCode)}) {
		s.Properties = append(s.Properties, junitProperty{f.Label, f.Value})
	}
	class := "xmpprig.run." + line(nonEmpty(run.Scenario.Name), 60)
	s.Cases = append(s.Cases, soundCase(r, class), crashCase(run, class))
	for _, o := range run.Objectives {
		s.Cases = append(s.Cases, objectiveCase(o, class))
	}
	if c, ok := otherCase(r, class); ok {
		s.Cases = append(s.Cases, c)
	}
	s.Cases[0].Out = strings.Join(measuredLines(run), "\n")
	return s
}

// soundCase is whether the figures are the server's.
func soundCase(r *results.Record, class string) junitCase {
	c := junitCase{Name: "the run came to its end, and the rig was not the limit", Class: class, Time: junitTime(recordEnd(r).Seconds())}
	switch {
	case r.Run.Verdict.Status == results.StatusIncomplete || r.Run.Unfinished:
		c.Failure = &junitFailure{Type: results.StatusIncomplete, Message: firstReason(r), Text: strings.Join(reasons(r), "\n")}
	case generatorLimited(&r.Run):
		c.Failure = &junitFailure{Type: results.StatusLimited, Message: firstReason(r), Text: strings.Join(reasons(r), "\n")}
	}
	return c
}

func firstReason(r *results.Record) string {
	if all := reasons(r); len(all) > 0 {
		return all[0]
	}
	return line(nonEmpty(r.Run.Verdict.Status), 40)
}

func crashCase(run *results.Run, class string) junitCase {
	c := junitCase{Name: "the server did not crash", Class: class, Time: "0.000"}
	if all := run.Server.Crashes; len(all) > 0 {
		c.Failure = &junitFailure{Type: "crash", Message: line(all[0].Title, 300), Text: cut(clean(all[0].Text, true), mostCrash)}
	}
	return c
}

func objectiveCase(o results.Objective, class string) junitCase {
	c := junitCase{Name: line(nonEmpty(o.Text), 120), Class: class, Time: "0.000"}
	cells := objectiveCells(o)
	said := fmt.Sprintf("observed %s, bound %s, samples %s", cells[2], cells[3], cells[4])
	why := line(o.Reason, 500)
	if why == "" {
		why = said
	}
	switch {
	case o.Undecided:
		c.Skipped = &junitSkipped{"undecided: " + why}
	case !o.Passed:
		c.Failure = &junitFailure{Type: "objective", Message: why, Text: said}
	default:
		c.Out = said
	}
	return c
}

// otherCase is a verdict that no other test accounts for.
func otherCase(r *results.Record, class string) (junitCase, bool) {
	run := &r.Run
	known := run.Verdict.Status == results.StatusPassed || run.Verdict.Status == results.StatusInconclusive ||
		run.Verdict.Status == results.StatusIncomplete || generatorLimited(run) || len(run.Server.Crashes) > 0 || run.Unfinished
	for _, o := range run.Objectives {
		known = known || !o.Passed && !o.Undecided
	}
	if known {
		return junitCase{}, false
	}
	return junitCase{Name: "verdict", Class: class, Time: "0.000",
		Failure: &junitFailure{Type: line(nonEmpty(run.Verdict.Status), 40), Message: firstReason(r), Text: strings.Join(reasons(r), "\n")}}, true
}

// measuredLines are the run's measures, one a line.
func measuredLines(run *results.Run) []string {
	var all []string
	for _, m := range run.Measures() {
		text := line(m.Name, 120) + ": " + inUnit(m.Value, m.Unit)
		if m.Samples > 0 {
			text += " (n = " + count(m.Samples) + ")"
		}
		all = append(all, text)
	}
	return all
}
