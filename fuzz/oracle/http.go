package oracle

import (
	"bytes"

	"xmpprig/fuzz/program"
)

// statusLine is how an answer of HTTP begins; a digit may stand for #.
const statusLine = "HTTP/1.# ### "

// receivePlain takes what comes over TCP. A server that speaks HTTP on the same port may answer an actor in that, as over
// WebSocket before there is a session: with a status, and no XMPP comes any more.
func (v *view) receivePlain(data []byte) {
	if v.broken || v.spoken {
		v.receive(data)
		return
	}
	v.opening = append(v.opening, data...)
	n := min(len(v.opening), len(statusLine))
	switch {
	case !beginsStatus(v.opening[:n]):
		v.speak()
	case n == len(statusLine):
		v.add(Seen{Kind: program.Refused, Condition: string(bytes.Fields(v.opening)[1]), raw: string(v.opening)})
		v.broken, v.over = true, true
	}
}

// speak takes what came so far as XMPP.
func (v *view) speak() {
	v.spoken = true
	v.receive(v.opening) // which may be nothing
	v.opening = nil
}

// beginsStatus reports whether b is the beginning of a line with a status.
func beginsStatus(b []byte) bool {
	for i, c := range b {
		if want := statusLine[i]; c != want && (want != '#' || c < '0' || c > '9') {
			return false
		}
	}
	return true
}
