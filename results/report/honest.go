package report

import (
	"slices"

	"xmpprig/results"
)

// spell is the seconds of honest users that have their place towards the attacks in common.
type spell struct {
	name          string
	seconds       int
	count, failed int64
	p50s, p99s    []int64 // of the seconds with enough answers
	worst, max    int64   // p99 and max; 0 where there is none
}

// spells divides the seconds into those before the first attack, under attack, between attacks and after the last.
func spells(honest []results.Honest) []spell {
	first, last := -1, -1
	for i, h := range honest {
		if h.Attacks > 0 {
			last = i
			if first < 0 {
				first = i
			}
		}
	}
	all := []spell{{name: "before the first attack"}, {name: "under attack"}, {name: "between attacks"}, {name: "after the last attack"}}
	for i, h := range honest {
		switch {
		case h.Attacks > 0:
			all[1].add(h)
		case i < first || first < 0:
			all[0].add(h)
		case i > last:
			all[3].add(h)
		default:
			all[2].add(h)
		}
	}
	if first < 0 {
		all[0].name = "no attack"
	}
	return slices.DeleteFunc(all, func(s spell) bool { return s.seconds == 0 })
}

func (s *spell) add(h results.Honest) {
	s.seconds++
	s.count, s.failed = s.count+h.Count, s.failed+h.Failed
	if results.Enough(h.Count, 50) {
		s.p50s = append(s.p50s, h.P50)
	}
	if results.Enough(h.Count, 99) {
		s.p99s = append(s.p99s, h.P99)
		s.worst = max(s.worst, h.P99)
	}
	if h.Count > 0 {
		s.max = max(s.max, h.Max)
	}
}

func honestHead() []string {
	return []string{"when", "seconds", "answers", "failed", "median p50", "median p99", "worst p99", "max"}
}

func (s spell) cells() []string {
	worst, longest := absent, absent
	if len(s.p99s) > 0 {
		worst = latency(float64(s.worst))
	}
	if s.count > 0 {
		longest = latency(float64(s.max))
	}
	return []string{s.name, count(int64(s.seconds)), count(s.count), count(s.failed), middle(s.p50s), middle(s.p99s), worst, longest}
}

// middle is the median of some times.
func middle(ns []int64) string {
	if len(ns) == 0 {
		return absent
	}
	sorted := slices.Sorted(slices.Values(ns))
	return latency(float64(sorted[len(sorted)/2]))
}

const honestNote = "Each second has its own percentiles; the table gives their median and the worst, none is averaged. A p50 counts from 20 " +
	"answers in a second, a p99 from 1,000."

// around is how long before and after a program honest users are looked at, in seconds.
const around = 10

// aroundText says how honest users fared before, during and after the program that showed a finding first; empty where there were none.
func aroundText(c *results.Campaign, f results.Finding) string {
	if len(c.Honest) == 0 {
		return ""
	}
	from, to := attackOf(c, f)
	var before, during, after spell
	for _, h := range c.Honest {
		switch t := moment(h.Seconds).Seconds(); {
		case t+1 <= from-around || t >= to+around:
		case t+1 <= from:
			before.add(h)
		case t >= to:
			after.add(h)
		default:
			during.add(h)
		}
	}
	slowest := func(s spell) string {
		if s.count == 0 {
			return "no answer"
		}
		return latency(float64(s.max))
	}
	return "slowest answer " + slowest(before) + " in the 10 s before, " + slowest(during) + " in the seconds in which it was played, " + slowest(after) + " in the 10 s after"
}

// attackOf is when the program was played that showed a finding first, in seconds.
func attackOf(c *results.Campaign, f results.Finding) (from, to float64) {
	for _, a := range c.Attacks {
		if a.Finding == f.Fingerprint && f.Fingerprint != "" {
			return seconds(a.From).Seconds(), max(seconds(a.From).Seconds(), seconds(a.To).Seconds())
		}
	}
	at := seconds(f.Seconds).Seconds()
	return at, at
}
