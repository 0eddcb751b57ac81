package oracle

import (
	"cmp"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// attackers are who acts against the server; they have one account.
func attackers() []program.Actor { return []program.Actor{program.Attacker, program.Accomplice} }

// others are those that the attacker must not harm.
func others() []program.Actor { return []program.Actor{program.Witness, program.Bystander} }

// state is how far the attacker's stream had come at the end.
func (c *Case) state() string {
	w := c.talks[program.Attacker]
	switch {
	case w == nil || w.streams == 0:
		return "not connected"
	case w.bound:
		return "bound"
	case w.server && len(w.trunkOf().results) > 0:
		return "between servers, believed"
	case w.server:
		return "between servers"
	case w.user != "":
		return "authenticated"
	case w.secure:
		return "tls"
	}
	return "connected"
}

// input is the class of what the attacker sent behind the mark.
func (c *Case) input() string {
	w := c.talks[program.Attacker]
	if w == nil {
		return "nothing"
	}
	class := ""
	for _, t := range w.sent.turns {
		if t.marked && !ofSync(t.element) {
			class = Class(t.element)
		}
	}
	switch {
	case w.sent.badAt >= 0:
		return "no XML"
	case w.sent.partial:
		return "unfinished element"
	}
	return cmp.Or(class, "nothing")
}

// Class is what kind of thing an element is, of a bounded number of kinds.
func Class(e *wire.Element) string {
	switch e.Kind {
	case wire.Header:
		return "header"
	case wire.Footer:
		return "footer"
	case wire.Stanza:
		return stanzaClass(e)
	}
	return "{" + known(string(e.Space())) + "}" + knownName(string(e.Local()))
}

func stanzaClass(e *wire.Element) string {
	kind := string(e.Attr("type"))
	switch kind {
	case "", "chat", "normal", "headline", "groupchat", "error", "get", "set", "result", "subscribe", "subscribed", "unsubscribe",
		"unsubscribed", "unavailable", "probe":
	default:
		kind = "other"
	}
	class := string(e.Local())
	if kind != "" {
		class += " " + kind
	}
	if child, ok := e.First(); ok && string(e.Local()) == "iq" {
		class += " {" + known(string(child.Space())) + "}" + knownName(string(child.Local()))
	}
	return class
}

// known is a namespace, or "other" for one that no specification of ours knows, so that classes stay few.
func known(space string) string {
	for _, prefix := range []string{"urn:ietf:params:xml:ns:xmpp-", "jabber:", "http://jabber.org/", "http://etherx.jabber.org/", "urn:xmpp:", "vcard-temp"} {
		if strings.HasPrefix(space, prefix) && len(space) < 80 {
			return space
		}
	}
	if space == "" {
		return ""
	}
	return "other"
}

func knownName(name string) string {
	if len(name) > 24 || strings.ContainsFunc(name, func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') }) {
		return "other"
	}
	return name
}
