package loopback

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"hash"
	"strconv"
	"strings"
)

// scramHash is the hash function of one SCRAM mechanism (RFC 5802, RFC 7677).
type scramHash uint8

const (
	scramSHA1 scramHash = iota
	scramSHA256
	scramSHA512
)

func (h scramHash) new() hash.Hash {
	switch h {
	case scramSHA256:
		return sha256.New()
	case scramSHA512:
		return sha512.New()
	}
	return sha1.New()
}

// scramKeys is what a server keeps of a password (RFC 5802 §3).
type scramKeys struct {
	salt           []byte
	iterations     int
	stored, server []byte
}

func deriveSCRAMKeys(h scramHash, password string, salt []byte, iterations int) (*scramKeys, error) {
	salted, err := pbkdf2.Key(h.new, password, salt, iterations, h.new().Size())
	if err != nil {
		return nil, err
	}
	client := h.mac(salted, []byte("Client Key"))
	digest := h.new()
	digest.Write(client)
	return &scramKeys{salt, iterations, digest.Sum(nil), h.mac(salted, []byte("Server Key"))}, nil
}

func (h scramHash) mac(key, text []byte) []byte {
	m := hmac.New(h.new, key)
	m.Write(text)
	return m.Sum(nil)
}

// channel is what a connection offers to bind a SCRAM exchange to (RFC 5802 §6).
type channel struct {
	kinds []string                          // names of channel binding types; none without TLS
	data  func(kind string) ([]byte, error) // of one of them
	plus  bool                              // whether a -PLUS mechanism is among those offered
}

// scramExchange is the server's side of one exchange.
type scramExchange struct {
	hash    scramHash
	plus    bool // the mechanism is the -PLUS one
	channel channel
	nonce   string // the server's part
	keysOf  func(user string) (*scramKeys, error)
	lax     *twist // what defects have to do with it

	user, authzid string
	keys          *scramKeys
	binding       []byte // what c= must hold
	bare, first   []byte // client-first-message-bare, server-first-message
	fullNonce     string
}

var (
	errSCRAMSyntax  = errors.New("malformed SCRAM message")
	errSCRAMChannel = errors.New("channel binding does not match")
	errSCRAMNonce   = errors.New("nonce does not match")
	errSCRAMProof   = errors.New("proof does not match")
)

// begin takes the client-first-message and returns the server-first-message.
func (x *scramExchange) begin(msg []byte) ([]byte, error) {
	flag, rest, ok1 := strings.Cut(string(msg), ",")
	authzid, bare, ok2 := strings.Cut(rest, ",")
	if !ok1 || !ok2 {
		return nil, errSCRAMSyntax
	}
	if authzid != "" {
		name, ok := strings.CutPrefix(authzid, "a=")
		if x.authzid, ok = decodeSASLName(name, ok); !ok || x.authzid == "" {
			return nil, errSCRAMSyntax
		}
	}
	if err := x.bind(flag, flag+","+authzid+","); err != nil {
		return nil, err
	}
	clientNonce, err := x.readBare(bare)
	if err != nil {
		return nil, err
	}
	if x.keys, err = x.keysOf(x.user); err != nil {
		return nil, err
	}
	x.bare, x.fullNonce = []byte(bare), clientNonce+x.nonce
	x.first = []byte("r=" + x.fullNonce + ",s=" + base64.StdEncoding.EncodeToString(x.keys.salt) +
		",i=" + strconv.Itoa(x.keys.iterations))
	return x.first, nil
}

// bind reads the gs2-cbind-flag and works out what the final message must repeat.
func (x *scramExchange) bind(flag, gs2 string) error {
	x.binding = []byte(gs2)
	switch kind, named := strings.CutPrefix(flag, "p="); {
	case named != x.plus: // p= belongs to -PLUS and to nothing else
		return errSCRAMChannel
	case named:
		for _, k := range x.channel.kinds {
			if k == kind {
				data, err := x.channel.data(kind)
				x.binding = append(x.binding, data...)
				return err
			}
		}
		return errSCRAMChannel
	case flag == "y" && x.channel.plus && !x.lax.lets("scram-downgrade-accepted"): // somebody hid the -PLUS mechanisms from the client
		return errSCRAMChannel
	case flag != "y" && flag != "n":
		return errSCRAMSyntax
	}
	return nil
}

