package loadgen

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
)

// servicePatience is how long each question to a service may take.
const servicePatience = 5 * time.Second

// mostServices are asked what they are.
const mostServices = 32

// checkRooms finds the service of the rooms before the run (XEP-0045 §6.1): the scenario's own, conference.DOMAIN, or the first that
// the server lists and that says it has rooms. c is logged in.
func (e *engine) checkRooms(ctx context.Context, c *xmpp.Conn) error {
	if e.rooms == nil {
		return nil
	}
	usual := e.rooms.service
	if usual == "" {
		usual = "conference." + e.users.domain
	}
	q := &inquiry{conn: c}
	if q.hasRooms(ctx, usual) {
		e.rooms.settle(usual)
		return nil
	}
	if e.rooms.service == "" {
		for _, item := range q.items(ctx, e.users.domain) {
			if q.hasRooms(ctx, item) {
				e.rooms.settle(item)
				return nil
			}
		}
	}
	err := fmt.Errorf("the scenario needs rooms (multi-user chat, XEP-0045), and the server has none: %s does not say that it has the feature %s", usual, wire.NSMUC)
	if q.err != nil {
		err = fmt.Errorf("%w (%w)", err, q.err)
	}
	return &SetupError{Class: "feature", Err: err,
		Remedy: "switch the server's module for multi-user chat on, or name its domain in the scenario: rooms: {service: DOMAIN}"}
}

// inquiry asks a service what it is (XEP-0030).
type inquiry struct {
	conn *xmpp.Conn
	n    int
	err  error // the last that was answered
}

// hasRooms says whether an address names multi-user chat among its features.
func (q *inquiry) hasRooms(ctx context.Context, address string) (has bool) {
	q.ask(ctx, address, wire.NSDiscoInfo, func(item *wire.Element) {
		has = has || string(item.Local()) == "feature" && string(item.Attr("var")) == wire.NSMUC
	})
	return has
}

// items are the addresses that a server lists.
func (q *inquiry) items(ctx context.Context, address string) (all []string) {
	q.ask(ctx, address, wire.NSDiscoItem, func(item *wire.Element) {
		if jid := string(item.Attr("jid")); len(all) < mostServices && jid != "" && !strings.ContainsAny(jid, "@/") {
			all = append(all, jid)
		}
	})
	return all
}

// ask sends one question and gives what the answer holds, piece by piece.
func (q *inquiry) ask(ctx context.Context, to, space string, each func(*wire.Element)) {
	q.n++
	id := fmt.Sprintf("service%d", q.n)
	get := wire.AppendIQ(nil, wire.Addressing{To: to, ID: id, Type: "get"}, []byte("<query xmlns='"+space+"'/>"))
	if q.err = q.conn.Send(get); q.err != nil {
		return
	}
	answered := false
	take := func(e *wire.Element) error {
		if string(e.Local()) != "iq" || string(e.Attr("id")) != id {
			return nil
		}
		answered = true
		if string(e.Attr("type")) == "error" {
			q.err = xmpp.ParseStanzaError(e)
			return nil
		}
		if query, ok := e.Child(space, "query"); ok {
			for c := range query.Children() {
				each(&c)
			}
		}
		return nil
	}
	for limit := time.Now().Add(servicePatience); !answered; {
		if _, err := q.conn.Receive(limit, take); err != nil {
			q.err = err
			return
		}
		if !answered && (ctx.Err() != nil || !time.Now().Before(limit)) {
			q.err = errors.New("no answer from " + to)
			return
		}
	}
}
