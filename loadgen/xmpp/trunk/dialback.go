package trunk

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"

	"xmpprig/loadgen/xmpp/wire"
)

// dialbackKey is the key of XEP-0220 §2.4 (XEP-0185): it tells the receiving and the originating domain and the stream, and only
// who has the secret can make it.
func dialbackKey(secret, receiving, originating, id string) string {
	hashed := sha256.Sum256([]byte(secret))
	mac := hmac.New(sha256.New, []byte(hex.EncodeToString(hashed[:])))
	mac.Write([]byte(receiving + " " + originating + " " + id))
	return hex.EncodeToString(mac.Sum(nil))
}

// verdict is what is said of a key: valid, invalid, or an error with its condition (XEP-0220 §2.5).
type verdict struct{ kind, condition string }

var (
	valid   = verdict{kind: "valid"}
	invalid = verdict{kind: "invalid"}
)

// mishap is a verdict that is neither.
func mishap(condition string) verdict { return verdict{"error", condition} }

// errorKind is the type of a condition of a dialback error (RFC 6120 §8.3.3).
func errorKind(condition string) string {
	switch condition {
	case "remote-server-timeout", "resource-constraint":
		return "wait"
	case "policy-violation", "not-acceptable":
		return "modify"
	case "not-authorized", "forbidden":
		return "auth"
	}
	return "cancel"
}

// appendRequest appends an element of dialback that asks: result or verify, with a key.
func appendRequest(dst []byte, name, from, to, id, key string) []byte {
	dst = append(appendStart(dst, name, from, to, id), '>')
	dst = wire.AppendText(dst, key)
	return append(append(append(dst, "</db:"...), name...), '>')
}

// appendVerdict appends one that answers.
func appendVerdict(dst []byte, name, from, to, id string, v verdict) []byte {
	dst = wire.AppendAttr(appendStart(dst, name, from, to, id), "type", v.kind)
	if v.condition == "" {
		return append(dst, "/>"...)
	}
	dst = wire.AppendStanzaError(append(dst, '>'), errorKind(v.condition), v.condition, "")
	return append(append(append(dst, "</db:"...), name...), '>')
}

func appendStart(dst []byte, name, from, to, id string) []byte {
	dst = append(append(dst, "<db:"...), name...)
	dst = wire.AppendAttr(wire.AppendAttr(dst, "from", from), "to", to)
	if id != "" {
		dst = wire.AppendAttr(dst, "id", id)
	}
	return dst
}

// readVerdict reads an answer.
func readVerdict(e *wire.Element) verdict {
	switch kind := string(e.Attr("type")); kind {
	case "valid", "invalid":
		return verdict{kind: kind}
	}
	if x, ok := e.Child(wire.NSServer, "error"); ok {
		if c, ok := x.First(); ok {
			return mishap(string(c.Local()))
		}
	}
	return mishap("undefined-condition")
}

// appendServerHeader appends the header of a stream between servers, which declares the prefix db (XEP-0220 §2.3).
func appendServerHeader(dst []byte, from, to, id string) []byte {
	return wire.AppendHeader(dst, wire.StreamHeader{From: from, To: to, ID: id, Version: "1.0", Namespace: wire.NSServer})
}

// answerVerify says, as the authoritative server, whether a key is ours (XEP-0220 §2.2.2).
func (p *Peer) answerVerify(e *wire.Element) ([]byte, error) {
	w, id := p.pairOf(e, "to", "from"), string(e.Attr("id"))
	if w.own == "" || w.other == "" {
		return nil, refuse(wire.ImproperAddressing, "")
	}
	if id == "" {
		return nil, refuse(wire.BadFormat, "there is no stream without an id")
	}
	v := invalid
	switch key := dialbackKey(p.secret, w.other, w.own, id); {
	case !p.o.Local(w.own):
		v = mishap("item-not-found")
	case subtle.ConstantTimeCompare(bytes.TrimSpace(e.Text()), []byte(key)) == 1:
		v = valid
	}
	return appendVerdict(nil, "verify", string(e.Attr("to")), string(e.Attr("from")), id, v), nil
}

// pairOf reads the domains of an element of dialback from two attributes, the own one first. What is no domain is empty.
func (p *Peer) pairOf(e *wire.Element, own, other string) pair {
	return pair{p.domain(e.Attr(own)), p.domain(e.Attr(other))}
}

// domain reads an address that is a domain; empty: it is none.
func (p *Peer) domain(jid []byte) string {
	if bytes.ContainsAny(jid, "@/") {
		return ""
	}
	d, _ := p.o.Domain(jid)
	return d
}
