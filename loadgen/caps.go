package loadgen

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"slices"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// capabilities is what the sessions' client says it can do (XEP-0115); the
// zero value says nothing.
type capabilities struct {
	element  string // <c/> of presence
	answer   string // content of the answer to disco#info
	features []string
	notifies bool // some feature ends in +notify
}

// Names of the client that sessions are.
const (
	capsNode = "urn:xmpprig:client"
	capsName = "xmpprig"
)

// newCapabilities makes the capabilities of a client with these features.
func newCapabilities(features []string) (c capabilities) {
	if len(features) == 0 {
		return c
	}
	c.features = append([]string{wire.NSCaps, wire.NSDiscoInfo, wire.NSPing}, features...)
	slices.Sort(c.features)
	c.features = slices.Compact(c.features)
	version := "client/pc//" + capsName + "<"
	b := append([]byte("<identity category='client' type='pc'"), wire.AppendAttr(nil, "name", capsName)...)
	b = append(b, "/>"...)
	for _, f := range c.features {
		version += f + "<"
		b = append(wire.AppendAttr(append(b, "<feature"...), "var", f), "/>"...)
		c.notifies = c.notifies || strings.HasSuffix(f, "+notify")
	}
	hash := sha1.Sum([]byte(version)) // XEP-0115 section 5.1
	c.answer = string(b)
	c.element = "<c xmlns='" + wire.NSCaps + "' hash='sha-1' node='" + capsNode + "' ver='" + base64.StdEncoding.EncodeToString(hash[:]) + "'/>"
	return c
}

// notified reports whether the client asks to be told of a node.
func (c *capabilities) notified(node string) bool { return slices.Contains(c.features, node+"+notify") }

// describe answers a request of disco#info; false where it is none, or nothing is to be said.
func (s *session) describe(e *wire.Element) bool {
	query, ok := e.Child(wire.NSDiscoInfo, "query")
	if !ok || s.program.caps.answer == "" {
		return false
	}
	node := query.Attr("node")
	if len(node) > 0 && !bytes.HasPrefix(node, []byte(capsNode+"#")) {
		return false
	}
	buf := borrow()
	b := append(buf.b[:0], "<iq type='result'"...)
	b = wire.AppendAttr(b, "id", e.Attr("id"))
	if from := e.Attr("from"); from != nil {
		b = wire.AppendAttr(b, "to", from)
	}
	b = append(b, "><query xmlns='"+wire.NSDiscoInfo+"'"...)
	if len(node) > 0 {
		b = wire.AppendAttr(b, "node", node)
	}
	b = append(append(append(b, '>'), s.program.caps.answer...), "</query></iq>"...)
	buf.b = b
	if err := s.transmit(buf); err != nil {
		s.erred(err, s.now())
	}
	return true
}
