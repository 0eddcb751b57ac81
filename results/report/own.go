package report

import (
	"fmt"
	"strconv"

	"xmpprig/results"
)

// ownFacts are the figures of the server's own that moved, up to most; none where it was not asked.
func ownFacts(s *results.Server, most int) (facts []fact) {
	still := 0
	for _, f := range s.Own {
		switch {
		case f.PerSecond != nil && *f.PerSecond == 0 || f.PerSecond == nil && f.Low == f.High:
			still++
		case len(facts) < most:
			facts = append(facts, fact{line(f.Name, 160), ownText(f)})
		default:
			still++
		}
	}
	if still > 0 {
		facts = append(facts, fact{"others", plural(int64(still), "figure") + ", which did not change or find no room here; run.json has them"})
	}
	if s.OwnFailed > 0 {
		facts = append(facts, fact{"not answered", fmt.Sprintf("%d of %d times: %s", s.OwnFailed, s.OwnAsked, line(s.OwnError, 200))})
	}
	return facts
}

func ownText(f results.OwnFigure) string {
	if f.PerSecond != nil {
		return figure4(*f.PerSecond) + "/s"
	}
	return fmt.Sprintf("%s … %s, %s at the end", figure4(f.Low), figure4(f.High), figure4(f.Last))
}

// figure4 writes a number of which nothing is known.
func figure4(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
