package xmpp

import (
	"crypto/pbkdf2"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// BadTask says that the peer does not give what an upgrade to another SCRAM mechanism takes (XEP-0480 §3).
const BadTask Fault = "SCRAM upgrade task is malformed"

const upgradePrefix = "UPGR-"

// appendUpgrades asks for the tasks that are offered and known (XEP-0480 §2.2). They take a password.
func (n *negotiation) appendUpgrades(b []byte, mechanism string) []byte {
	n.upgrades = nil
	if n.account.Password == "" || isTokenMechanism(mechanism) || mechanism == "EXTERNAL" || mechanism == "ANONYMOUS" {
		return b
	}
	for _, task := range n.offer.sasl2.upgrades {
		name, ok := strings.CutPrefix(task, upgradePrefix)
		if _, known := hashOf(name); !ok || !known || slices.Contains(n.upgrades, task) {
			continue
		}
		n.upgrades = append(n.upgrades, task)
		b = append(b, "<upgrade xmlns='"+wire.NSUpgrade+"'>"...)
		b = append(wire.AppendText(b, task), "</upgrade>"...)
	}
	return b
}

// doTask does the first task that was asked for of those that a continue names, and returns what the peer says to it.
func (n *negotiation) doTask(e *wire.Element) (*wire.Element, error) {
	tasks, _ := e.Child(wire.NSSASL2, "tasks")
	named := texts(&tasks, wire.NSSASL2, "task", (*wire.Element).Text)
	i := slices.IndexFunc(n.upgrades, func(t string) bool { return slices.Contains(named, t) })
	if i < 0 {
		return nil, UnknownTask
	}
	task := n.upgrades[i]
	n.upgrades = slices.Delete(n.upgrades, i, i+1)
	next := wire.AppendAttr([]byte("<next xmlns='"+wire.NSSASL2+"'"), "task", task)
	given, err := n.request(append(next, "/>"...))
	if err != nil {
		return nil, err
	}
	if given.Is(wire.NSSASL2, "failure") {
		return given, nil
	}
	salted, err := n.salted(given, strings.TrimPrefix(task, upgradePrefix))
	if err != nil {
		return nil, err
	}
	n.upgraded = true
	b := []byte("<task-data xmlns='" + wire.NSSASL2 + "'><hash xmlns='" + wire.NSUpgrSCRAM + "'>")
	b = base64.StdEncoding.AppendEncode(b, salted)
	return n.request(append(b, "</hash></task-data>"...))
}

// salted derives the SaltedPassword (RFC 5802 §3) that a task is about.
func (n *negotiation) salted(given *wire.Element, mechanism string) ([]byte, error) {
	e, ok := given.Child(wire.NSUpgrSCRAM, "salt")
	if !given.Is(wire.NSSASL2, "task-data") || !ok {
		return nil, BadTask
	}
	salt, err := additional(&e)
	if err != nil || len(salt) == 0 {
		return nil, BadTask
	}
	count, err := parseCount(string(e.Attr("iterations")))
	if err != nil {
		return nil, BadTask
	}
	if lowest, highest := n.dialer.iterations(); count < lowest || count > highest {
		return nil, IterationError{count, lowest, highest}
	}
	_, password, err := n.account.prepared()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	h, _ := hashOf(mechanism)
	key, err := pbkdf2.Key(h.new, password, salt, count, h.new().Size())
	n.derivation += time.Since(began)
	if err != nil {
		return nil, fmt.Errorf("derive keys: %w", err)
	}
	return key, nil
}
