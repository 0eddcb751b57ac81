package oracle

import (
	"bytes"
	"slices"

	"xmpprig/loadgen/xmpp/wire"
)

// sameStanza reports whether got is what was sent, as servers may deliver it: with from and to as the server has them, in the
// sender's language, and with or without what only servers add.
func sameStanza(sent, got *wire.Element) bool { return difference(sent, got) == "" }

// difference says what is not as it was sent; nothing is empty. The order of children with different names has no meaning.
func difference(sent, got *wire.Element) string {
	if !stanzaAttrsWithin(sent, got) || !stanzaAttrsWithin(got, sent) {
		return "an attribute"
	}
	have, changed := childrenOf(got), false
	for _, want := range childrenOf(sent) {
		i := slices.IndexFunc(have, func(h wire.Element) bool { return namesakes(&h, &want) })
		if i < 0 {
			return "a child is lost"
		}
		changed = changed || !same(&want, &have[i])
		have = slices.Delete(have, i, i+1)
	}
	switch {
	case len(have) > 0:
		return "a child is added"
	case changed:
		return "a child is changed"
	}
	return ""
}

// sameText compares what was sent with what came. A password in what was sent stands as ***, and can be anything.
func sameText(sent, got []byte) bool {
	parts := bytes.Split(sent, []byte("***"))
	if len(parts) == 1 {
		return bytes.Equal(sent, got)
	}
	last := parts[len(parts)-1]
	rest, ok := bytes.CutPrefix(got, parts[0])
	for _, part := range parts[1 : len(parts)-1] {
		at := bytes.Index(rest, part)
		if ok = ok && at >= 0; !ok {
			return false
		}
		rest = rest[at+len(part):]
	}
	return ok && bytes.HasSuffix(rest, last)
}

// namesakes reports whether two elements have the same name. Servers take stanzas over from one content namespace to another.
func namesakes(a, b *wire.Element) bool {
	return content(a) == content(b) && bytes.Equal(a.Local(), b.Local())
}

// content is the namespace of an element, where those of stanzas are one.
func content(e *wire.Element) string {
	if space := string(e.Space()); space != wire.NSComponent && space != wire.NSServer {
		return space
	}
	return wire.NSClient
}

// stanzaAttrsWithin reports whether b has the attributes of a, but for those that are the server's.
func stanzaAttrsWithin(a, b *wire.Element) bool {
	for name, value := range a.Attrs() {
		if !stamped(string(name)) && !declares(name) && !hasAttr(b, name, value) && !isDefault(a, string(name), value, b) {
			return false
		}
	}
	return true
}

// hasAttr reports whether e has an attribute. Of a prefix only that there is one is compared, as a server may take another.
func hasAttr(e *wire.Element, name, value []byte) bool {
	_, local, prefixed := bytes.Cut(name, []byte(":"))
	if !prefixed || bytes.HasPrefix(name, []byte("xml:")) {
		got := e.Attr(string(name))
		return got != nil && bytes.Equal(got, value)
	}
	for n, v := range e.Attrs() {
		if _, l, ok := bytes.Cut(n, []byte(":")); ok && !declares(n) && bytes.Equal(l, local) && bytes.Equal(v, value) {
			return true
		}
	}
	return false
}

// stamped reports whether an attribute is the server's to set (RFC 6120 §8.1).
func stamped(name string) bool { return name == "from" || name == "to" || name == "xml:lang" }

func declares(name []byte) bool {
	return string(name) == "xmlns" || bytes.HasPrefix(name, []byte("xmlns:"))
}

// isDefault reports whether a value that only one of both has means what its absence does (RFC 6121 §5.2.2: what type is not
// known counts as normal).
func isDefault(of *wire.Element, name string, value []byte, other *wire.Element) bool {
	if name != "type" || string(of.Local()) != "message" {
		return false
	}
	return ordinary(value) && ordinary(other.Attr(name))
}

func ordinary(kind []byte) bool {
	switch string(kind) {
	case "chat", "groupchat", "headline", "error":
		return false
	}
	return true
}

// childrenOf are the children but for those that servers add and take away.
func childrenOf(e *wire.Element) (all []wire.Element) {
	for c := range e.Children() {
		switch string(c.Space()) {
		case "urn:xmpp:sid:0", wire.NSDelay, "jabber:x:delay", "urn:xmpp:occupant-id:0", "urn:xmpp:mam:tmp":
			continue
		}
		if c.Is(wire.NSCarbons, "private") { // XEP-0280 §9: only for servers
			continue
		}
		all = append(all, c)
	}
	return all
}
