package report

import "xmpprig/results"

// uploadFacts account for the files that were put over HTTP.
func uploadFacts(u *results.Uploads) []fact {
	if u == nil {
		return nil
	}
	facts := []fact{{"files put (" + size(float64(u.Bytes)) + ")", count(u.Made) + " of " + count(u.Asked)}}
	if u.Fetched > 0 {
		facts = append(facts, fact{"fetched", count(u.Fetched)})
	}
	for _, f := range []struct {
		n    int64
		what string
	}{{u.Refused, "refused by the server"}, {u.Failed, "that failed to go"}, {u.FetchFailed, "that could not be fetched"}, {u.Altered, "ALTERED on the way"}} {
		if f.n > 0 {
			facts = append(facts, fact{f.what, count(f.n)})
		}
	}
	return facts
}
