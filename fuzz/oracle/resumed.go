package oracle

import (
	"fmt"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// takenOver looks for a session of somebody else that the attacker resumed, having authenticated as itself (XEP-0198 §10).
func (c *Case) takenOver() (found []Finding) {
	for _, a := range attackers() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, t := range w.received.turns {
			if !t.marked || !t.element.Is(wire.NSSM, "resumed") {
				continue
			}
			if owner := c.ownerOf(string(t.element.Attr("previd"))); owner != "" {
				found = append(found, Finding{Oracle: Identity, Row: "O-118", Level: program.Must, Title: "the session of another user is resumed", Clause: "XEP-0198 §10",
					Detail: fmt.Sprintf("the %s resumed that of the %s", a, owner), Ought: "failed, as for a session that there is not", Evidence: []Span{t.span()}})
			}
		}
	}
	return found
}

// ownerOf is who else was given a session's name; empty where nobody was.
func (c *Case) ownerOf(previd string) program.Actor {
	for _, a := range others() {
		if id, ok := c.known(string(a) + ".previd"); ok && previd != "" && id == previd {
			return a
		}
	}
	return ""
}
