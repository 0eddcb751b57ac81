package trunk

import (
	"bytes"
	"errors"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// question is what the authoritative server of another domain was asked: whether a key for a stream to us is its own.
type question struct {
	pair
	id string // of the stream
}

// dialback deals with an element of dialback on an inbound stream. Answers are not to come here (XEP-0220 §2.2, §3.1).
func (p *Peer) dialback(i *inbound, e *wire.Element) error {
	if p.misjudge(i, e) || e.Attr("type") != nil {
		return nil
	}
	switch string(e.Local()) {
	case "verify":
		b, err := p.answerVerify(e)
		if err != nil {
			return err
		}
		return i.stream.send(b)
	case "result":
		w := p.pairOf(e, "to", "from")
		if w.own == "" || w.other == "" {
			return refuse(wire.ImproperAddressing, "")
		}
		if v := p.presume(i, w); v.kind != "" {
			return i.stream.send(appendVerdict(nil, "result", w.own, w.other, "", v))
		}
		p.ask(i, w, string(bytes.TrimSpace(e.Text())))
		return nil
	}
	return refuse(wire.UnsupportedStanzaType, "")
}

// presume is the verdict on a domain that nobody needs be asked about (XEP-0220 §2.5); none where somebody does.
func (p *Peer) presume(i *inbound, w pair) verdict {
	y := &p.o.Security
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !p.o.Local(w.own):
		return mishap("item-not-found")
	case y.Required && !i.secure:
		return mishap("policy-violation")
	case p.o.Local(w.other):
		return mishap("not-acceptable")
	case i.believed[w]:
		return valid
	case y.NoDialback:
		return mishap("not-authorized")
	case len(i.believed)+len(i.asking) >= p.o.Pairs:
		return mishap("resource-constraint")
	}
	return verdict{}
}

// ask asks the authoritative server of a domain whether a key is its own (XEP-0220 §2.1.2). A second key for a pair is not
// looked at while the first is being judged.
func (p *Peer) ask(i *inbound, w pair, key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i.asking[w] || p.closed {
		return
	}
	i.asking[w] = true
	o := p.share(w)
	o.asked[question{w, i.id}] = i
	p.tell(o, appendRequest(nil, "verify", w.own, w.other, i.id, key))
	p.await(o)
}

// tellVerdict tells who claims a domain what came of it (XEP-0220 §2.2.1).
func (p *Peer) tellVerdict(q question, i *inbound, v verdict) {
	p.mu.Lock()
	delete(i.asking, q.pair)
	switch others := len(i.believed) > 0; {
	case v == valid:
		i.believed[q.pair] = true
		if i.ending == nil && !p.closed {
			i.stream.conn.SetReadDeadline(time.Time{})
		}
		p.verified.Add(1)
	case v == invalid && others: // the stream is to live for them
		v = mishap("forbidden")
	case v == invalid:
		i.ending = errHungUp
	}
	p.mu.Unlock()
	_ = i.stream.send(appendVerdict(nil, "result", q.own, q.other, "", v)) // the stream may be gone
	if v == invalid {
		i.stream.conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// unanswered is the verdict on a key that nobody judged, and how a stanza comes back that found no way, by why a stream is gone.
func unanswered(err error, opened bool) (v verdict, condition string) {
	if bad, ok := errors.AsType[*StreamError](err); errors.Is(err, ErrNoSuchDomain) || ok && !bad.Local && bad.Condition == wire.HostUnknown {
		return mishap("remote-server-not-found"), "remote-server-not-found"
	}
	if !opened {
		return mishap("remote-connection-failed"), "remote-server-timeout"
	}
	return mishap("remote-server-timeout"), "remote-server-timeout"
}
