package trunk

import (
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

// appendDialback appends an element of dialback: result or verify, with a key or, without, as an answer of a type.
func appendDialback(dst []byte, name, from, to, id, kind, key string) []byte {
	dst = append(append(dst, "<db:"...), name...)
	for _, a := range [...]struct{ name, value string }{{"from", from}, {"to", to}, {"id", id}, {"type", kind}} {
		if a.value != "" {
			dst = wire.AppendAttr(dst, a.name, a.value)
		}
	}
	if key == "" {
		return append(dst, "/>"...)
	}
	dst = wire.AppendText(append(dst, '>'), key)
	return append(append(append(dst, "</db:"...), name...), '>')
}

// appendServerHeader appends the header of a stream between servers, which declares the prefix db (XEP-0220 §2.3).
func appendServerHeader(dst []byte, from, to, id string) []byte {
	return wire.AppendHeader(dst, wire.StreamHeader{From: from, To: to, ID: id, Version: "1.0", Namespace: wire.NSServer})
}

// answerVerify says, as the authoritative server, whether a key is ours (XEP-0220 §2.3).
func (p *Peer) answerVerify(e *wire.Element) []byte {
	from, to, id := string(e.Attr("from")), string(e.Attr("to")), string(e.Attr("id"))
	kind := "invalid"
	if p.o.Local(to) && subtle.ConstantTimeCompare(e.Text(), []byte(dialbackKey(p.secret, from, to, id))) == 1 {
		kind = "valid"
	}
	return appendDialback(nil, "verify", to, from, id, kind, "")
}
