package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"xmpprig/results"
)

// fact is one labelled line of a report.
type fact struct{ Label, Value string }

// ranFacts say what was run, on what, against what.
func ranFacts(r *results.Record) []fact {
	run := &r.Run
	facts := []fact{
		{"scenario", nonEmpty(run.Scenario.Name) + abbreviated(" (sha256 ", run.Scenario.SHA256, ")")},
		{"server", serverName(run.Target) + at(run.Target)},
		{"accounts", nonEmpty(run.Target.Accounts)},
		{"sessions", sessions(run.Sessions)},
		{"security", security(run.Target)},
		{"seed", strconv.FormatUint(run.Seed, 10) + abbreviated(" (plan ", run.PlanHash, ")")},
		{"started", started(run.Started) + ", took " + span(recordEnd(r))},
		{"machine", machine(run.Environment)},
		{"tool", tool(run.Tool)},
	}
	if run.Logins != nil {
		if kinds := logins(run.Logins, run.Target.TLSResume); kinds != "" {
			facts = slices.Insert(facts, 4, fact{"logins", kinds})
		}
	}
	if run.Federation != nil {
		facts = slices.Insert(facts, 4, fact{"federation", federation(run.Federation)})
	}
	if run.Enrolment != nil {
		facts = slices.Insert(facts, 3, fact{"made in-band", enrolment(run.Enrolment)})
	}
	if len(run.Target.Faults) > 0 {
		facts = slices.Insert(facts, 2, fact{"told faults", strings.Join(run.Target.Faults, ", ")})
	}
	if len(run.Labels) > 0 {
		facts = slices.Insert(facts, 0, fact{"labels", run.Labels.String()})
	}
	return cleaned(facts)
}

func cleaned(facts []fact) []fact {
	for i := range facts {
		facts[i].Value = line(facts[i].Value, 400)
	}
	return facts
}

func nonEmpty(s string) string {
	if s == "" {
		return absent
	}
	return s
}

// abbreviated shows the first characters of a hash between two texts, and
// nothing where there is no hash.
func abbreviated(before, hash, after string) string {
	if hash == "" {
		return ""
	}
	return before + hash[:min(len(hash), 12)] + after
}

func sessions(s results.Sessions) string {
	text := fmt.Sprintf("%s wanted, %s at peak, %s, %s failed, %s lost", count(int64(s.Wanted)), count(s.Peak),
		plural(s.Opened, "login"), count(s.Failed), plural(s.Lost, "connection"))
	if s.Reconnected > 0 {
		text += ", " + count(s.Reconnected) + " came back"
	}
	if s.Resumed+s.ResumesFailed > 0 {
		text += ", " + plural(s.Resumed, "session") + " resumed, " + plural(s.ResumesFailed, "resumption") + " refused"
	}
	return text
}

func serverName(t results.Target) string {
	name := t.Software
	switch {
	case name != "":
	case t.Driver == "remote" && t.Address != "":
		name = t.Address
	default:
		name = nonEmpty(t.Driver)
	}
	return strings.TrimSpace(name + " " + t.Version)
}

func at(t results.Target) string {
	s := " at " + nonEmpty(t.Address)
	if t.Domain != "" {
		s += ", domain " + t.Domain
	}
	if t.Elsewhere != "" {
		s += "; every second user " + t.Elsewhere
	}
	return s
}

// security says how the streams were protected and users authenticated.
func security(t results.Target) string {
	s := "no TLS"
	switch {
	case t.TLS == "" || t.TLS == "none":
	case t.Verified:
		s = "TLS (" + t.TLS + "), certificate verified"
	default:
		s = "TLS (" + t.TLS + "), certificate NOT verified"
	}
	if t.ALPN != "" {
		s += ", ALPN " + t.ALPN
	}
	if t.Transport != "" {
		s = t.Transport + ", " + s
	}
	s += "; " + cmp.Or(t.Login, "SASL") + " " + nonEmpty(t.Mechanism)
	if strings.HasPrefix(t.Mechanism, "SCRAM-") {
		if t.KeyCache && t.KeysRenewed > 0 {
			return fmt.Sprintf("%s, keys derived outside the timed path, again for %s as the server had changed the salt", s, plural(t.KeysRenewed, "login"))
		}
		if t.KeyCache {
			return s + ", keys derived outside the timed path"
		}
		return s + ", keys derived at every login"
	}
	return s
}

