package loadgen

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// asking is what a request of an extension is about in one iteration.
type asking struct {
	*scenarios.Request
	peer int    // picked for To
	to   string // where the request goes; empty: one's own account
	node string // with its number
	whom string // the peer's bare address
	size int    // of what is sent
	id   []byte // of the item that is published
	body template
}

// phrase is how one kind of request is put on the wire.
type phrase struct {
	set     bool // of type set, else get
	away    bool // goes to the peer's account, or the service; else to one's own account, whoever is meant
	lenient bool // that there is nothing is an answer (item-not-found, RFC 6120 section 8.3.3.7)
	payload func(b []byte, s *session, a *asking) []byte
}

// phrases are the requests that take one exchange, by kind.
func phrases() map[string]phrase {
	return map[string]phrase{
		"blocklist":        {lenient: true, payload: fixed("<blocklist xmlns='" + wire.NSBlocking + "'/>")},
		"block":            {set: true, payload: blocking("block")},
		"unblock":          {set: true, payload: blocking("unblock")},
		"vcard":            {away: true, lenient: true, payload: vcardGet},
		"vcard-set":        {set: true, payload: vcardSet},
		"bookmarks":        {lenient: true, payload: fixed("<pubsub xmlns='" + wire.NSPubSub + "'><items node='" + wire.NSBookmarks + "'/></pubsub>")},
		"bookmark":         {set: true, payload: bookmark},
		"push":             {set: true, payload: pushing("enable")},
		"push-disable":     {set: true, payload: pushing("disable")},
		"items":            {away: true, lenient: true, payload: items},
		"node-create":      {set: true, away: true, payload: onNode("create", wire.NSPubSub)},
		"node-delete":      {set: true, away: true, payload: onNode("delete", wire.NSPubSubOwner)},
		"node-subscribe":   {set: true, away: true, payload: subscribing("subscribe")},
		"node-unsubscribe": {set: true, away: true, payload: subscribing("unsubscribe")},
	}
}

// extension is a request of an extension that takes one exchange.
type extension struct {
	scenarios.Request
	phrase
	series int
	body   template
}

func (p *program) request(st scenarios.Request) op {
	p.extends = true
	series := p.name(st.Label)
	switch st.Kind {
	case "archive":
		p.archives = true
		return &archive{Request: st, series: series, pages: p.name(st.Label + ".page")}
	case "publish":
		return p.publish(st, series)
	}
	ph, ok := phrases()[st.Kind]
	if !ok {
		panic("no phrase for the request " + st.Kind) // it was added without one: TestEveryRequest
	}
	return &extension{Request: st, phrase: ph, series: series}
}

func (o *extension) run(ctx context.Context, s *session) error {
	peers, size := drawAsking(&o.Request, s.users, s.user, s.rng)
	for _, n := range peers {
		a := s.asking(&o.Request, n, size)
		if !o.away {
			a.to = ""
		}
		if err := s.askUntil(ctx, o, &a); err != nil {
			return err
		}
		s.watches(&a)
	}
	return nil
}

func (o *extension) rehearse(r *rehearsal) {
	peers, size := drawAsking(&o.Request, r.users, r.user, r.rng)
	for _, n := range peers {
		r.note(uint64(n))
	}
	r.note(uint64(size))
}

// drawAsking draws whom a request is about, and how large it is.
func drawAsking(q *scenarios.Request, users *population, self int, r *rand.Rand) (peers []int, size int) {
	peers = []int{self}
	switch {
	case q.To != nil && q.Kind == "node-subscribe":
		peers = users.all(q.To, self, r)
	case q.To != nil:
		peers = []int{users.pick(q.To, self, r)}
	}
	if q.Payload == "" {
		size = max(0, int(q.Size.Draw(r)))
	}
	return peers, size
}

// asking says where a request about a peer goes.
func (s *session) asking(q *scenarios.Request, peer, size int) asking {
	a := asking{Request: q, peer: peer, size: size, node: number(q.Node, peer), whom: s.users.address(s.user)}
	if q.To != nil {
		a.whom = s.users.to(q.To, peer)
	}
	switch {
	case q.Service:
		a.to = s.offers.pubsub
	case peer != s.user:
		a.to = a.whom
	}
	if peer == outside {
		a.node = number(q.Node, s.user)
	}
	return a
}

// askUntil sends a request, again and again while the scenario has patience
// and there is no such node, or the server asks to try later: the times are
// those of the whole.
func (s *session) askUntil(ctx context.Context, o *extension, a *asking) error {
	limit := s.now() + o.Within - retryPause
	for {
		plain := s.plainOptions.Load()
		err := s.pose(ctx, o, a)
		if o.Kind == "bookmark" && !plain && isStanzaError(err) { // ejabberd knows fewer options here than elsewhere
			s.plainOptions.Store(true)
			continue
		}
		if s.now() > limit || !mayPass(err) {
			return err
		}
		if err := s.passTo(ctx, s.now()+retryPause); err != nil {
			return err
		}
		s.free = s.now()
	}
}

func isStanzaError(err error) bool {
	_, ok := errors.AsType[*xmpp.StanzaError](err)
	return ok
}

// mayPass reports whether an error may be gone after a while: a node that
// somebody has yet to create, and what the server says itself (RFC 6120 section 8.3.2).
func mayPass(err error) bool {
	e, ok := errors.AsType[*xmpp.StanzaError](err)
	return ok && (e.Condition == "item-not-found" || e.Type == "wait")
}

