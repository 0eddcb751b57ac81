package oracle

import (
	"encoding/base64"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// challenged is what a SCRAM challenge shows of the account it is for (RFC 5802 §5.1).
type challenged struct {
	at         *turn
	user       string
	mechanism  string
	iterations string
	salt       int // bytes
}

// enumerated looks for SCRAM challenges that tell whether there is an account: by another number of iterations, or a salt of another
// length (RFC 6120 §6.5.10, §13.11).
func enumerated(c *Case) []Finding {
	w := c.talks[program.Attacker]
	if w == nil {
		return nil
	}
	all := challenges(w)
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.mechanism == b.mechanism && a.user != b.user && (a.iterations != b.iterations || a.salt != b.salt) {
				return []Finding{{Oracle: Answer, Row: "O-59", Level: program.Must, Title: "a SCRAM challenge tells whether a user exists", Clause: "RFC 6120 §6.5.10, §13.11",
					Detail: "for " + a.user + " i=" + a.iterations + ", for " + b.user + " i=" + b.iterations, Ought: "challenges of one shape, whether the user exists or not",
					Evidence: []Span{a.at.span(), b.at.span()}}}
			}
		}
	}
	return nil
}

// challenges pairs each first message of SCRAM with the challenge that came of it.
func challenges(w *talk) (all []challenged) {
	for _, t := range w.sent.turns {
		mechanism := string(t.element.Attr("mechanism"))
		if !t.marked || !t.element.Is(wire.NSSASL, "auth") || !strings.HasPrefix(mechanism, "SCRAM-") {
			continue
		}
		for _, r := range w.received.turns {
			if r.event <= t.event || !r.element.Is(wire.NSSASL, "challenge") {
				continue
			}
			first, then := attributesOf(t.element), attributesOf(r.element)
			salt, _ := base64.StdEncoding.DecodeString(then["s"]) // a salt that is none has its own length
			all = append(all, challenged{r, first["n"], mechanism, then["i"], len(salt)})
			break
		}
	}
	return all
}

// attributesOf reads the attributes of a SCRAM message.
func attributesOf(e *wire.Element) map[string]string {
	text, _ := base64.StdEncoding.DecodeString(string(e.Text())) // what is no Base64 has none
	all := map[string]string{}
	for part := range strings.SplitSeq(string(text), ",") {
		if name, value, ok := strings.Cut(part, "="); ok {
			all[name] = value
		}
	}
	return all
}
