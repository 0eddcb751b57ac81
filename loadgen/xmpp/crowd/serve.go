package crowd

import (
	"sync"

	"xmpprig/loadgen/xmpp/wire"
)

var scratch = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// serve does with a stanza of the user what a server does.
func (l *line) serve(e *wire.Element) error {
	to := e.Attr("to")
	kind := string(e.Attr("type"))
	switch string(e.Local()) {
	case "presence":
		switch {
		case kind == "subscribe" || kind == "subscribed" || kind == "unsubscribe" || kind == "unsubscribed":
			return l.subscription(e, to, kind)
		case len(to) == 0:
			return l.broadcast(e, kind)
		}
		l.noteDirected(to, kind)
	case "iq":
		if len(to) == 0 || string(to) == l.domain || string(to) == l.bare {
			l.hearText(answer(nil, e, l.full))
			return nil
		}
	}
	return l.pass(e, to, l.full)
}

// pass sends e on, from one of the user's addresses.
func (l *line) pass(e *wire.Element, to []byte, from string) error {
	if len(to) == 0 {
		to = []byte(l.bare)
	}
	p := scratch.Get().(*[]byte)
	defer scratch.Put(p)
	*p = l.appendFrom((*p)[:0], e, from, string(to))
	return l.send(to, *p)
}

// subscription passes on what is said of subscriptions, which bare addresses have (RFC 6121 §3), and keeps who was approved.
func (l *line) subscription(e *wire.Element, to []byte, kind string) error {
	if err := l.pass(e, to, l.bare); err != nil {
		return err
	}
	bare := bareOf(to)
	l.mu.Lock()
	switch kind {
	case "subscribed":
		if l.watchers == nil {
			l.watchers = map[string]struct{}{}
		}
		l.watchers[bare] = struct{}{}
	case "unsubscribed":
		delete(l.watchers, bare)
	}
	l.mu.Unlock()
	if kind == "subscribed" { // whoever was approved sees the presence of now (RFC 6121 §3.1.5)
		l.answerProbe([]byte(bare))
	}
	return nil
}

// broadcast sends presence to whoever was approved (RFC 6121 §4.2.2 and §4.4.2).
func (l *line) broadcast(e *wire.Element, kind string) error {
	out := l.appendFrom(nil, e, l.full, "")
	l.mu.Lock()
	l.presence = out
	if kind == "unavailable" {
		l.presence = nil
	}
	watchers := make([]string, 0, len(l.watchers))
	for w := range l.watchers {
		watchers = append(watchers, w)
	}
	l.mu.Unlock()
	for _, w := range watchers {
		if err := l.pass(e, []byte(w), l.full); err != nil {
			return err
		}
	}
	return nil
}

func (l *line) noteDirected(to []byte, kind string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if kind == "unavailable" {
		delete(l.directed, string(to))
		return
	}
	if kind == "" {
		if l.directed == nil {
			l.directed = map[string]struct{}{}
		}
		l.directed[string(to)] = struct{}{}
	}
}

// noteState forgets who wants to see the user no more.
func (l *line) noteState(e *wire.Element) {
	if string(e.Attr("type")) == "unsubscribe" {
		l.mu.Lock()
		delete(l.watchers, bareOf(e.Attr("from")))
		l.mu.Unlock()
	}
}

// answerProbe tells somebody the presence of now, if they were approved (RFC 6121 §4.3.2).
func (l *line) answerProbe(from []byte) {
	bare := bareOf(from)
	l.mu.Lock()
	_, approved := l.watchers[bare]
	presence := l.presence
	l.mu.Unlock()
	switch {
	case !approved:
		presence = wire.AppendPresence(nil, wire.Addressing{From: l.bare, To: bare, Type: "unsubscribed"}, nil)
	case presence == nil:
		presence = wire.AppendPresence(nil, wire.Addressing{From: l.full, To: bare, Type: "unavailable"}, nil)
	default:
		presence = readdressed(presence, l.crowd.namespace, bare)
	}
	_ = l.send(from, presence) // whoever asked asks again
}

// readdressed is a stanza that is written out, to somebody else.
func readdressed(stanza []byte, namespace, to string) []byte {
	var s wire.Scanner
	s.Next([]byte("<stream:stream xmlns='" + namespace + "' xmlns:stream='" + wire.NSStream + "'>"))
	e, _, err := s.Next(stanza)
	if err != nil {
		return nil // it was written by this package
	}
	return wire.AppendRehomed(nil, e, wire.Addressing{To: to})
}

// depart tells whoever knows the user to be there that this is over, and forgets the user.
func (l *line) depart() {
	l.mu.Lock()
	gone := l.closed || l.ended
	here := l.presence != nil
	l.presence = nil
	var tell []string
	for d := range l.directed {
		tell = append(tell, d)
	}
	if here {
		for w := range l.watchers {
			tell = append(tell, w)
		}
	}
	l.mu.Unlock()
	if gone {
		return
	}
	l.crowd.leave(l)
	for _, to := range tell {
		_ = l.send([]byte(to), wire.AppendPresence(nil, wire.Addressing{From: l.full, To: to, Type: "unavailable"}, nil))
	}
}
