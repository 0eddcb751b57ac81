package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// timed is a series of times and the part of the session that makes it.
type timed struct {
	label string
	part  sessionPart
}

// sessionPart is a block of session, and so the phases that run it.
type sessionPart int

const (
	inStart sessionPart = iota // the login phase
	inWork                     // warm-up and the measured phases
	inStop                     // the drain
)

// timed returns the series that have response or service times.
func (s *Scenario) timed() (all []timed) {
	for part, steps := range [][]Step{s.Session.Start, s.Session.Work, s.Session.Stop} {
		for step := range All(steps) {
			for _, label := range timesOf(step) {
				all = append(all, timed{label, sessionPart(part)})
			}
			if m, ok := step.(Message); ok && s.copied(m) {
				all = append(all, timed{"message.carbon", sessionPart(part)})
			}
		}
	}
	return all
}

// timesOf are the labels under which a step's times are recorded. What is sent
// without an answer has none of its own.
func timesOf(s Step) []string {
	label := s.Common().Label
	switch v := s.(type) {
	case Login:
		return loginTimes(label)
	case Reconnect:
		return loginTimes("login")
	case Resume:
		return loginTimes(label)
	case CSI:
		return nil
	case Upload:
		return v.times()
	case Register:
		return []string{label, label + accountSuffix}
	case Message:
		return v.times()
	case Presence:
		return []string{"presence.delivery"}
	case Groupchat:
		return []string{"groupchat.delivery", "groupchat.first", "groupchat.last"}
	case Request:
		return v.times()
	case Raw:
		if !v.Await {
			return nil
		}
	case Subscribe:
		if v.Within == 0 {
			return nil
		}
	case Wait, Repeat, Every, Choose, Disconnect, StopReading, Vanish:
		return nil
	}
	return []string{label}
}

func loginTimes(label string) []string {
	all := []string{label}
	for _, part := range loginParts() {
		all = append(all, label+part)
	}
	return all
}

// checkObjectives holds the objectives against the rest of the scenario.
func (k *checker) checkObjectives() {
	for _, o := range k.Objectives {
		if o.Phase != "" {
			k.checkObjectivePhase(o)
		}
		k.checkObjectiveWindow(o)
		if o.Statistic != "" {
			k.checkObjectiveSeries(o)
		} else if IsRecovery(o.Metric) {
			k.checkRecovery(o)
		} else if f, _ := figureOf(o.Metric); f.messages && !slices.ContainsFunc(k.timed(), func(t timed) bool { return t.label == "message.delivery" || t.label == "groupchat.delivery" }) {
			k.objective(o, o.metricAt, show(o.Metric)+" counts messages, and the scenario sends none", "")
		}
	}
}

// objective reports a conflict at a column of an objective.
func (k *checker) objective(o Objective, column int, reason, remedy string, flags ...string) {
	pos := o.Pos
	if pos == (Position{}) {
		reason = fmt.Sprintf("column %d: %s", column, reason)
	} else {
		pos.Column = column
	}
	k.add(conflict{pos: pos, reason: reason, remedy: remedy, about: append(flags, objectiveFlag(o))})
}

// objectiveFlag tells the flags --objective apart.
func objectiveFlag(o Objective) string { return "objective " + o.Text }

func (k *checker) checkObjectivePhase(o Objective) {
	var known []string
	for _, p := range k.Load.Phases {
		known = append(known, p.Name)
	}
	known = append(known, "login")
	if k.Load.WarmUp > 0 {
		known = append(known, "warm-up")
	}
	if o.Statistic != "" {
		known = append(known, "drain")
	}
	switch {
	case slices.Contains(known, o.Phase):
		if o.Phase == "login" && o.Statistic == "" && len(k.Session.Start) == 0 {
			k.objective(o, o.phaseAt, "nothing happens in login, as there is no session.start", "leave in login out")
		}
	case o.Phase == "warm-up":
		k.objective(o, o.phaseAt, "there is no warm-up", "give load.warm-up, or name another phase", "warm-up")
	case o.Phase == "drain":
		k.objective(o, o.phaseAt, show(o.Metric)+" is not known in drain, where nothing is begun", "name another phase")
	default:
		k.objective(o, o.phaseAt, "there is no phase "+show(o.Phase), suggestion(o.Phase, known))
	}
}

