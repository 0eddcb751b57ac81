package xmpp

import (
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// bind implements RFC 6120 §7.6 and §7.7. The address is taken as the server
// gives it, even if its domain is none by the rules, as many in test beds are.
func (n *negotiation) bind() error {
	if resumed, err := n.resume(); resumed || err != nil {
		return err
	}
	n.stage = Bind
	payload := []byte("<bind xmlns='" + wire.NSBind + "'/>")
	if n.account.Resource != "" {
		payload = []byte("<bind xmlns='" + wire.NSBind + "'><resource>")
		payload = wire.AppendText(payload, n.account.Resource)
		payload = append(payload, "</resource></bind>"...)
	}
	answer, err := n.ask("bind", payload)
	if err != nil {
		return err
	}
	b, _ := answer.Child(wire.NSBind, "bind")
	given, _ := b.Child(wire.NSBind, "jid")
	n.conn.jid = strings.TrimSpace(string(given.Text()))
	if _, resource, ok := strings.Cut(n.conn.jid, "/"); !ok || resource == "" {
		return BadJID
	}
	return nil
}

// establish implements RFC 3921 §3, which some servers still ask for.
func (n *negotiation) establish() error {
	_, err := n.ask("session", []byte("<session xmlns='"+wire.NSSession+"'/>"))
	return err
}

// ask sends an iq of type set and returns its result.
func (n *negotiation) ask(id string, payload []byte) (*wire.Element, error) {
	return n.query(wire.Addressing{ID: id, Type: "set"}, payload)
}
