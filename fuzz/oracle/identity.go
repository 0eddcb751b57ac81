package oracle

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// What a talk can note of itself.
const (
	wrongBound     = "bound"          // a resource was bound; what is the JID
	wrongSuccess   = "success"        // without the password
	wrongAuthzid   = "authzid"        // for somebody else
	wrongOffer     = "not-offered"    // success of a mechanism that was not offered
	wrongSilent    = "success-silent" // without an auth on this stream
	wrongProceed   = "proceed"        // TLS where it was not offered
	wrongAgain     = "again"          // success for who is authenticated already
	wrongSyntax    = "syntax"         // success of what breaks the syntax of the mechanism
	wrongBase64    = "base64"         // success of what is no Base64
	wrongNonce     = "nonce"          // success of another nonce than that of the exchange
	wrongBinding   = "binding"        // success of another channel binding
	wrongDowngrade = "downgrade"      // success of who was kept from binding to the channel
	wrongSeveral   = "several"        // success of a certificate that names several, of whom none was asked for
	wrongToken     = "token"          // success of a token that was given to another, or is good no more
	wrongHandshake = "handshake"      // a component is let in without the secret
)

// succeed notes a success that had no right to be.
func (w *talk) succeed(t *turn) {
	note := func(kind, what string) { w.wrongs = append(w.wrongs, wrong{kind, t, what}) }
	if w.auth == nil {
		if t.stream == w.encrypted && !w.sent.lost { // elsewhere it can be what was sent before the last success, in a row
			note(wrongSilent, "")
		}
		w.user = "?"
		return
	}
	if w.user != "" {
		note(wrongAgain, "")
	}
	sure := w.pending <= 1 // else it may be of another one
	w.pending = max(w.pending-1, 0)
	w.user = "?"
	if !sure {
		return
	}
	mechanism := string(w.auth.element.Attr("mechanism"))
	offered := w.offered
	if w.auth.element.Is(wire.NSSASL2, "authenticate") {
		offered = w.inline
	}
	if !slices.ContainsFunc(offered, func(o string) bool { return strings.EqualFold(o, mechanism) }) {
		note(wrongOffer, mechanism)
	}
	if w.sent.unread || w.sent.broken { // the server may have read on, and what it took is not known
		return
	}
	switch name := strings.ToUpper(mechanism); {
	case name == "PLAIN":
		w.plain(note)
	case name == "EXTERNAL":
		w.certified(note)
	case strings.HasPrefix(name, "SCRAM-"):
		w.scram(strings.HasSuffix(name, "-PLUS"), note)
	case strings.HasPrefix(name, "HT-"):
		w.byToken(name, note)
	}
}

// plain notes what is wrong with a message of PLAIN that had success.
func (w *talk) plain(note func(kind, what string)) {
	token := strings.Trim(w.token(), " \t\r\n")
	parts, strict := plainParts(token)
	switch {
	case len(parts) < 3 || ascii(parts[2]) != "***":
		note(wrongSuccess, "a wrong password")
	case len(parts) > 3:
		note(wrongSyntax, "a message of more than three parts")
	case !strict:
		note(wrongBase64, "")
	}
	if len(parts) < 3 {
		return
	}
	w.user = parts[1]
	w.users = append(w.users, w.user)
	if local := localOf(parts[0]); local != "" && !sameName(local, w.user) {
		note(wrongAuthzid, parts[0])
	}
}

// plainParts reads a PLAIN message (RFC 4616 §2), in which a known password stands as ***, and says whether it is Base64 as it must be
// (RFC 4648 §3). What is none is read as those servers do that pass over what they do not know.
func plainParts(token string) (parts []string, strict bool) {
	data, err := base64.StdEncoding.Strict().DecodeString(token)
	strict = err == nil && !strings.ContainsAny(token, "\r\n")
	if !strict {
		token = strings.Map(func(r rune) rune {
			if strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", r) {
				return r
			}
			return -1
		}, token)
		data, _ = base64.RawStdEncoding.DecodeString(token) // as far as it goes
	}
	return strings.Split(string(data), "\x00"), strict
}

// localOf is the local part of what may be a JID.
func localOf(jid string) string {
	local, _, _ := strings.Cut(bareOf(jid), "@")
	return local
}

// sameName reports whether two names may be those of one account. What has other letters than those of ASCII may be mapped to the other
// (RFC 4013 §2, RFC 8265 §3.3): who that is, the resource that is bound tells.
func sameName(a, b string) bool {
	return strings.EqualFold(a, b) || ascii(a) != a || ascii(b) != b
}

// token is the last message of the client in the exchange that auth began.
func (w *talk) token() string {
	all := w.tokens()
	return all[len(all)-1]
}

// tokens are all of them; the first is what the exchange was begun with.
func (w *talk) tokens() []string {
	initial := *w.auth.element
	if initial.Is(wire.NSSASL2, "authenticate") {
		initial, _ = initial.Child(wire.NSSASL2, "initial-response")
	}
	all := []string{string(initial.Text())}
	for _, t := range w.sent.turns {
		if t.stream == w.auth.stream && t.event >= w.auth.event && (t.element.Is(wire.NSSASL, "response") || t.element.Is(wire.NSSASL2, "response")) {
			all = append(all, string(t.element.Text()))
		}
	}
	return all
}

