package loadgen

import (
	"strings"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
)

// versionPatience is how long a server may take to say what it is. Many do
// not say at all.
const versionPatience = 2 * time.Second

// askVersion asks the server what software it is (XEP-0092); empty where it
// does not say.
func askVersion(c *xmpp.Conn, domain string) (name, version string) {
	const id = "version"
	ask := wire.AppendIQ(nil, wire.Addressing{To: domain, ID: id, Type: "get"}, []byte("<query xmlns='"+wire.NSVersion+"'/>"))
	if c.Send(ask) != nil {
		return "", ""
	}
	answered := false
	take := func(e *wire.Element) error {
		if string(e.Local()) != "iq" || string(e.Attr("id")) != id {
			return nil
		}
		answered = true
		if query, ok := e.Child(wire.NSVersion, "query"); ok {
			name, version = leaf(&query, "name"), leaf(&query, "version")
		}
		return nil
	}
	for limit := time.Now().Add(versionPatience); !answered && time.Now().Before(limit); {
		if _, err := c.Receive(limit, take); err != nil {
			break
		}
	}
	return name, version
}

// leaf is the text of a child, short enough for a heading.
func leaf(e *wire.Element, name string) string {
	child, ok := e.Child(wire.NSVersion, name)
	if !ok {
		return ""
	}
	const longest = 60
	text := child.Text()
	return strings.ToValidUTF8(string(text[:min(len(text), longest)]), "")
}
