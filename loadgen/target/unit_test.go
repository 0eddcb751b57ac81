package target

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestUser(t *testing.T) {
	u := Users{Count: 3, Name: "u{n}-{n}", Password: "p{n}"}
	if name, password := u.User(12); name != "u12-12" || password != "p12" {
		t.Errorf("User(12) = %q, %q", name, password)
	}
}

func TestSpecsThatCannotWork(t *testing.T) {
	good := Spec{Driver: "prosody", Domain: "example.org", Users: Users{Count: 2, Name: "user{n}", Password: "secret"}}
	for what, change := range map[string]func(*Spec){
		"driver":                  func(s *Spec) { s.Driver = "prosodi" },
		"domain":                  func(s *Spec) { s.Domain = `a"..b` },
		"users":                   func(s *Spec) { s.Users.Name = "user" },
		"user name":               func(s *Spec) { s.Users.Name = "us er{n}" },
		"password":                func(s *Spec) { s.Users.Password = "a\nb" },
		"mechanism":               func(s *Spec) { s.Mechanism = "DIGEST-MD5" },
		"shortcut authentication": func(s *Spec) { s.ShortcutAuth, s.Users.Password = true, "p{n}" },
		"mechanism ":              func(s *Spec) { s.Mechanism = "SCRAM-SHA-512" },
		"loopback":                func(s *Spec) { s.Driver = "loopback" },
		"address":                 func(s *Spec) { s.Driver = "remote" },
		"CA file":                 func(s *Spec) { s.Driver, s.Addr, s.CAFile = "remote", "::1", "/nowhere" },
	} {
		if strings.HasPrefix(what, "mechanism") && skipped(t, "prosody") {
			continue // it is checked once the software is found
		}
		s := good
		change(&s)
		_, err := Start(t.Context(), s)
		if e, ok := errors.AsType[*SpecError](err); !ok || e.Field != strings.TrimSpace(what) {
			t.Errorf("%s: error %v", what, err)
		}
	}
}

func TestRemote(t *testing.T) {
	for _, c := range []struct{ addr, want, wantTLS string }{
		{"example.org", "example.org:5222", "example.org:5223"},
		{"example.org:1234", "example.org:1234", "example.org:1234"},
		{"127.0.0.1", "127.0.0.1:5222", "127.0.0.1:5223"},
		{"::1", "[::1]:5222", "[::1]:5223"},
		{"[::1]", "[::1]:5222", "[::1]:5223"},
		{"[::1]:99", "[::1]:99", "[::1]:99"},
	} {
		s := start(t, Spec{Driver: "remote", Domain: "d.test", Addr: c.addr})
		if e := s.Endpoint(); e.Addr != c.want || e.DirectTLSAddr != c.wantTLS || e.Domain != "d.test" || e.CAs != nil {
			t.Errorf("%s: %+v", c.addr, e)
		}
		if _, err := s.Usage(); s.Observed() || !errors.Is(err, ErrUnobserved) {
			t.Errorf("usage of a remote server: %v", err)
		}
		if s.Exited() != nil || s.ExitError() != nil || s.Crashes() != nil || s.PID() != 0 || s.LogTail(3) != nil || s.Kill() == nil {
			t.Error("a remote server has what only a child has")
		}
	}
}

func TestRemoteOnThisMachineIsObserved(t *testing.T) {
	s := start(t, Spec{Driver: "remote", Domain: "d.test", Addr: "localhost", PID: os.Getpid()})
	if u, err := s.Usage(); err != nil || u.RSS < 1<<20 || u.Threads < 1 || u.FDs < 3 {
		t.Errorf("usage %+v, %v", u, err)
	}
}

// The vectors are those of RFC 5802 §5 and RFC 7677 §3, password pencil: the
// server signature there follows from the server key, the proof from the stored
// key, so the keys were computed from them with an independent program.
func TestVerifiers(t *testing.T) {
	for _, c := range []struct{ mechanism, salt, stored, server string }{
		{"SCRAM-SHA-1", "QSXCR+Q6sek8bf92", "6dlGYMOdZcOPutkcNY8U2g7vK9Y=", "D+CSWLOshSulAsxiupA+qs2/fTE="},
		{"SCRAM-SHA-256", "W22ZaJ0SNY7soEsUEjb6gQ==", "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=", "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="},
	} {
		h, err := scramHashFor(c.mechanism)
		if err != nil {
			t.Fatal(err)
		}
		salt, err := base64.StdEncoding.DecodeString(c.salt)
		if err != nil {
			t.Fatal(err)
		}
		v, err := deriveVerifier(h, "pencil", string(salt), 4096)
		if err != nil {
			t.Fatal(err)
		}
		b64 := base64.StdEncoding.EncodeToString
		if b64(v.stored) != c.stored || b64(v.server) != c.server {
			t.Errorf("%s: stored %s, server %s", c.mechanism, b64(v.stored), b64(v.server))
		}
	}
}

func TestNumberedPasswordsAreDerivedApart(t *testing.T) {
	u := Users{Count: 30, Name: "u{n}", Password: "p{n}"}
	h := scramHashes()[0]
	of, err := verifiers(t.Context(), u, h, 10)
	if err != nil {
		t.Fatal(err)
	}
	for i := range u.Count {
		_, password := u.User(i)
		v := of(i)
		want, err := deriveVerifier(h, password, v.salt, 10)
		if err != nil || !slices.Equal(want.stored, v.stored) || i > 0 && v.salt == of(i-1).salt {
			t.Fatalf("user %d: %v", i, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verifiers(ctx, u, h, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestQuoting(t *testing.T) {
	if got := luaString("a\"\\\n\x00é]]"); got != `"a\034\092\010\000\195\169]]"` {
		t.Errorf("lua %s", got)
	}
	if got, err := yamlString("a\"\\\n'#: é"); err != nil || got != `"a\"\\\n'#: é"` {
		t.Errorf("yaml %s, %v", got, err)
	}
	if got := prosodyEncode("a-b.é_9"); got != "a%2db%2e%c3%a9%5f9" {
		t.Errorf("file name %s", got)
	}
}

func TestChain(t *testing.T) {
	a, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.chain("rig.test", net.IPv4(127, 70, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tls.X509KeyPair(c.leaf, c.key); err != nil {
		t.Error(err)
	}
	block, _ := pem.Decode(c.leaf)
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, year := range []int{2001, 2099} {
		for name, good := range map[string]bool{"rig.test": true, "conference.rig.test": true, "127.70.0.1": true, "other.test": false} {
			_, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: c.pool, CurrentTime: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)})
			if (err == nil) != good {
				t.Errorf("%s in %d: %v", name, year, err)
			}
		}
	}
}

func TestPlacesAreFreeAndApart(t *testing.T) {
	seen := map[string]bool{}
	for range 20 {
		p, err := findPlace()
		if err != nil {
			t.Fatal(err)
		}
		if !p.IP.IsLoopback() || seen[p.Addr()] || p.free() != nil {
			t.Errorf("place %v", p)
		}
		seen[p.Addr()] = true
		l, err := net.Listen("tcp", p.TLSAddr())
		if err != nil {
			t.Fatal(err)
		}
		if p.free() == nil {
			t.Errorf("%v counts as free with a listener on it", p)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