// ascii is text without what SASLprep may map to nothing (RFC 4013 §2.1).
func ascii(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return -1
		}
		return r
	}, text)
}

func (w *talk) proceed(t *turn) {
	if w.features == nil || w.features.stream != w.streams {
		return
	}
	if _, ok := w.features.element.Child(wire.NSTLS, "starttls"); !ok || w.secure {
		w.wrongs = append(w.wrongs, wrong{wrongProceed, t, ""})
	}
}

// identities looks for who passed for somebody else.
func identities(c *Case) (found []Finding) {
	for _, a := range attackers() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, x := range w.wrongs {
			f := Finding{Oracle: Identity, Level: program.Must, Row: "O-58", Clause: "RFC 6120 §6.3.8", Evidence: []Span{x.at.span()}}
			switch x.kind {
			case wrongSuccess:
				f.Title, f.Ought, f.Row, f.Clause = "somebody is authenticated without the password", "not-authorized", "O-59", "RFC 6120 §6.5.10"
			case wrongAuthzid:
				f.Title, f.Ought = "an authorization identity of somebody else is accepted", "invalid-authzid"
			case wrongSyntax:
				f.Oracle, f.Title, f.Ought, f.Row, f.Clause = Answer, "a message that PLAIN does not know is accepted", "malformed-request", "O-54", "RFC 6120 §6.5.8, RFC 4616 §2"
			case wrongBase64:
				f.Oracle, f.Title, f.Ought, f.Row, f.Clause = Answer, "what is no Base64 is accepted", "incorrect-encoding", "O-52", "RFC 6120 §6.5.5"
			case wrongBound:
				if !c.foreign(x) {
					continue
				}
				f.Title, f.Ought, f.Row, f.Clause = "a session of another user or host is bound", "a resource of the user that authenticated", "O-63", "RFC 6120 §7.2, §6.3.8"
			default:
				if !f.ofLogin(x.kind) {
					continue
				}
			}
			f.Detail = fmt.Sprintf("%s: %s", f.Title, x.what)
			found = append(found, f)
		}
	}
	return slices.Concat(found, c.forged(), c.halfForged(), c.otherPasswords(), c.takenOver())
}

// otherPasswords looks for a granted request to change the password of another user (XEP-0077 §3.3).
func (c *Case) otherPasswords() (found []Finding) {
	for _, a := range attackers() {
		w := c.talks[a]
		if w == nil {
			continue
		}
		for _, t := range w.sent.turns {
			query, ok := t.element.Child(wire.NSRegister, "query")
			if !ok || !t.bound || !t.marked || string(t.element.Attr("type")) != "set" {
				continue
			}
			name, ok := query.Child(wire.NSRegister, "username")
			if _, password := query.Child(wire.NSRegister, "password"); !ok || !password || !c.isOther(string(name.Text())) || !w.granted(t) {
				continue
			}
			found = append(found, Finding{Oracle: Identity, Level: program.Must, Title: "the password of another user is changed", Clause: "XEP-0077 §3.3",
				Detail: fmt.Sprintf("that of %s", name.Text()), Ought: "not-allowed, or forbidden", Evidence: []Span{t.span()}})
		}
	}
	return found
}

// isOther reports whether a local part is that of one who is not the attacker.
func (c *Case) isOther(local string) bool {
	for _, a := range others() {
		if name, ok := c.known(string(a) + ".local"); ok && strings.EqualFold(name, local) {
			return true
		}
	}
	return false
}

// granted reports whether a request has a result.
func (w *talk) granted(request *turn) bool {
	for _, t := range w.received.turns {
		if t.stream == request.stream && t.event > request.event && string(t.element.Attr("type")) == "result" && string(t.element.Attr("id")) == string(request.element.Attr("id")) {
			return true
		}
	}
	return false
}

// foreign reports whether a bound JID is that of somebody who did not authenticate.
func (c *Case) foreign(x wrong) bool {
	local, domain, _ := strings.Cut(bareOf(x.what), "@")
	if c.Domain != "" && !strings.EqualFold(domain, c.Domain) {
		return true
	}
	if x.at.user == "?" || strings.EqualFold(local, x.at.user) {
		return false
	}
	if ascii(local) != local {
		return false // a mapping of the name
	}
	if ascii(x.at.user) != x.at.user && c.isAccount(program.Attacker, local) {
		return false // that was mapped to it
	}
	for _, a := range program.Actors() {
		if c.isAccount(a, local) {
			return true
		}
	}
	return false
}

// isAccount reports whether a name is that of an actor's account.
func (c *Case) isAccount(a program.Actor, local string) bool {
	name, ok := c.known(string(a) + ".local")
	return ok && strings.EqualFold(local, name)
}
