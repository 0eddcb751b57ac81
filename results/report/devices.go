package report

import "xmpprig/results"

// deviceFacts account for what the devices of users got.
func deviceFacts(d *results.Devices) []fact {
	facts := []fact{{"to devices directly", count(d.Direct)}, {"carbon copies received", count(d.CarbonsReceived) + " of " + count(d.CarbonsOwed)},
		{"copies lost", count(d.CarbonsLost)}}
	for _, f := range []struct {
		n    int64
		what string
	}{{d.CarbonsGone, "copies for devices that were away for a time"}, {d.CarbonsTwice, "copies of what the device had"}, {d.CarbonsUnowed, "copies that were not owed"}} {
		if f.n > 0 {
			facts = append(facts, fact{f.what, count(f.n)})
		}
	}
	return facts
}
