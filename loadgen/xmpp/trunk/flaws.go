package trunk

import (
	"bytes"

	"xmpprig/loadgen/xmpp/wire"
)

// Flaw is a duty of a server among servers that is neglected on purpose, so that who looks for that can be examined.
type Flaw string

// The flaws.
const (
	Unsolicited Flaw = "dialback-unsolicited"   // an answer that nobody asked for is believed
	CrossStream Flaw = "dialback-cross-stream"  // so is one on another stream than that of the question
	Unverified  Flaw = "dialback-not-verified"  // a key is believed, and nobody asked about it
	OddCrash    Flaw = "dialback-no-id-crash"   // a key to verify without the id of a stream crashes
	PairsKept   Flaw = "dialback-pairs-kept"    // each claim leaves memory behind
	Early       Flaw = "stanza-before-dialback" // stanzas are delivered before anybody is believed
	AnyFrom     Flaw = "stanza-of-any-domain"   // who is believed for one domain is for all
	Relay       Flaw = "stanza-relayed"         // what is for another server is sent on to that
	Unaddressed Flaw = "stanza-without-address" // a stanza without from or to is passed over
)

// Flaws are those that a Peer has. The zero value is none.
type Flaws struct {
	Has   func(Flaw) bool
	Crash func()         // is called where OddCrash shows
	Keep  func(b []byte) // takes what is left behind
}

func (f *Flaws) has(flaw Flaw) bool { return f.Has != nil && f.Has(flaw) }

// kept is what a claim leaves behind, in bytes.
const kept = 256 << 10

// misjudge is what flaws make of an element of dialback. It reports whether nothing else is to be done.
func (p *Peer) misjudge(i *inbound, e *wire.Element) (done bool) {
	f := &p.o.Flaws
	name, kind := string(e.Local()), string(e.Attr("type"))
	w := p.pairOf(e, "to", "from")
	claim := name == "result" && kind == "" && p.o.Local(w.own) && w.other != ""
	switch {
	case f.Has == nil:
	case name == "verify" && kind == "" && len(e.Attr("id")) == 0 && f.has(OddCrash):
		f.Crash()
	case kind == "valid" && p.o.Local(w.own) && f.has(Unsolicited):
		p.mu.Lock()
		i.believed[w] = true
		p.mu.Unlock()
		return true
	case claim && f.has(PairsKept):
		f.Keep(bytes.Repeat([]byte{1}, kept))
	case claim && f.has(Unverified):
		p.tellVerdict(question{w, i.id}, i, valid)
		return true
	}
	return false
}

// anywhere finds a question on any stream. Peer.mu is held.
func (p *Peer) anywhere(q question) *inbound {
	if !p.o.Flaws.has(CrossStream) {
		return nil
	}
	for _, list := range p.out {
		for _, o := range list {
			if i := o.asked[q]; i != nil {
				delete(o.asked, q)
				return i
			}
		}
	}
	return nil
}

// misreceive is what flaws make of a stanza. It reports whether nothing else is to be done.
func (p *Peer) misreceive(i *inbound, e *wire.Element) (done bool) {
	f := &p.o.Flaws
	if f.Has == nil {
		return false
	}
	from, ok1 := p.o.Domain(e.Attr("from"))
	to, ok2 := p.o.Domain(e.Attr("to"))
	p.mu.Lock()
	nobody := len(i.believed) == 0
	p.mu.Unlock()
	switch {
	case nobody && !f.has(Early):
		return false
	case !ok1 || !ok2:
		return f.has(Unaddressed)
	case !p.o.Local(to):
		if !f.has(Relay) {
			return false
		}
		_ = p.Send(from, to, e.Raw()) // it is going, if that fails
		return true
	case nobody || f.has(AnyFrom):
		p.o.Deliver(e, i.stream.readAt)
		return true
	}
	return false
}
