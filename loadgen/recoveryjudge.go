package loadgen

import (
	"fmt"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// recovery judges how long the sessions took to come back: of several outages the
// worst counts.
func (j *judgement) recovery(outages []results.Outage) {
	if len(outages) == 0 {
		j.lacks = fmt.Sprintf("never was more than a tenth of the sessions gone (limit %.0f %%)", 100*(1-outageShare))
		return
	}
	percent, reached, who := recoveryPoint(j.Metric)
	for i := range outages {
		o := &outages[i]
		after := reached(o)
		switch {
		case after != nil:
			j.observed = max(j.observed, float64(*after))
		case 100*o.Lowest < percent*o.Sessions:
			j.never = fmt.Sprintf("%s of %d sessions were not back when the run was over", who, o.Sessions)
		}
		j.samples++
	}
}

// recoveryPoint is how many percent a figure of recovery is about, and when an
// outage saw as many back; nil: not any more, or never fewer.
func recoveryPoint(metric string) (percent int, reached func(*results.Outage) *int64, who string) {
	switch metric {
	case scenarios.FigureRecoveryHalf:
		return 50, func(o *results.Outage) *int64 { return o.To50NS }, "half"
	case scenarios.FigureRecoveryMost:
		return 90, func(o *results.Outage) *int64 { return o.To90NS }, "nine tenths"
	}
	return 100, func(o *results.Outage) *int64 { return o.To100NS }, "all"
}
