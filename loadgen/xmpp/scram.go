package xmpp

import (
	"crypto/hmac"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// exchange is one side of a SASL conversation, without base64 and XML.
type exchange interface {
	// start returns the initial response (RFC 4422 §3).
	start() []byte
	// next answers a challenge.
	next(challenge []byte) ([]byte, error)
	// finish judges the success, with the data that came with it.
	finish(data []byte) error
}

// scram is a client's exchange of RFC 5802, with RFC 7677's hash or another.
type scram struct {
	hash           scramHash
	user, password string // prepared
	gs2            string // header, such as "p=tls-exporter,,"
	binding        []byte // channel binding data
	nonce          string
	min, max       int // iterations
	cache          *SCRAMKeys

	state      int // client-first sent, client-final sent, server proved
	signature  []byte
	derivation time.Duration // spent on deriving keys
}

const (
	scramFirst = iota
	scramFinal
	scramProved
)

var escapeName = strings.NewReplacer("=", "=3D", ",", "=2C")

// gs2Header returns the header of RFC 5802 §7. flag is "n", "y" or "p=" with a
// type of channel binding.
func gs2Header(flag, authzid string) string {
	if authzid != "" {
		authzid = "a=" + escapeName.Replace(authzid)
	}
	return flag + "," + authzid + ","
}

func (s *scram) bare() string { return "n=" + escapeName.Replace(s.user) + ",r=" + s.nonce }

func (s *scram) start() []byte { return []byte(s.gs2 + s.bare()) }

func (s *scram) next(challenge []byte) ([]byte, error) {
	switch s.state {
	case scramFirst:
		return s.prove(string(challenge))
	case scramFinal:
		return nil, s.verify(string(challenge))
	}
	return nil, Unexpected
}

func (s *scram) finish(data []byte) error {
	switch {
	case s.state == scramFinal && len(data) > 0:
		return s.verify(string(data))
	case s.state == scramProved && len(data) == 0:
		return nil
	case s.state == scramProved:
		return Unexpected
	}
	return EarlySuccess
}

// prove answers the server-first-message with the client-final-message.
func (s *scram) prove(first string) ([]byte, error) {
	nonce, salt, iterations, err := parseServerFirst(first)
	if err != nil {
		return nil, err
	}
	if len(nonce) <= len(s.nonce) || !strings.HasPrefix(nonce, s.nonce) {
		return nil, BadNonce
	}
	if iterations < s.min || iterations > s.max {
		return nil, IterationError{iterations, s.min, s.max}
	}
	began := time.Now()
	k, err := s.cache.derive(s.hash, s.user, s.password, salt, iterations)
	s.derivation += time.Since(began)
	if err != nil {
		return nil, err
	}
	final := "c=" + base64.StdEncoding.EncodeToString(append([]byte(s.gs2), s.binding...)) + ",r=" + nonce
	message := s.bare() + "," + first + "," + final
	proof := mac(s.hash, k.stored, message)
	subtle.XORBytes(proof, proof, k.client)
	s.signature = mac(s.hash, k.server, message)
	s.state = scramFinal
	return []byte(final + ",p=" + base64.StdEncoding.EncodeToString(proof)), nil
}

// verify checks the server-final-message.
func (s *scram) verify(final string) error {
	value, _, _ := strings.Cut(final, ",")
	if e, ok := strings.CutPrefix(value, "e="); ok {
		return SCRAMError{e}
	}
	v, ok := strings.CutPrefix(value, "v=")
	signature, err := decodeBase64(v)
	if !ok || err != nil {
		return BadChallenge
	}
	if !hmac.Equal(signature, s.signature) {
		return BadSignature
	}
	s.state = scramProved
	return nil
}

// parseServerFirst reads "r=…,s=…,i=…" and lets optional extensions follow.
func parseServerFirst(m string) (nonce string, salt []byte, iterations int, err error) {
	if strings.HasPrefix(m, "m=") {
		return "", nil, 0, BadExtension
	}
	fields := strings.SplitN(m, ",", 4)
	if len(fields) < 3 {
		return "", nil, 0, BadChallenge
	}
	nonce, okR := strings.CutPrefix(fields[0], "r=")
	s, okS := strings.CutPrefix(fields[1], "s=")
	i, okI := strings.CutPrefix(fields[2], "i=")
	if !okR || !okS || !okI || !printable(nonce) {
		return "", nil, 0, BadChallenge
	}
	salt, err = decodeBase64(s)
	if err != nil || len(salt) == 0 {
		return "", nil, 0, BadChallenge
	}
	iterations, err = parseCount(i)
	return nonce, salt, iterations, err
}

// printable reports whether s is of the printable characters that a nonce may
// have (RFC 5802 §7: %x21-2B / %x2D-7E; the comma has been split off).
func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 0x21 || r > 0x7e }) < 0
}

// parseCount reads an iteration count: a positive number without sign or
// leading zero. A count beyond int is as large as an int may be.
func parseCount(s string) (int, error) {
	if s == "" || s[0] < '1' || s[0] > '9' {
		return 0, BadChallenge
	}
	n, err := strconv.Atoi(s)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, BadChallenge
	}
	return n, nil
}