func (x *scramExchange) readBare(bare string) (nonce string, err error) {
	name, rest, _ := strings.Cut(bare, ",")
	nonce, _, _ = strings.Cut(rest, ",")
	name, ok := strings.CutPrefix(name, "n=") // m= announces an extension that must be understood
	if x.user, ok = decodeSASLName(name, ok); !ok || x.user == "" {
		return "", errSCRAMSyntax
	}
	nonce, ok = strings.CutPrefix(nonce, "r=")
	if !ok || !isPrintable(nonce) {
		return "", errSCRAMSyntax
	}
	return nonce, nil
}

// finish takes the client-final-message and returns the server-final-message.
func (x *scramExchange) finish(msg []byte) ([]byte, error) {
	at := bytes.LastIndex(msg, []byte(",p="))
	if at < 0 {
		return nil, errSCRAMSyntax
	}
	c, rest, _ := strings.Cut(string(msg[:at]), ",")
	r, _, _ := strings.Cut(rest, ",")
	c, ok1 := strings.CutPrefix(c, "c=")
	r, ok2 := strings.CutPrefix(r, "r=")
	proof, err1 := decodeBase64(msg[at+len(",p="):])
	binding, err2 := decodeBase64([]byte(c))
	if !ok1 || !ok2 || err1 != nil || err2 != nil {
		return nil, errSCRAMSyntax
	}
	if r != x.fullNonce && !x.lax.lets("scram-nonce-unchecked") {
		return nil, errSCRAMNonce
	}
	if !hmac.Equal(binding, x.binding) && !x.lax.lets("scram-binding-unchecked") {
		return nil, errSCRAMChannel
	}
	text := bytes.Join([][]byte{x.bare, x.first, msg[:at]}, []byte(","))
	if !x.keys.verify(x.hash, text, proof) && !x.lax.lets("scram-proof-unchecked") {
		return nil, errSCRAMProof
	}
	return []byte("v=" + base64.StdEncoding.EncodeToString(x.hash.mac(x.keys.server, text))), nil
}

// verify reports whether proof is the ClientProof for an AuthMessage (RFC 5802 §3).
func (k *scramKeys) verify(h scramHash, text, proof []byte) bool {
	signature := h.mac(k.stored, text)
	if len(proof) != len(signature) {
		return false
	}
	for i := range signature {
		signature[i] ^= proof[i] // the ClientKey, if the proof is right
	}
	digest := h.new()
	digest.Write(signature)
	return hmac.Equal(digest.Sum(nil), k.stored)
}

// decodeSASLName undoes the escapes of a saslname (RFC 5802 §5.1); ok is handed through.
func decodeSASLName(s string, ok bool) (string, bool) {
	rest := strings.ReplaceAll(strings.ReplaceAll(s, "=2C", ""), "=3D", "")
	if !ok || strings.ContainsAny(rest, "=,\x00") {
		return "", false
	}
	return strings.NewReplacer("=2C", ",", "=3D", "=").Replace(s), true
}

func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x21 || s[i] > 0x7e {
			return false
		}
	}
	return s != ""
}

// decodeBase64 decodes strictly: no white space, no stray padding bits (RFC 6120 §13.9.1).
func decodeBase64(b []byte) ([]byte, error) {
	if bytes.ContainsAny(b, "\r\n") {
		return nil, base64.CorruptInputError(bytes.IndexAny(b, "\r\n"))
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(b)))
	n, err := base64.StdEncoding.Strict().Decode(out, b)
	return out[:n], err
}