func started(t time.Time) string {
	if t.IsZero() {
		return absent
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func tool(t results.Tool) string {
	s := nonEmpty(strings.TrimSpace(t.Name+" "+t.Version)) + abbreviated(" (commit ", t.Commit, ")")
	if t.Go != "" {
		s += ", " + t.Go
	}
	return s
}

func machine(e results.Environment) string {
	if e.OS == "" {
		return absent
	}
	s := fmt.Sprintf("%s/%s, %s", e.OS, e.Arch, plural(int64(e.CPUs), "CPU"))
	if e.CPUQuota > 0 && e.CPUQuota != float64(e.CPUs) {
		s += " (quota " + decimal(e.CPUQuota) + ")"
	}
	if e.CPUModel != "" {
		s += ", " + e.CPUModel
	}
	if e.MemoryBytes > 0 {
		s += ", " + size(float64(e.MemoryBytes))
	}
	if e.Kernel != "" {
		s += ", kernel " + e.Kernel
	}
	return s
}

// generatorFacts are the rig's own health, each beside its limit.
func generatorFacts(run *results.Run) []fact {
	g := run.Generator
	facts := []fact{
		{"CPU", fmt.Sprintf("%s of its quota on average (limit %s), %s at most", orAbsent(g.CPUMean, share), orAbsent(g.CPULimit, share), orAbsent(g.CPUMax, share))},
		{"lag", fmt.Sprintf("p99 %s (limit %s)", orAbsent(g.LagP99NS, latency), limitLatency(run))},
		{"scheduler", fmt.Sprintf("p99 %s, longest GC pause %s", orAbsent(g.SchedP99NS, latency), orAbsent(g.GCPauseNS, latency))},
		{"memory", orAbsent(g.RSSPeak, size) + " at peak"},
		{"open files", orAbsent(g.FDPeak, decimal) + " at peak" + limitText(run.Environment.OpenFiles)},
		{"traffic", fmt.Sprintf("%s out (%s), %s in (%s)", plural(g.StanzasOut, "stanza"), size(float64(g.BytesOut)),
			plural(g.StanzasIn, "stanza"), size(float64(g.BytesIn)))},
	}
	if g.CPUPerMsg > 0 {
		facts[0].Value += ", " + latency(float64(g.CPUPerMsg)) + " per stanza"
	}
	return facts
}

// limitLatency is the lag's limit in words.
func limitLatency(run *results.Run) string {
	return orAbsent(run.Generator.LagLimitNS, func(ns float64) string { return roundLatency(round3(ns)) })
}

func limitText(limit int64) string {
	if limit <= 0 {
		return ""
	}
	return " (limit " + count(limit) + ")"
}

// serverFacts are what the server cost; none where it could not be seen.
func serverFacts(run *results.Run) []fact {
	s := run.Server
	if !s.Observed {
		return nil
	}
	cpus := func(v float64) string { return decimal(round3(v)) }
	return []fact{
		{"CPU", fmt.Sprintf("%s CPUs on average, %s at most", orAbsent(s.CPUMean, cpus), orAbsent(s.CPUMax, cpus))},
		{"per stanza", orAbsent(s.CPUPerMsgNS, latency) + " of CPU"},
		{"memory", fmt.Sprintf("%s before the logins, %s after, %s at peak", orAbsent(s.RSSBefore, size),
			orAbsent(s.RSSAfterLogin, size), orAbsent(s.RSSPeak, size))},
		{"per session", orAbsent(s.BytesPerSession, size)},
		{"threads", orAbsent(s.ThreadsPeak, decimal) + " at peak" + busiestText(s)},
		{"open files", orAbsent(s.FDPeak, decimal) + " at peak"},
	}
}

// busiestText tells whether one thread was what all waited for, or a CPU.
func busiestText(s results.Server) string {
	if s.ThreadMean <= 0 {
		return ""
	}
	return fmt.Sprintf("; the busiest used %s of one CPU, all of it in %s of the seconds; %s waited for a CPU at any time",
		share(s.ThreadMean), share(s.ThreadFull), decimal(round3(s.WaitingMean)))
}

// orAbsent writes a figure; none is zero unless it was not taken.
func orAbsent[T int64 | float64](v T, write func(float64) string) string {
	if v <= 0 {
		return absent
	}
	return write(float64(v))
}

// ledgerFacts account for the messages of the run.
func ledgerFacts(l results.Ledger) []fact {
	facts := []fact{
		{"sent", count(l.Sent)}, {"delivered", count(l.Delivered)}, {"lost", count(l.Lost)},
		{"duplicated", count(l.Duplicated)}, {"reordered", count(l.Reordered)},
		{"misdelivered", count(l.Misdelivered)}, {"refused", count(l.Refused)},
	}
	if l.Devices != nil {
		facts = append(facts, deviceFacts(l.Devices)...)
	} else if l.Carbons > 0 {
		facts = append(facts, fact{"carbon copies beside", count(l.Carbons)})
	}
	if m := l.Managed; m != nil {
		facts = append(facts, fact{"acknowledged to the sender", count(m.Acked)}, fact{"of these lost", count(m.AckedLost)},
			fact{"sent again upon resumption", count(m.Resent)}, fact{"duplicated after one", count(m.DuplicatedAfterResume)},
			fact{"lost after one", count(m.LostAfterResume)})
	}
	return append(facts, extensionFacts(l)...)
}

// sampleText is one message of the ledger in words.
func sampleText(s results.LedgerSample) string {
	text := fmt.Sprintf("%s %s: %s → %s", s.What, s.ID, s.From, s.To)
	if s.At != "" {
		text += ", received by " + s.At
	}
	return line(text, 300)
}

// phaseHead and phaseCells are the columns of the table of phases.
func phaseHead() []string {
	return []string{"phase", "kind", "length", "asked", "offered", "achieved", "completed", "failed", "dropped"}
}

func phaseCells(p results.Phase, end time.Duration) []string {
	asked := absent
	if p.Rate > 0 {
		asked = decimal(round3OrWhole(p.Rate)) + "/s"
	}
	achieved := absent
	if p.Offered > 0 {
		achieved = perSecond(p.Completed, length(p, end))
	}
	return []string{line(p.Name, 18), line(nonEmpty(p.Kind), 8), span(length(p, end)), asked, count(p.Offered),
		achieved, count(p.Completed), count(p.Failed), count(p.Dropped)}
}

// stepHead and stepCells are the columns of the table of steps.
func stepHead() []string {
	return []string{"step", "count", "p50", "p90", "p99", "p99.9", "max", "service p99"}
}

func stepCells(s step) []string {
	cells := []string{line(s.Name, 28), count(s.samples())}
	if s.Response == nil || s.Response.Count == 0 {
		cells = append(cells, absent, absent, absent, absent, absent)
	} else {
		q := s.Response
		cells = append(cells, percentileText(q.P50NS), percentileText(q.P90NS), percentileText(q.P99NS),
			percentileText(q.P999NS), latency(float64(q.MaxNS)))
	}
	if s.Service == nil {
		return append(cells, absent)
	}
	return append(cells, percentileText(s.Service.P99NS))
}

// loginHead and loginCells are the columns of the table of logins.
func loginHead() []string { return []string{"stage", "count", "p50", "p90", "p99", "p99.9", "max"} }

func loginCells(s step) []string {
	if s.Response == nil {
		s.Response = s.Service
	}
	return stepCells(s)[:len(loginHead())]
}
