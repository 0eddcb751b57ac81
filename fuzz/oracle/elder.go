package oracle

import "xmpprig/fuzz/program"

// notWellFormed had another name in RFC 3920, which servers of that time still say (RFC 6120 §4.9.3.13): it means the same, and
// is not what is to be said now.
const notWellFormed, elderNotWellFormed = "not-well-formed", "xml-not-well-formed"

// allows reports whether a condition is one that is wanted, by its name of now or of before.
func (c *court) allows(want program.Sight, s Seen) bool {
	if s.Kind == program.StreamError && s.Condition == elderNotWellFormed && want.Allows(notWellFormed) {
		c.elder = true
		return true
	}
	return want.Allows(s.Condition)
}
