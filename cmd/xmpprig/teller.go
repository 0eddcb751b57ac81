package main

import (
	"time"

	"xmpprig/fuzz"
	"xmpprig/results"
	"xmpprig/results/report"
)

// teller says how a campaign goes: what it finds at once, and how far it is now and then.
type teller struct {
	ui   *ui
	said time.Time
}

// tellingEvery is the time between two lines that only say how far the campaign is.
const tellingEvery = 5 * time.Second

func newTeller(ui *ui) *teller { return &teller{ui: ui, said: time.Now()} }

func (t *teller) tell(n fuzz.News) {
	p := n.Progress
	switch {
	case n.Found != nil:
		t.found(*n.Found)
	case n.Restart != nil:
		t.ui.say("%6.1fs restarted the server after %s: %s", n.Restart.Seconds, report.Visible(n.Restart.After), report.Visible(n.Restart.Reason))
	case time.Since(t.said) >= tellingEvery:
		t.said = time.Now()
		t.ui.say("%6.1fs %d programs, %d kept, %d edges, %d rows, %d findings", p.Seconds, p.Programs, p.Corpus, p.Edges, p.Rows, p.Findings)
	}
}

func (t *teller) found(f results.Finding) {
	mark := "FOUND"
	if f.Accepted {
		mark = "accepted"
	}
	t.ui.say("%6.1fs %s by %s (%s, %s): %s", f.Seconds, mark, f.Oracle, f.Level, f.Reliability, report.Visible(f.Title))
}
