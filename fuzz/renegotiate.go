package fuzz

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"

	"xmpprig/fuzz/program"
)

// legacy is what an actor keeps of a TLS 1.2 session, so that it can ask for another handshake in it (RFC 5246 §7.4.1.2), which crypto/tls
// does not do.
type legacy struct {
	net.Conn
	keys       bytes.Buffer // what crypto/tls tells of the master secret
	read, sent records
	messages   []byte // of the handshake, in the order in which they went
	asked      bool
}

// records follows one direction of TLS.
type records struct {
	pending []byte
	sealed  uint64 // records under encryption
	secret  bool   // that has begun
}

// Types of records (RFC 5246 §6.2.1).
const (
	changeCipherSpec = 20
	handshakeRecord  = 22
)

// legacies are for the actors of p that negotiate TLS anew.
func legacies(p *program.Program) map[program.Actor]*legacy {
	all := map[program.Actor]*legacy{}
	for _, op := range p.Ops {
		if op.Verb == program.Again {
			all[op.Actor] = &legacy{}
		}
	}
	return all
}

// watch is a connection whose records are followed, and makes the session one that can be followed.
func (l *legacy) watch(conn net.Conn, config *tls.Config) net.Conn {
	*l = legacy{Conn: conn}
	config.MinVersion, config.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	config.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
	config.KeyLogWriter = &l.keys
	return l
}

func (l *legacy) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	l.follow(&l.read, b[:n])
	return n, err
}

func (l *legacy) Write(b []byte) (int, error) {
	l.follow(&l.sent, b)
	return l.Conn.Write(b)
}

// CloseWrite is there for who ends its own direction.
func (l *legacy) CloseWrite() error {
	if half, ok := l.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return net.ErrClosed
}

func (l *legacy) follow(r *records, b []byte) {
	r.pending = append(r.pending, b...)
	for len(r.pending) >= 5 {
		n := 5 + int(binary.BigEndian.Uint16(r.pending[3:]))
		if len(r.pending) < n {
			return
		}
		switch kind := r.pending[0]; {
		case r.secret:
			r.sealed++
		case kind == changeCipherSpec:
			r.secret = true
		case kind == handshakeRecord && !l.sent.secret:
			l.messages = append(l.messages, r.pending[5:n]...)
		}
		r.pending = r.pending[n:]
	}
}

var errNotLegacy = errors.New("there is no TLS session to renegotiate in")

// renegotiate sends the first message of another handshake.
func (d *play) renegotiate(p *peer) error {
	l := d.legacy[p.actor]
	over, ok := p.conn.(*tls.Conn)
	if l == nil || !ok || over.NetConn() != net.Conn(l) {
		return errNotLegacy
	}
	record, err := l.hello()
	if err != nil {
		return fmt.Errorf("renegotiate: %w", err)
	}
	l.asked = true
	_, err = l.Conn.Write(record)
	return err
}

// renewed reports whether a session ended because the server began another handshake, as it was asked to.
func (l *legacy) renewed(err error) bool {
	return l != nil && l.asked && strings.Contains(err.Error(), "tls: no renegotiation") && !strings.Contains(err.Error(), "remote error")
}

// hello is a record with a ClientHello that goes on from the session's own handshake (RFC 5746 §3.5), encrypted.
func (l *legacy) hello() ([]byte, error) {
	fields := strings.Fields(l.keys.String())
	if len(fields) < 3 || len(l.messages) < 38 {
		return nil, errNotLegacy
	}
	clientRandom, err1 := hex.DecodeString(fields[1])
	master, err2 := hex.DecodeString(fields[2])
	serverRandom, ok := l.serverRandom()
	if err := errors.Join(err1, err2); err != nil || !ok {
		return nil, errors.Join(err, errNotLegacy)
	}
	block := expand(master, "key expansion", append(serverRandom, clientRandom...), 40)
	sum := sha256.Sum256(l.messages)
	finished := expand(master, "client finished", sum[:], 12)
	return seal(block[:16], block[32:36], l.sent.sealed, clientHello(finished))
}

// serverRandom is that of the ServerHello, the second message of the handshake.
func (l *legacy) serverRandom() ([]byte, bool) {
	first := 4 + (int(l.messages[1])<<16 | int(l.messages[2])<<8 | int(l.messages[3]))
	if len(l.messages) < first+38 || l.messages[first] != 2 {
		return nil, false
	}
	return bytes.Clone(l.messages[first+6 : first+38]), true
}

// expand is the pseudorandom function of TLS 1.2 (RFC 5246 §5).
func expand(secret []byte, label string, seed []byte, n int) (out []byte) {
	mac := func(b []byte) []byte {
		m := hmac.New(sha256.New, secret)
		m.Write(b)
		return m.Sum(nil)
	}
	seed = append([]byte(label), seed...)
	for a := mac(seed); len(out) < n; a = mac(a) {
		out = append(out, mac(append(bytes.Clone(a), seed...))...)
	}
	return out[:n]
}

// seal is a handshake record under AES-128-GCM (RFC 5288 §3).
func seal(key, salt []byte, number uint64, message []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	explicit := binary.BigEndian.AppendUint64(nil, number)
	header := append(bytes.Clone(explicit), handshakeRecord, 3, 3)
	header = binary.BigEndian.AppendUint16(header, uint16(len(message)))
	body := gcm.Seal(nil, append(bytes.Clone(salt), explicit...), message, header)
	record := []byte{handshakeRecord, 3, 3}
	record = binary.BigEndian.AppendUint16(record, uint16(len(explicit)+len(body)))
	return append(append(record, explicit...), body...), nil
}

// clientHello is the message, with the extensions that a server of today wants.
func clientHello(finished []byte) []byte {
	var random [32]byte
	rand.Read(random[:])
	extensions := append([]byte{0xff, 0x01, 0, byte(1 + len(finished)), byte(len(finished))}, finished...)
	extensions = append(extensions, 0, 10, 0, 6, 0, 4, 0, 23, 0, 29)     // groups: P-256, X25519
	extensions = append(extensions, 0, 13, 0, 8, 0, 6, 4, 3, 8, 4, 4, 1) // signatures: ECDSA, RSA-PSS and RSA with SHA-256
	extensions = append(extensions, 0, 11, 0, 2, 1, 0)                   // points are not compressed
	body := append([]byte{3, 3}, random[:]...)
	body = append(body, 0, 0, 4, 0xc0, 0x2b, 0xc0, 0x2f, 1, 0) // no session, two cipher suites, no compression
	body = binary.BigEndian.AppendUint16(body, uint16(len(extensions)))
	body = append(body, extensions...)
	return append([]byte{1, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}
