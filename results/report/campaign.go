package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"xmpprig/results"
)

// campaignTitle is the first thing that a report of a campaign says.
func campaignTitle(c *results.Campaign) string {
	found := "nothing found"
	fresh, accepted := byAcceptance(c.Findings)
	switch {
	case len(fresh) > 0:
		found = plural(int64(len(fresh)), "finding")
	case len(accepted) > 0:
		found = "nothing found that is not accepted"
	}
	return outcomeWord(c.Verdict) + ": " + found + " on " + examinedName(c.Server)
}

// byAcceptance divides findings into those that stand in the baseline and those that do not.
func byAcceptance(all []results.Finding) (fresh, accepted []results.Finding) {
	for _, f := range all {
		if f.Accepted {
			accepted = append(accepted, f)
		} else {
			fresh = append(fresh, f)
		}
	}
	return fresh, accepted
}

// campaignReasons are the verdict's reasons.
func campaignReasons(o results.Outcome) []string {
	var all []string
	for _, s := range o.Reasons[:min(len(o.Reasons), mostSamples)] {
		if s = seenLine(s, 500); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// seconds is a time of a campaign as a duration; a file may say anything.
func seconds(s float64) time.Duration {
	const century = 100 * 365 * 24 * 3600
	if math.IsNaN(s) {
		return 0
	}
	return time.Duration(min(max(s, 0), century) * 1e9)
}

// moment is a time of the honest users, who are there before the campaign begins: up to an hour before it.
func moment(s float64) time.Duration {
	if s < 0 {
		return -min(seconds(-s), time.Hour)
	}
	return seconds(s)
}

// campaignEnd is the last instant that a campaign tells about, in seconds; at least one.
func campaignEnd(c *results.Campaign) float64 {
	end := max(1, seconds(c.Seconds).Seconds())
	for _, s := range c.Samples {
		end = max(end, seconds(s.Seconds).Seconds())
	}
	for _, h := range c.Honest {
		end = max(end, seconds(h.Seconds).Seconds()+1)
	}
	return end
}

// campaignFacts say what was done to which server, and what it took.
func campaignFacts(c *results.Campaign) []fact {
	took := seconds(c.Seconds)
	facts := []fact{
		{"server", examinedName(c.Server) + " at " + nonEmpty(seenLine(c.Server.Address, 80)) + " (" + nonEmpty(seenLine(c.Server.Driver, 20)) + ")"},
		{"programs", count(c.Programs) + " played, " + perSecond(c.Programs, took) + "; " + count(int64(c.Corpus)) + " showed something new"},
		{"coverage", coverageText(c.Coverage)},
		{"cost", costText(c, took)},
		{"seed", fmt.Sprint(c.Seed)},
		{"started", started(c.Started) + ", took " + span(took)},
		{"tool", seenLine(tool(c.Tool), 200)},
	}
	if c.Under != "" {
		facts = slices.Insert(facts, 1, fact{"under load", "honest users followed the scenario " + seenLine(c.Under, 60)})
	}
	return facts
}

func coverageText(c results.Coverage) string {
	return plural(int64(c.States), "state") + " of streams, " + plural(int64(c.Edges), "edge") + " (state, input, answer), " +
		plural(int64(c.Rows), "row") + " of the answer table"
}

func costText(c *results.Campaign, took time.Duration) string {
	cpu := func(s float64) string {
		if d := seconds(s); d > 0 && took > 0 {
			return span(d) + " of CPU (" + share(d.Seconds()/took.Seconds()) + " of one)"
		}
		return absent
	}
	return "rig " + cpu(c.RigCPU) + ", server " + cpu(c.ServerCPU)
}

// placeText says where and by what a finding was seen.
func placeText(f results.Finding) string {
	return "in state " + nonEmpty(seenLine(f.State, 80)) + ", on " + nonEmpty(seenLine(f.Input, 120))
}

// requirement is what would have been right, and where that is written.
func requirement(f results.Finding) string {
	s := nonEmpty(seenLine(f.Ought, 800))
	if f.Clause != "" {
		s += " (" + seenLine(f.Clause, 80) + ")"
	}
	return s
}

// historyText says how often and when a finding was seen.
func historyText(f results.Finding) string {
	return "seen again " + nonEmpty(seenLine(f.Reliability, 20)) + ", first after " + span(seconds(f.Seconds)) + " and " + plural(f.Programs, "program")
}

// sizeText is how far a program was cut down.
func sizeText(f results.Finding) string {
	one := func(s results.Size) string {
		return plural(int64(s.Operations), "operation") + " of " + size(float64(s.Bytes))
	}
	if f.Minimal == (results.Size{}) {
		return one(f.Size)
	}
	return one(f.Size) + " → " + one(f.Minimal)
}

// evidenceText is one piece of evidence, and where in the transcript it stands.
func evidenceText(e results.Evidence, most int) string {
	return fmt.Sprintf("event %d, bytes %d to %d: %s", e.Event, e.From, e.To, shortened(visible(e.Text[:min(len(e.Text), 8*most)], false), most))
}

// rowOrOracle is the short name of what a finding offends against.
func rowOrOracle(f results.Finding) string {
	return seenLine(cmp.Or(f.Row, f.Oracle), 40)
}

// levelsText counts findings by level: "1 MUST, 2 SHOULD".
func levelsText(all []results.Finding) string {
	n := map[string]int{}
	for _, f := range all {
		n[f.Level]++
	}
	var parts []string
	for _, l := range []string{results.LevelMust, results.LevelShould, results.LevelMay} {
		if n[l] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[l], l))
		}
	}
	return strings.Join(parts, ", ")
}