// retryPause lies between two requests for a node that is not there yet.
const retryPause = 500 * time.Millisecond

// pose sends one request and waits for its answer.
func (s *session) pose(ctx context.Context, o *extension, a *asking) error {
	kind := "get"
	if o.set {
		kind = "set"
	}
	buf := s.beginRequest(kind, a.to)
	buf.b = append(o.payload(buf.b, s, a), "</iq>"...)
	return s.converse(ctx, o.series, buf, answer{lenient: o.lenient})
}

// fixed is a payload that is always the same.
func fixed(xml string) func([]byte, *session, *asking) []byte {
	return func(b []byte, _ *session, _ *asking) []byte { return append(b, xml...) }
}

// blocking is a command of XEP-0191; without a peer it is for everybody.
func blocking(command string) func([]byte, *session, *asking) []byte {
	return func(b []byte, _ *session, a *asking) []byte {
		b = append(append(append(b, '<'), command...), " xmlns='"+wire.NSBlocking+"'>"...)
		if a.To != nil {
			b = append(wire.AppendAttr(append(b, "<item"...), "jid", a.whom), "/>"...)
		}
		return wire.AppendEnd(b, command)
	}
}

// vcardGet asks for a vCard4 (XEP-0292 section 3), or vcard-temp (XEP-0054).
func vcardGet(b []byte, s *session, _ *asking) []byte {
	if s.offers.nodes {
		return append(b, "<pubsub xmlns='"+wire.NSPubSub+"'><items node='"+wire.NSVCard4Node+"' max_items='1'/></pubsub>"...)
	}
	return append(b, "<vCard xmlns='"+wire.NSVCardTemp+"'/>"...)
}

func vcardSet(b []byte, s *session, a *asking) []byte {
	name := s.users.local(s.user)
	if !s.offers.nodes {
		b = append(b, "<vCard xmlns='"+wire.NSVCardTemp+"'>"...)
		b = append(appendLeaf(b, "FN", name), "<DESC>"...)
		return append(appendFiller(b, a.size), "</DESC></vCard>"...)
	}
	b = append(b, "<pubsub xmlns='"+wire.NSPubSub+"'><publish node='"+wire.NSVCard4Node+"'><item id='current'><vcard xmlns='"+wire.NSVCard4+"'><fn>"...)
	b = append(appendLeaf(b, "text", name), "</fn><note><text>"...)
	return append(appendFiller(b, a.size), "</text></note></vcard></item></publish></pubsub>"...)
}

// bookmark publishes one as XEP-0402 section 3.2 says, with the options that
// keep them private.
func bookmark(b []byte, s *session, a *asking) []byte {
	room, _, _ := strings.Cut(a.Room, "@")
	b = append(b, "<pubsub xmlns='"+wire.NSPubSub+"'><publish node='"+wire.NSBookmarks+"'><item"...)
	b = append(wire.AppendAttr(b, "id", a.Room), "><conference xmlns='"+wire.NSBookmarks+"'"...)
	b = append(wire.AppendAttr(b, "name", room), "/></item></publish><publish-options><x xmlns='"+wire.NSData+"' type='submit'>"...)
	for _, option := range [...][2]string{
		{"FORM_TYPE", wire.NSPubSub + "#publish-options"}, {"pubsub#persist_items", "true"}, {"pubsub#max_items", "max"},
		{"pubsub#send_last_published_item", "never"}, {"pubsub#access_model", "whitelist"},
	} {
		if (option[1] == "max" || option[1] == "never") && s.plainOptions.Load() {
			continue
		}
		b = append(wire.AppendAttr(append(b, "<field"...), "var", option[0]), "><value>"...)
		b = append(wire.AppendText(b, option[1]), "</value></field>"...)
	}
	return append(b, "</x></publish-options></pubsub>"...)
}

func pushing(command string) func([]byte, *session, *asking) []byte {
	return func(b []byte, _ *session, a *asking) []byte {
		b = append(append(append(b, '<'), command...), " xmlns='"+wire.NSPush+"'"...)
		b = wire.AppendAttr(b, "jid", a.whom)
		if a.Node != "" {
			b = wire.AppendAttr(b, "node", a.node)
		}
		return append(b, "/>"...)
	}
}

func items(b []byte, _ *session, a *asking) []byte {
	b = wire.AppendAttr(append(b, "<pubsub xmlns='"+wire.NSPubSub+"'><items"...), "node", a.node)
	if a.Max > 0 {
		b = wire.AppendAttr(b, "max_items", strconv.Itoa(a.Max))
	}
	return append(b, "/></pubsub>"...)
}

// onNode is a command that only names its node.
func onNode(command, space string) func([]byte, *session, *asking) []byte {
	return func(b []byte, _ *session, a *asking) []byte {
		b = append(append(b, "<pubsub xmlns='"+space+"'><"...), command...)
		return append(wire.AppendAttr(b, "node", a.node), "/></pubsub>"...)
	}
}

// subscribing has a user's bare address watch a node, or not.
func subscribing(command string) func([]byte, *session, *asking) []byte {
	return func(b []byte, s *session, a *asking) []byte {
		b = append(append(b, "<pubsub xmlns='"+wire.NSPubSub+"'><"...), command...)
		b = wire.AppendAttr(wire.AppendAttr(b, "node", a.node), "jid", s.users.address(s.user))
		return append(b, "/></pubsub>"...)
	}
}
