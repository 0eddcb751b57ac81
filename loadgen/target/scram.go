package target

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// A scramHash is the hash of a SCRAM mechanism under the names the servers use.
type scramHash struct {
	name     string // as in SCRAM-<name>
	ejabberd string
	new      func() hash.Hash
}

func scramHashes() []scramHash {
	return []scramHash{
		{"SHA-256", "sha256", sha256.New}, // first: the default
		{"SHA-1", "sha", sha1.New},
		{"SHA-512", "sha512", sha512.New},
	}
}

// scramHashFor returns the hash an account store needs so that the mechanism
// works. PLAIN works with every hash.
func scramHashFor(mechanism string) (scramHash, error) {
	name := strings.TrimSuffix(strings.TrimPrefix(mechanism, "SCRAM-"), "-PLUS")
	for _, h := range scramHashes() {
		if mechanism == "" || mechanism == "PLAIN" || mechanism == "EXTERNAL" || strings.HasPrefix(mechanism, "SCRAM-") && h.name == name {
			return h, nil
		}
	}
	return scramHash{}, &SpecError{"mechanism", fmt.Sprintf("no account store serves %s (known: PLAIN, SCRAM-SHA-256, SCRAM-SHA-1, SCRAM-SHA-512)", mechanism)}
}

// A verifier is what a server stores of a password (RFC 5802 §2.2, §3).
type verifier struct {
	stored, server []byte
	salt           string
	iterations     int
}

func deriveVerifier(h scramHash, password, salt string, iterations int) (verifier, error) {
	salted, err := pbkdf2.Key(h.new, password, []byte(salt), iterations, h.new().Size())
	if err != nil {
		return verifier{}, fmt.Errorf("derive keys: %w", err)
	}
	sum := h.new()
	sum.Write(mac(h, salted, "Client Key"))
	return verifier{stored: sum.Sum(nil), server: mac(h, salted, "Server Key"), salt: salt, iterations: iterations}, nil
}

func mac(h scramHash, key []byte, text string) []byte {
	m := hmac.New(h.new, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// verifiers derives the keys of all users. One password for all is derived once.
func verifiers(ctx context.Context, u Users, h scramHash, iterations int) (func(i int) verifier, error) {
	raw := make([]byte, 12)
	if _, err := rand.Read(raw); err != nil {
		return nil, fmt.Errorf("make a salt: %w", err)
	}
	salt := hex.EncodeToString(raw)
	if !u.numberedPasswords() {
		_, password := u.User(0)
		v, err := deriveVerifier(h, password, salt, iterations)
		return func(int) verifier { return v }, err
	}
	all := make([]verifier, u.Count)
	errs := make([]error, runtime.GOMAXPROCS(0))
	var next atomic.Int64
	var group sync.WaitGroup
	for w := range errs {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(u.Count) && errs[w] == nil; i = next.Add(1) - 1 {
				_, password := u.User(int(i))
				if all[i], errs[w] = deriveVerifier(h, password, fmt.Sprint(salt, i), iterations); ctx.Err() != nil {
					errs[w] = context.Cause(ctx)
				}
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("provision accounts: %w", err)
		}
	}
	return func(i int) verifier { return all[i] }, nil
}

// describeAccounts says for the record how accounts were made.
func describeAccounts(u Users, h scramHash, iterations int, store string) string {
	salts := "one salt"
	if u.numberedPasswords() {
		salts = "a salt each"
	}
	if u.Count == 0 {
		return fmt.Sprintf("no accounts yet; SCRAM-%s, %d iterations, %s", h.name, iterations, store)
	}
	return fmt.Sprintf("real accounts, SCRAM-%s, %d iterations, %s, %s", h.name, iterations, salts, store)
}
