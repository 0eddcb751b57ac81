package report

import "xmpprig/results"

// extensionFacts account for what goes beside messages, where there was any.
func extensionFacts(l results.Ledger) (facts []fact) {
	for _, f := range []struct {
		name string
		n    int64
	}{{"delivered to those who had been away", l.Offline}, {"kept for those who still are", l.Held}, {"met the end of the recipient's stream", l.MetEnd},
		{"met the recipient's return", l.MetReturn}, {"returned by archives", l.Archived}} {
		if f.n > 0 {
			facts = append(facts, fact{f.name, count(f.n)})
		}
	}
	if r := l.Receipts; r != nil {
		facts = append(facts, fact{"receipts and markers", count(r.Returned) + " of " + count(r.Asked)})
	}
	for _, n := range l.Nodes {
		facts = append(facts, fact{"notified of " + line(n.Name, 40), nodeText(n)})
	}
	return append(facts, uploadFacts(l.Uploads)...)
}

// nodeText is the account of a node's notifications.
func nodeText(n results.Node) string {
	text := count(n.Delivered) + " of " + count(n.Expected)
	if n.Duplicated > 0 {
		text += ", " + count(n.Duplicated) + " twice"
	}
	return text
}
