package fuzz

import (
	"fmt"

	"xmpprig/results"
)

// Judged is the row as it is reported; record is the file of its transcript, empty if there is none.
func (r Row) Judged(record string) results.Judged {
	p, j := r.Program, r.Judgement
	return results.Judged{
		Row: fmt.Sprintf("O-%d", p.Row), Case: p.Case, Title: p.Title, State: p.State, Outcome: string(j.Outcome), Level: string(j.Level),
		Seen: j.Seen, Reason: r.Reason, Clause: p.Clause, Record: record,
	}
}
