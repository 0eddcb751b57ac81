package report

import (
	"strings"

	"xmpprig/results"
)

// mostNamed is how many accounts are named in a line.
const mostNamed = 5

// enrolment says what became of the accounts that a run made.
func enrolment(e *results.Enrolment) string {
	text := count(e.Made) + " made, " + count(e.Removed) + " removed"
	if e.Refused > 0 {
		text += ", " + count(e.Refused) + " refused"
	}
	left := int64(len(e.Left)) + e.LeftMore
	if left == 0 {
		return text
	}
	text += ", " + count(left) + " LEFT BEHIND: " + strings.Join(e.Left[:min(len(e.Left), mostNamed)], ", ")
	if left > mostNamed {
		text += " … (run.json names them)"
	}
	return text
}
