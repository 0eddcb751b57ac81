package loopback

import (
	"regexp"
	"strings"
)

const (
	smEnable = "<enable xmlns='urn:xmpp:sm:3' resume='true'/>"
	smAck    = "<a xmlns='urn:xmpp:sm:3' h='100'/>"
)

func smResume(id string) string {
	return "<resume xmlns='urn:xmpp:sm:3' previd='" + id + "' h='0'/>"
}

var enabledID = regexp.MustCompile(` id='([0-9a-f]+)'`)

// enables turns stream management on, and returns the name of the session.
func (c *client) enables() string {
	m := enabledID.FindStringSubmatch(c.says(smEnable))
	if m == nil {
		c.t.Fatal("stream management is not enabled")
	}
	return m[1]
}

// resumes is what user n is told who wants to go on with a session; below 0 it does not authenticate.
func (x *site) resumes(n int, id string) string {
	c := x.dial()
	if n >= 0 {
		c.authenticate(n)
	} else {
		c.open()
	}
	c.put(smResume(id))
	got, _ := c.next()
	return got
}

// managedCases are those of managedDefects.
var managedCases = map[string]func(*site) bool{
	"sm-enabled-unbound": func(x *site) bool {
		c := x.dial()
		c.authenticate(0)
		c.put(smEnable)
		got, _ := c.next()
		return strings.HasPrefix(got, "<enabled")
	},
	"sm-resume-of-another": func(x *site) bool {
		return strings.HasPrefix(x.resumes(0, x.session(1, "w").enables()), "<resumed")
	},
	"sm-resume-unauthenticated": func(x *site) bool {
		return strings.HasPrefix(x.resumes(-1, x.session(1, "w").enables()), "<resumed")
	},
	"sm-previd-crash": func(x *site) bool {
		return strings.HasPrefix(x.resumes(0, "nobodys"), "<failed") && strings.HasPrefix(x.log.String(), "panic: ")
	},
	"sm-destroyed-crash": func(x *site) bool {
		c := x.session(0, "r")
		id := c.enables()
		c.says("</stream:stream>")
		return strings.HasPrefix(x.resumes(0, id), "<failed") && strings.HasPrefix(x.log.String(), "panic: ")
	},
	"sm-high-ack-crash":    func(x *site) bool { return tracebacks(smEnable + smAck)(x) },
	"sm-high-ack-accepted": func(x *site) bool { return !strings.Contains(x.session(0, "r").says(smEnable+smAck), "<stream:error") },
	"sm-count-wrong": func(x *site) bool {
		return strings.Contains(x.session(0, "r").says(smEnable+"<r xmlns='urn:xmpp:sm:3'/>"), "h='1'")
	},
	"sm-request-ignored": func(x *site) bool {
		return !strings.Contains(x.session(0, "r").says(smEnable+"<r xmlns='urn:xmpp:sm:3'/>"), "<a ")
	},
	"sm-failed-tells-count": func(x *site) bool {
		return strings.Contains(x.resumes(0, x.session(1, "w").enables()), " h='")
	},
}
