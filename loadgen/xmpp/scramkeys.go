package xmpp

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"
	"strings"
	"sync"
	"sync/atomic"
)

// maxCachedKeys bounds the cache: about 90 MB. What does not fit is derived anew.
const maxCachedKeys = 1 << 18

// scramHash is the hash function of a SCRAM mechanism.
type scramHash struct {
	name string // as in the mechanism, without "SCRAM-" and "-PLUS"
	new  func() hash.Hash
}

var scramHashes = [...]scramHash{{"SHA-512", sha512.New}, {"SHA-256", sha256.New}, {"SHA-1", sha1.New}}

// hashOf returns the hash function of a SCRAM mechanism.
func hashOf(mechanism string) (scramHash, bool) {
	name, ok := strings.CutPrefix(mechanism, "SCRAM-")
	name = strings.TrimSuffix(name, "-PLUS")
	for _, h := range scramHashes {
		if ok && h.name == name {
			return h, true
		}
	}
	return scramHash{}, false
}

// keys are what the client needs of a password (RFC 5802 §3).
type keys struct{ client, stored, server []byte }

// SCRAMKeys caches the keys derived from passwords by PBKDF2, so that a load
// of many logins measures the server and not this derivation. Keys depend on
// the password, salt, iteration count and hash alone, so users that share these
// share an entry; the password itself is not kept. A server that has another salt
// at a user's next login makes the older entry useless, which is dropped, and is
// noticed: see Renewed. The zero value is ready; all methods may be called at once.
type SCRAMKeys struct {
	mu      sync.RWMutex
	entries map[entry]keys
	last    map[entry]entry // by user
	renewed atomic.Int64
}

// entry is what keys depend on, hashed.
type entry [sha256.Size]byte

// Renewed is how many keys had to be derived though there were some of the same
// user, since the server had changed the salt, the iteration count or the
// password: at each login, if it keeps passwords and salts anew each time.
func (k *SCRAMKeys) Renewed() int64 { return k.renewed.Load() }

// Derive puts the keys of a password into the cache ahead of a login.
// mechanism is a SCRAM mechanism, such as "SCRAM-SHA-256".
func (k *SCRAMKeys) Derive(mechanism, password string, salt []byte, iterations int) error {
	h, ok := hashOf(mechanism)
	if !ok {
		return fmt.Errorf("derive keys: %s is not a SCRAM mechanism", mechanism)
	}
	prepared, err := prepareSecret(password)
	if err != nil {
		return fmt.Errorf("derive keys: %w", err)
	}
	_, err = k.derive(h, "", prepared, salt, iterations)
	return err
}

// derive returns the keys of a user, who may be unknown, from the cache where it can. A nil cache derives always.
func (k *SCRAMKeys) derive(h scramHash, user, password string, salt []byte, iterations int) (keys, error) {
	if k == nil {
		return deriveKeys(h, password, salt, iterations)
	}
	id := entryID(h, password, salt, iterations)
	k.mu.RLock()
	found, ok := k.entries[id]
	k.mu.RUnlock()
	if ok {
		return found, nil
	}
	derived, err := deriveKeys(h, password, salt, iterations)
	if err != nil {
		return keys{}, err
	}
	k.keep(h, user, id, derived)
	return derived, nil
}

// keep puts keys into the cache, in place of the user's last ones.
func (k *SCRAMKeys) keep(h scramHash, user string, id entry, derived keys) {
	who := entryID(h, user, nil, 0)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.entries == nil {
		k.entries, k.last = make(map[entry]keys), make(map[entry]entry)
	}
	if old, ok := k.last[who]; ok && old != id && user != "" {
		k.renewed.Add(1)
		delete(k.entries, old)
	}
	if len(k.entries) >= maxCachedKeys {
		return
	}
	k.entries[id] = derived
	if user != "" {
		k.last[who] = id
	}
}

// entryID hashes the inputs, each with its length ahead so that none runs into the next.
func entryID(h scramHash, password string, salt []byte, iterations int) entry {
	b := make([]byte, 0, 128)
	b = binary.AppendUvarint(b, uint64(iterations))
	for _, s := range [...]string{h.name, password, string(salt)} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return sha256.Sum256(b)
}

func deriveKeys(h scramHash, password string, salt []byte, iterations int) (keys, error) {
	salted, err := pbkdf2.Key(h.new, password, salt, iterations, h.new().Size())
	if err != nil {
		return keys{}, fmt.Errorf("derive keys: %w", err)
	}
	client := mac(h, salted, "Client Key")
	stored := h.new()
	stored.Write(client)
	return keys{client: client, stored: stored.Sum(nil), server: mac(h, salted, "Server Key")}, nil
}

func mac(h scramHash, key []byte, text string) []byte {
	m := hmac.New(h.new, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}