func (k *checker) checkObjectiveSeries(o Objective) {
	all := k.timed()
	label, _ := o.Series()
	var parts []sessionPart
	var labels []string
	for _, t := range all {
		if t.label == label {
			parts = append(parts, t.part)
		}
		if !slices.Contains(labels, t.label) {
			labels = append(labels, t.label)
		}
	}
	switch wanted := partOf(o.Phase); {
	case len(parts) == 0:
		k.unknownSeries(o, label, labels)
	case !slices.Contains(parts, wanted):
		in := []string{"in login", "without in, or in one of the measured phases", "in drain"}
		k.objective(o, o.metricAt, fmt.Sprintf("session.%s, which is what runs %s, has no %s", wanted, phaseWords(o.Phase), show(label)),
			"it can be bounded "+in[parts[0]])
	case strings.HasSuffix(label, ".tls") && k.Target.TLS == "none":
		k.objective(o, o.metricAt, show(label)+" takes no time, as tls is none", "", "tls")
	case strings.HasSuffix(label, ".fast") && !slices.Contains([]string{"fast", "auto"}, k.Target.Login):
		k.objective(o, o.metricAt, show(label)+" takes no time, as login is "+cmp.Or(k.Target.Login, LoginModes()[0]), "", "login")
	case strings.HasSuffix(label, ".upgrade") && k.Target.Transport != WebSocket:
		k.objective(o, o.metricAt, show(label)+" takes no time, as the transport is "+cmp.Or(k.Target.Transport, "tcp"), "", "transport")
	}
}

// checkObjectiveWindow sees that there is a window to judge, and time to abort in.
func (k *checker) checkObjectiveWindow(o Objective) {
	if o.Window == 0 && !o.Abort {
		return
	}
	if o.Phase == "login" || o.Phase == "drain" {
		column, what := o.windowAt, "over"
		if o.Window == 0 {
			column, what = o.abortAt, "abort"
		}
		k.objective(o, column, o.Phase+" lasts as long as it takes, and has no windows", "leave "+what+" out, or name another phase")
		return
	}
	var longest, all time.Duration
	for _, p := range k.Load.Phases {
		if o.Phase == "" || p.Name == o.Phase {
			longest, all = max(longest, p.Duration), all+p.Duration
		}
	}
	if o.Phase == "warm-up" {
		longest, all = k.Load.WarmUp, k.Load.WarmUp
	}
	switch {
	case longest == 0: // there is no such phase, which was said
	case o.Window > longest:
		k.objective(o, o.windowAt, fmt.Sprintf("no phase lasts as long as one window, %v", o.Window), "write a shorter one, or run for longer", "duration")
	case o.Abort && o.AbortAfter >= all:
		k.objective(o, o.abortAt, fmt.Sprintf("the run is over before %v have passed", o.AbortAfter), "write a shorter delay, or leave abort out", "duration")
	}
}

// partOf is the part of the session that a phase runs.
func partOf(phase string) sessionPart {
	switch phase {
	case "login":
		return inStart
	case "drain":
		return inStop
	}
	return inWork
}

func (p sessionPart) String() string { return [...]string{"start", "work", "stop"}[p] }

func phaseWords(phase string) string {
	if phase == "" {
		return "in the measured phases"
	}
	return "in " + phase
}

// unknownSeries says why there are no times under a label.
func (k *checker) unknownSeries(o Objective, label string, labels []string) {
	for _, steps := range [][]Step{k.Session.Start, k.Session.Work, k.Session.Stop} {
		for s := range All(steps) {
			if s.Common().Label != label {
				continue
			}
			if remedy := unanswered(s); remedy != "" {
				k.objective(o, o.metricAt, fmt.Sprintf("the step %s waits for no answer, so %s has no times", nameOf(s), show(label)), remedy)
				return
			}
		}
	}
	if _, known := figureOf(o.Metric); known {
		k.objective(o, o.statisticAt, show(o.Metric)+" is one figure and has no "+o.Statistic, "leave "+o.Statistic+" out")
		return
	}
	k.objective(o, o.metricAt, "the scenario has no series "+show(label), suggestion(label, labels))
}

// unanswered says what to bound instead of a step that waits for no answer.
func unanswered(s Step) string {
	switch s.(type) {
	case Message:
		return `write "message.delivery", which is timed where the messages arrive`
	case Presence:
		return `write "presence.delivery", which is timed where the presence arrives`
	case Groupchat:
		return `write "groupchat.delivery", "groupchat.first" or "groupchat.last", which are timed where the messages arrive`
	case Raw:
		return "give the step await: true"
	case Subscribe:
		return "give the step within"
	}
	return ""
}