// layerRows are the layers of mutation, the one that found most first.
func layerRows(c *results.Campaign) []results.LayerWork {
	const most = 40
	rows := slices.Clone(c.Layers)
	slices.SortStableFunc(rows, func(a, b results.LayerWork) int {
		return cmp.Or(cmp.Compare(b.Found, a.Found), cmp.Compare(b.Tried, a.Tried))
	})
	return rows[:min(most, len(rows))]
}

func layerHead() []string { return []string{"layer", "tried", "found", "tries per find"} }

func layerCells(l results.LayerWork) []string {
	each := absent
	if l.Found > 0 {
		each = decimal(round3OrWhole(float64(l.Tried) / float64(l.Found)))
	}
	return []string{seenLine(l.Layer, 30), count(l.Tried), count(l.Found), each}
}

// oracleText says in words what an oracle judges.
func oracleText(name string) string {
	switch name {
	case "crash":
		return "the server dies, or its log tells of a failure inside"
	case "witness":
		return "a session receives what was not sent, or is cut off by what was"
	case "identity":
		return "somebody passes for somebody else"
	case "pre-auth":
		return "something has an effect before authentication"
	case "order":
		return "a step of the negotiation is accepted that was not offered"
	case "limit":
		return "there is no bound where one must be"
	case "hang":
		return "neither an answer nor an end comes"
	case "leak":
		return "something stays when all connections are gone"
	case "cost":
		return "the CPU time of a byte is out of proportion"
	case "metamorphic":
		return "another spelling of the same has another answer"
	case "answer":
		return "an answer is not what the specification requires"
	case "neighbour":
		return "honest sessions wait"
	case "amplification":
		return "far more comes out than went in"
	case "log-flood":
		return "the log grows far more than the input"
	case "secret":
		return "the log tells a password"
	}
	return "what the oracle " + seenLine(name, 40) + " judges"
}

// oracleNames are the oracles in the order of their value.
func oracleNames() []string {
	return []string{"crash", "witness", "identity", "pre-auth", "order", "limit", "hang", "leak", "cost", "metamorphic", "answer", "neighbour",
		"amplification", "log-flood", "secret"}
}
