package fuzz

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/base64"
	"hash"
	"strconv"
	"strings"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// exchange is what an actor knows of the SCRAM exchange that it is in (RFC 5802 §3).
type exchange struct {
	mechanism   string
	first       string // the client's, without the header of GSS-API
	serverFirst string
}

// begin notes an exchange that is begun, by an element that was sent.
func (p *peer) begin(e *wire.Element) {
	var message wire.Element
	switch {
	case e.Is(wire.NSSASL, "auth"):
		message = *e
	case e.Is(wire.NSSASL2, "authenticate"):
		message, _ = e.Child(wire.NSSASL2, "initial-response")
	default:
		return
	}
	p.exchange = exchange{mechanism: string(e.Attr("mechanism"))}
	data, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(message.Text())))
	if err != nil {
		return
	}
	if parts := strings.SplitN(string(data), ",", 3); len(parts) == 3 {
		p.exchange.first = parts[2]
	}
}

// challenged notes what the server says in an exchange, and learns its nonce.
func (d *play) challenged(p *peer, challenge string) {
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(challenge))
	if err != nil {
		return
	}
	p.exchange.serverFirst = string(data)
	for part := range strings.SplitSeq(string(data), ",") {
		if nonce, ok := strings.CutPrefix(part, "r="); ok {
			d.learn(p.actor, "nonce", nonce)
		}
	}
}

// mostIterations bounds what a server can make an actor do.
const mostIterations = 1 << 20

// proof is the last message of a client in SCRAM: text, and the proof of an actor's password for it (RFC 5802 §3). The exchange is
// that of p.
func (d *play) proof(p *peer, of program.Actor, text string) (string, bool) {
	if p == nil || p.exchange.serverFirst == "" {
		return "", false
	}
	x := p.exchange
	salt, iterations := x.salt()
	if iterations < 1 || iterations > mostIterations {
		return "", false
	}
	newHash := hashOf(x.mechanism)
	_, password := d.site.user(of)
	key := salted{password, x.mechanism, salt, iterations}
	if d.salted[key] == nil {
		k, err := pbkdf2.Key(newHash, password, []byte(salt), iterations, newHash().Size())
		if err != nil {
			return "", false
		}
		d.salted[key] = k
	}
	mac := func(key []byte, text string) []byte {
		m := hmac.New(newHash, key)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	proof := mac(d.salted[key], "Client Key")
	stored := newHash()
	stored.Write(proof)
	for i, b := range mac(stored.Sum(nil), x.first+","+x.serverFirst+","+text) {
		proof[i] ^= b
	}
	return text + ",p=" + base64.StdEncoding.EncodeToString(proof), true
}

// salted is what a key is derived from.
type salted struct {
	password, mechanism, salt string
	iterations                int
}

// salt reads the server's first message.
func (x *exchange) salt() (salt string, iterations int) {
	for part := range strings.SplitSeq(x.serverFirst, ",") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "s":
			b, _ := base64.StdEncoding.DecodeString(value) // as far as it goes
			salt = string(b)
		case "i":
			iterations, _ = strconv.Atoi(value) // 0 is refused
		}
	}
	return salt, iterations
}

func hashOf(mechanism string) func() hash.Hash {
	switch {
	case strings.HasPrefix(mechanism, "SCRAM-SHA-512"):
		return sha512.New
	case strings.HasPrefix(mechanism, "SCRAM-SHA-256"):
		return sha256.New
	}
	return sha1.New
}

// channel is what an actor's connection can be bound by: the exporter of RFC 9266, or the certificate of the server (RFC 5929 §4.1)
// where that was signed with SHA-256.
func (p *peer) channel(kind string) (string, bool) {
	if p == nil {
		return "", false
	}
	over, ok := p.conn.(*tls.Conn)
	if !ok {
		return "", false
	}
	state := over.ConnectionState()
	if kind == "exporter" {
		data, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", []byte{}, 32)
		return string(data), err == nil
	}
	if len(state.PeerCertificates) == 0 {
		return "", false
	}
	sum := sha256.Sum256(state.PeerCertificates[0].Raw)
	return string(sum[:]), true
}
