package xmpp

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestKeyCache(t *testing.T) {
	cache := new(SCRAMKeys)
	salt := []byte("salt")
	if err := cache.Derive("SCRAM-SHA-256-PLUS", "pencil", salt, 10); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, h := range scramHashes {
		for _, password := range []string{"pencil", "pen"} {
			for _, s := range []string{"salt", "cilsalt"} {
				for _, iterations := range []int{10, 11} {
					fresh, err := deriveKeys(h, password, []byte(s), iterations)
					if err != nil {
						t.Fatal(err)
					}
					for range 2 {
						got, err := cache.derive(h, "", password, []byte(s), iterations)
						if err != nil || !bytes.Equal(got.client, fresh.client) || !bytes.Equal(got.stored, fresh.stored) || !bytes.Equal(got.server, fresh.server) {
							t.Fatalf("%s %s %s %d: %v", h.name, password, s, iterations, err)
						}
					}
					seen[string(fresh.client)] = true
				}
			}
		}
	}
	if len(cache.entries) != len(seen) || len(seen) != 24 {
		t.Errorf("%d entries for %d keys", len(cache.entries), len(seen))
	}
	if cache.Derive("PLAIN", "pencil", salt, 10) == nil || cache.Derive("SCRAM-SHA-1", "pen\x00cil", salt, 10) == nil {
		t.Error("derived what cannot be")
	}
}

// A server that salts anew at each login is noticed, and does not fill the cache; users with keys of their own are not such.
func TestKeyCacheRenews(t *testing.T) {
	cache := new(SCRAMKeys)
	h, _ := hashOf("SCRAM-SHA-256")
	login := func(user, salt string) {
		t.Helper()
		if _, err := cache.derive(h, user, "pencil", []byte(salt), 1); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		login("a", "a's salt")
		login("b", "b's salt")
		login("c", "b's salt")
	}
	if cache.Renewed() != 0 || len(cache.entries) != 2 {
		t.Errorf("%d renewed, %d entries, with a salt each", cache.Renewed(), len(cache.entries))
	}
	for i := range 5 {
		login("a", fmt.Sprint("salt ", i))
	}
	if cache.Renewed() != 5 || len(cache.entries) != 2 {
		t.Errorf("%d renewed, %d entries, with a new salt each time", cache.Renewed(), len(cache.entries))
	}
}

func TestKeyCacheConcurrent(t *testing.T) {
	cache := new(SCRAMKeys)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 50 {
				if err := cache.Derive("SCRAM-SHA-1", fmt.Sprint("p", (i+j)%10), []byte("salt"), 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if len(cache.entries) != 10 {
		t.Errorf("%d entries", len(cache.entries))
	}
}

// TestDerivationTime checks that the time of a derivation counts without a cache only.
func TestDerivationTime(t *testing.T) {
	for _, c := range []struct {
		keys *SCRAMKeys
		want time.Duration
	}{{nil, 5 * time.Second}, {new(SCRAMKeys), 2 * time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			n := &negotiation{dialer: &Dialer{Keys: c.keys}, mark: time.Now()}
			time.Sleep(5 * time.Second)
			n.lapSASL(&scram{derivation: 3 * time.Second})
			if n.timings.SASL != c.want || n.timings.SASL+n.timings.Derivation != 5*time.Second && c.keys != nil {
				t.Errorf("%+v, want %v", n.timings, c.want)
			}
		})
	}
}
