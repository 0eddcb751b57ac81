package inproc

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"regexp"
	"strconv"
	"strings"

	"xmpprig/loadgen/xmpp"
)

// FuzzSCRAM is a server that says anything inside well-formed SASL. The first byte chooses the hash. The messages after it
// are parted by zero bytes: one that begins with "!" is the data of a success, others are challenges. {nonce} in them is the
// client's, {v} the signature that only a server with the password can make.
func FuzzSCRAM(data []byte) int {
	if len(data) == 0 || len(data) > 4<<10 {
		return -1
	}
	s := &scramServer{kind: hashes()[int(data[0])%len(hashes())]}
	features := strings.Replace(plainFeatures, "SCRAM-SHA-1", s.kind.name, 1)
	script := append([][]byte{[]byte(serverHeader + features)}, bytes.Split(data[1:], []byte{0})...)
	s.peer = &peer{answer: s.say, script: append(script, []byte(serverHeader+bindFeatures), []byte(bound))}
	_, err := login(s.peer, &xmpp.Dialer{Mechanism: s.kind.name})
	require(err == nil || typed(err), "a login fails with an error of no known type")
	final := s.message(2)
	require((final != "") == s.valid, "the client answers a challenge that is wrong, or not one that is right")
	if final != "" {
		require(strings.HasSuffix(final, ",p="+s.proof()), "the client's proof is wrong")
		require(strings.HasPrefix(final, "c=biws,r="+s.nonce+","), "the client's last message is not about this exchange")
	}
	require((s.peer.headers() > 1) == s.proved, "the client believes a server without proof, or does not believe one with proof")
	return score(final != "")
}

// scramHash is one of the mechanisms.
type scramHash struct {
	name string
	new  func() hash.Hash
}

func hashes() []scramHash {
	return []scramHash{{"SCRAM-SHA-1", sha1.New}, {"SCRAM-SHA-256", sha256.New}, {"SCRAM-SHA-512", sha512.New}}
}

// scramServer is RFC 5802 as its sections say it, to judge the client by.
type scramServer struct {
	kind   scramHash
	peer   *peer
	turn   int // of the exchange: 1 is the first message after the features
	first  string
	valid  bool // the first message is a challenge to be answered
	nonce  string
	salt   []byte
	count  int
	signed int  // turn at which the right signature came in a challenge
	proved bool // the right signature came, and success
	over   bool
}

// serverFirst is server-first-message (RFC 5802 §7).
var serverFirst = regexp.MustCompile(`\Ar=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/]+={0,2}),i=([1-9][0-9]*)(?s:,.*)?\z`)

// say wraps a message, and notes what the client should make of it.
func (s *scramServer) say(piece []byte) []byte {
	if s.turn++; s.turn == 1 || bytes.HasPrefix(piece, []byte("<")) && s.proved {
		return piece
	}
	text, success := bytes.CutPrefix(piece, []byte("!"))
	m := strings.ReplaceAll(string(text), "{nonce}", s.clientNonce())
	m = strings.ReplaceAll(m, "{v}", s.signature())
	s.judge(m, success)
	name := "challenge"
	if success {
		name = "success"
	}
	return fmt.Appendf(nil, "<%s xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</%[1]s>", name, base64.StdEncoding.EncodeToString([]byte(m)))
}

func (s *scramServer) judge(m string, success bool) {
	signature := ""
	if s.valid {
		signature = "v=" + s.signature()
	}
	right := s.valid && (m == signature || strings.HasPrefix(m, signature+","))
	switch {
	case s.over:
	case s.turn == 2 && !success:
		s.take(m)
		s.over = !s.valid
	case s.turn == 3 && success && right, s.signed > 0 && success && m == "":
		s.proved, s.over = true, true
	case s.turn == 3 && !success && right:
		s.signed = s.turn
	default:
		s.over = true
	}
}

// take reads the server's first message.
func (s *scramServer) take(m string) {
	s.first = m
	f := serverFirst.FindStringSubmatch(m)
	if f == nil {
		return
	}
	salt, err := base64.StdEncoding.DecodeString(f[2])
	n, tooLarge := strconv.Atoi(f[3])
	own := s.clientNonce()
	s.nonce, s.salt, s.count = f[1], salt, n
	s.valid = err == nil && tooLarge == nil && n <= iterations && strings.HasPrefix(f[1], own) && len(f[1]) > len(own)
}

// message is the client's n-th SASL message from 1, decoded; empty if it said no such thing.
func (s *scramServer) message(n int) string {
	for _, w := range s.peer.writes {
		inner, ok := bytes.CutSuffix(w, []byte("</auth>"))
		if !ok {
			if inner, ok = bytes.CutSuffix(w, []byte("</response>")); !ok {
				continue
			}
		}
		if n--; n == 0 {
			m, err := base64.StdEncoding.DecodeString(string(inner[bytes.LastIndexByte(inner, '>')+1:]))
			require(err == nil, "the client's message is not base64")
			return string(m)
		}
	}
	return ""
}

func (s *scramServer) clientNonce() string {
	_, nonce, _ := strings.Cut(s.message(1), ",r=")
	return nonce
}

func (s *scramServer) mac(key []byte, text string) []byte {
	h := hmac.New(s.kind.new, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// auth is SaltedPassword and AuthMessage (RFC 5802 §3).
func (s *scramServer) auth() (salted []byte, message string) {
	salted, err := pbkdf2.Key(s.kind.new, "pencil", s.salt, s.count, s.kind.new().Size())
	require(err == nil, "PBKDF2 fails")
	return salted, strings.TrimPrefix(s.message(1), "n,,") + "," + s.first + ",c=biws,r=" + s.nonce
}

// signature is ServerSignature in base64; empty before there is a challenge to sign.
func (s *scramServer) signature() string {
	if !s.valid {
		return ""
	}
	salted, message := s.auth()
	return base64.StdEncoding.EncodeToString(s.mac(s.mac(salted, "Server Key"), message))
}

// proof is ClientProof in base64.
func (s *scramServer) proof() string {
	salted, message := s.auth()
	client := s.mac(salted, "Client Key")
	h := s.kind.new()
	h.Write(client)
	proof := s.mac(h.Sum(nil), message)
	for i := range proof {
		proof[i] ^= client[i]
	}
	return base64.StdEncoding.EncodeToString(proof)
}

func scramSeeds() ([][]byte, error) {
	return list(
		"\x00r={nonce}x,s=W22ZaJ0S,i=16\x00!v={v}",
		"\x01r={nonce}x,s=W22ZaJ0S,i=4,x=y\x00v={v}\x00!",
		"\x02r={nonce}x,s=W22ZaJ0S,i=16\x00!e=other-error",
		"\x00r={nonce},s=W22ZaJ0S,i=16\x00!v={v}",
		"\x00m=a,r={nonce}x,s=W22Z,i=16",
		"\x01r={nonce}x,s=W22ZaJ0S,i=4294967297\x00!v={v}",
		"\x01r={nonce}x,s=W22Z\naJ0S,i=1\x00!v=\n{v}",
		"\x01r={nonce}x,s=W22ZaJ0S,i=1\x00!v={v},x=\x00v={v}\x00!",
		"\x01!v=",
	), nil
}
