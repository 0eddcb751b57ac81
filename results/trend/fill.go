package trend

import (
	"fmt"

	"xmpprig/results"
)

// fill puts what was found of the values at these places of the history into the metric.
func fill(m *results.TrendMetric, f Found, at []int, o Options) {
	m.Noise, m.Memory = f.Noise, f.Memory
	ends := []int{0}
	for _, s := range f.Steps {
		ends = append(ends, s.At)
	}
	ends = append(ends, len(at))
	for i, level := range f.Levels {
		m.Segments = append(m.Segments, results.Segment{From: at[ends[i]], To: at[ends[i+1]-1] + 1, Level: level, Count: ends[i+1] - ends[i]})
	}
	for i, s := range f.Steps {
		m.Changes = append(m.Changes, results.Change{
			At: at[s.At], After: at[s.At-1], From: f.Levels[i], To: f.Levels[i+1], Effect: s.Effect, Low: s.Low, High: s.High,
			Before: ends[i+1] - ends[i], Behind: ends[i+2] - ends[i+1], P: s.P,
			Regression: (s.Effect > 0) == (m.Better == results.BetterLower),
			Recent:     len(m.Values)-at[s.At] <= o.Last,
		})
	}
}

// verdict fails where a metric's newest step is recent and for the worse.
func verdict(t *results.Trend) results.Verdict {
	v := results.Verdict{Status: results.StatusPassed, ExitCode: int(results.ExitPass)}
	judged := false
	for _, h := range t.Histories {
		for _, m := range h.Metrics {
			judged = judged || m.Reason == ""
			if n := len(m.Changes); n > 0 && m.Changes[n-1].Regression && m.Changes[n-1].Recent {
				v.Reasons = append(v.Reasons, reason(h, m, m.Changes[n-1]))
			}
		}
	}
	switch {
	case len(v.Reasons) > 0:
		v.Status, v.ExitCode = results.StatusFailed, int(results.ExitRegression)
	case !judged:
		v.Status, v.Reasons = results.StatusInconclusive, []string{fmt.Sprintf("no history has %d records, so there is nothing to see yet", Fewest)}
	}
	return v
}

func reason(h results.History, m results.TrendMetric, c results.Change) string {
	return fmt.Sprintf("%s of %s went %+.1f %% (95 %% interval %+.1f…%+.1f %%, n = %d and %d) with %s, and has stayed there", m.Name, h.Scenario,
		c.Effect*100, c.Low*100, c.High*100, c.Before, c.Behind, Label(h.Records[c.At]))
}

// Label names a record: by its commit where it has one, else by when it was started.
func Label(r results.TrendRecord) string {
	if commit := r.Labels["commit"]; commit != "" {
		return "commit " + commit
	}
	return "the run of " + r.Started.UTC().Format("2006-01-02 15:04:05")
}
