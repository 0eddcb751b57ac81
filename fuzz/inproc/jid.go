package inproc

import (
	"errors"
	"strings"

	"mellium.im/xmpp/jid"

	"xmpprig/loadgen/xmpp"
)

// FuzzJID parses and prints an address, and has mellium.im/xmpp parse it too. The two may disagree only as excused and alike
// list.
func FuzzJID(data []byte) int {
	if len(data) > 4<<10 {
		return -1
	}
	theirs, refused := jid.Parse(string(data))
	ours, err := xmpp.ParseJID(string(data))
	if err != nil {
		require(refused != nil || excused(err, theirs), "mellium accepts an address that we refuse")
		return 0
	}
	again, err := xmpp.ParseJID(ours.String())
	require(err == nil && again == ours, "a printed address parses to another")
	bare, err := xmpp.ParseJID(ours.Bare().String())
	require(err == nil && bare == ours.Bare() && bare.Resource() == "", "a bare address parses to another")
	require(bare.Local() == ours.Local() && bare.Domain() == ours.Domain(), "a bare address has other parts")
	require(refused == nil, "mellium refuses an address that we accept")
	require(alike(ours, theirs), "mellium parses an address to another")
	return 1
}

// excused tells where we are stricter: mellium passes domains with empty or long labels, forbidden characters and mixed
// directions, and does not ask whether what it has prepared may be prepared again.
func excused(err error, theirs jid.JID) bool {
	at, ok := errors.AsType[*xmpp.JIDError](err)
	require(ok && at.Err != nil, "an address is refused without a JIDError")
	again, err := jid.Parse(theirs.String())
	return at.Part == "domainpart" || err != nil || !again.Equal(theirs)
}

// alike compares, but for what mellium does not settle: it prepares once what may have to be prepared again, and leaves IPv6
// addresses as they are spelt.
func alike(ours xmpp.JID, theirs jid.JID) bool {
	if ours.Local() == theirs.Localpart() && ours.Domain() == theirs.Domainpart() && ours.Resource() == theirs.Resourcepart() {
		return true
	}
	settled, err := xmpp.ParseJID(theirs.String())
	return err == nil && settled == ours
}

// FuzzMelliumJID parses and prints an address with mellium.im/xmpp.
func FuzzMelliumJID(data []byte) int {
	if len(data) > 4<<10 {
		return -1
	}
	j, err := jid.Parse(string(data))
	if err != nil {
		return 0
	}
	again, err := jid.Parse(j.String())
	require(err == nil, "mellium prints an address that it does not parse")
	require(again.Equal(j), "mellium prints an address that it parses to another")
	return 1
}

func jidSeeds() ([][]byte, error) {
	all, err := programs()
	if err != nil {
		return nil, err
	}
	seeds := list("juliet@example.com/foo", "JULIET@Example.COM./R", "Σ@bücher.example/♚", "a@[::1]", "a@[2001:DB8:0::1]/x", "127.0.0.1", "a@xn--bcher-kva",
		"ﬀ@x/ﬀ", "א@x", "Ⅷ.x", "a@b/"+strings.Repeat("é", 511), "ｊuliet@example.com", "a@b/c@d/e", "xn--a.example")
	for _, p := range all {
		if p.Row >= 84 && p.Row <= 89 { // the rows of addresses
			seeds = append(seeds, addresses(stream(p))...)
		}
	}
	return seeds, nil
}

// addresses cuts the values of the attributes to and jid out of a stream.
func addresses(stream []byte) (all [][]byte) {
	for _, key := range []string{" to='", " jid='"} {
		for _, part := range strings.Split(string(stream), key)[1:] {
			value, _, _ := strings.Cut(part, "'")
			all = append(all, []byte(value))
		}
	}
	return all
}
