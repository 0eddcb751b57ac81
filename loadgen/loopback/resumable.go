package loopback

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"sync"

	"xmpprig/loadgen/xmpp/wire"
)

// resumable finds sessions by the names that they were given.
type resumable struct {
	mu sync.Mutex
	by map[string]*managed
}

func (r *resumable) add(m *managed) (id string) {
	var random [12]byte
	rand.Read(random[:])
	id = hex.EncodeToString(random[:])
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = map[string]*managed{}
	}
	r.by[id] = m
	return id
}

func (r *resumable) find(id []byte) *managed {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.by[string(id)]
}

func (r *resumable) remove(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.by, id)
}

func appendCount(dst []byte, name string, h uint32) []byte {
	dst = append(append(append(dst, '<'), name...), " xmlns='"+wire.NSSM+"' h='"...)
	return append(strconv.AppendUint(dst, uint64(h), 10), "'/>"...)
}

func appendFailed(dst []byte, condition string) []byte {
	return append(dst, "<failed xmlns='"+wire.NSSM+"'><"+condition+" xmlns='"+wire.NSStanzas+"'/></failed>"...)
}

func parseCount(v []byte) (uint32, bool) {
	n, err := strconv.ParseUint(string(v), 10, 32)
	return uint32(n), err == nil
}
