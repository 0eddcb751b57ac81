package scenarios

import (
	"regexp"
	"strconv"
	"strings"
)

// The spellings of a peer as text: a word, a user's number or an address
// (RFC 7622; an address holds an @ or a dot, so that slips are noticed).
const (
	userNumberPattern = `user (0|[1-9][0-9]{0,6})`
	addressPattern    = `[^\s{}/]+[@.][^\s{}/]+(/[^\x00-\x1f\x7f{}]+)?`
)

func peerWords() []string { return []string{"random", "paired", "remote", "self"} }

// peerForm is whom a step talks to.
func peerForm() form[Peer] {
	ring := object("a ring", Peer{Mode: Ring},
		must("ring", integer(1, 10_000_000), "The users that follow in number, this many, cyclically: one of them at random, or all of them in subscribe and roster.", func(p *Peer) *int { return &p.Span }))
	return either("a peer: random, paired, remote, self, user N, {ring: N} or an address", peerText(), having(ring, "ring"))
}

func peerText() form[Peer] {
	pattern := "^(" + strings.Join(peerWords(), "|") + "|" + userNumberPattern + "|" + addressPattern + ")$"
	user, address := regexp.MustCompile("^"+userNumberPattern+"$"), regexp.MustCompile("^"+addressPattern+"$")
	sch := schema{"type": "string", "pattern": pattern, "maxLength": 3071,
		"description": "random: any user but oneself; paired: users 0 and 1, 2 and 3, …; remote: any user of the other side, where some are elsewhere; self: one's own bare address; user N; or an address."}
	return form[Peer]{"a peer", sch, isScalar, func(c *reading, n *node) Peer {
		known := append(peerWords(), "user 0")
		switch {
		case n.kind != text:
			c.wrong(n, "a peer: random, paired, remote, self, user N, {ring: N} or an address")
		case n.text == "random":
			return Peer{Mode: Random}
		case n.text == "paired":
			return Peer{Mode: Paired}
		case n.text == "remote":
			return Peer{Mode: Remote}
		case n.text == "self":
			return Peer{Mode: Self}
		case user.MatchString(n.text):
			number, _ := strconv.Atoi(strings.TrimPrefix(n.text, "user ")) // at most seven digits
			return Peer{Mode: Fixed, N: number}
		case address.MatchString(n.text) && len([]rune(n.text)) <= 3071:
			return Peer{Mode: Fixed, JID: n.text}
		default:
			c.fail(n.pos, show(n.text)+" is no peer", suggestion(n.text, known)+" (an address holds an @ or a dot)")
		}
		return Peer{}
	}}
}

// somebody is a peer that a step may leave out.
func somebody() form[*Peer] { return into(peerForm(), func(p Peer) *Peer { return &p }) }
