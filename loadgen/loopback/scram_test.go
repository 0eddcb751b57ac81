package loopback

import (
	"crypto/pbkdf2"
	"crypto/tls"
	"encoding/base64"
	"strings"
	"testing"

	"xmpprig/loadgen/xmpp/wire"
)

// TestSCRAMVectors replays the exchanges of RFC 5802 §5 and RFC 7677 §3, both of user with the password pencil.
func TestSCRAMVectors(t *testing.T) {
	for _, test := range []struct {
		name                     string
		hash                     scramHash
		salt, nonce              string
		client1, server1         string
		client2, server2, broken string
	}{
		{"RFC 5802", scramSHA1, "QSXCR+Q6sek8bf92", "3rfcNHYJY1ZVvWVs7j",
			"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
			"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
			"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
			"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
			"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Tw="},
		{"RFC 7677", scramSHA256, "W22ZaJ0SNY7soEsUEjb6gQ==", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
			"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
			"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
			"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
			"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
			"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k1,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="},
	} {
		t.Run(test.name, func(t *testing.T) {
			salt, err := base64.StdEncoding.DecodeString(test.salt)
			if err != nil {
				t.Fatal(err)
			}
			begin := func() *scramExchange {
				x := &scramExchange{hash: test.hash, nonce: test.nonce, keysOf: func(user string) (*scramKeys, error) {
					if user != "user" {
						t.Errorf("asked for the keys of %q", user)
					}
					return deriveSCRAMKeys(test.hash, "pencil", salt, 4096)
				}}
				if got, err := x.begin([]byte(test.client1)); err != nil || string(got) != test.server1 {
					t.Fatalf("server-first-message %q, %v", got, err)
				}
				return x
			}
			if got, err := begin().finish([]byte(test.client2)); err != nil || string(got) != test.server2 {
				t.Errorf("server-final-message %q, %v", got, err)
			}
			if got, err := begin().finish([]byte(test.broken)); err == nil {
				t.Errorf("a broken proof or nonce gets %q", got)
			}
		})
	}
}

func TestSCRAMSyntax(t *testing.T) {
	for _, first := range []string{
		"", "n", "n,", "n,,", "n,,n=user", "n,,n=user,", "n,,n=,r=x", "n,,n=us=er,r=x", "n,,n=user,r=", "n,,n=user,r=a b", "n,,m=x,n=user,r=x",
		"x,,n=user,r=x", "n,user,n=user,r=x", "n,a=,n=user,r=x", "n,,n=a=2c,r=x",
	} {
		x := &scramExchange{keysOf: func(string) (*scramKeys, error) { return &scramKeys{}, nil }}
		if got, err := x.begin([]byte(first)); err != errSCRAMSyntax {
			t.Errorf("%q gets %q, %v", first, got, err)
		}
	}
	for _, final := range []string{"", "c=biws", "c=biws,r=xy", "c=biws,r=xy,p=!", "c=!,r=xy,p=eA==", "r=xy,c=biws,p=eA=="} {
		x := &scramExchange{fullNonce: "xy", keys: &scramKeys{}}
		if got, err := x.finish([]byte(final)); err != errSCRAMSyntax {
			t.Errorf("%q gets %q, %v", final, got, err)
		}
	}
}

func TestSASLNameEscapes(t *testing.T) {
	if got, ok := decodeSASLName("a=2Cb=3Dc=3D2C", true); !ok || got != "a,b=c=2C" {
		t.Errorf("got %q, %v", got, ok)
	}
}

// scramSecret is what a client makes of a password (RFC 5802 §3).
type scramSecret struct {
	client []byte
	keys   *scramKeys
}

func newSCRAMSecret(t testing.TB, h scramHash, password string, salt []byte) *scramSecret {
	t.Helper()
	salted, err := pbkdf2.Key(h.new, password, salt, 4096, h.new().Size())
	if err != nil {
		t.Fatal(err)
	}
	client := h.mac(salted, []byte("Client Key"))
	digest := h.new()
	digest.Write(client)
	return &scramSecret{client, &scramKeys{salt: salt, stored: digest.Sum(nil)}}
}

// scram runs an exchange as a client would and returns its last answer.
func (c *client) scram(mechanism, gs2 string, binding []byte, h scramHash, user string, secretOf func(salt []byte) *scramSecret) string {
	c.t.Helper()
	bare := "n=" + user + ",r=abcdefgh"
	c.send("%s", saslAuth(mechanism, b64(gs2+bare)))
	first := decodeInner(c.t, c.expect("<challenge "))
	fields := strings.SplitN(first, ",", 3)
	salt, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(fields[1], "s="))
	if err != nil {
		c.t.Fatal(err)
	}
	secret := secretOf(salt)
	without := "c=" + b64(gs2+string(binding)) + "," + fields[0]
	proof := h.mac(secret.keys.stored, []byte(bare+","+first+","+without))
	for i, b := range secret.client {
		proof[i] ^= b
	}
	c.send("<response xmlns='%s'>%s</response>", wire.NSSASL, b64(without+",p="+b64(string(proof))))
	return c.expect()
}

func decodeInner(t testing.TB, element string) string {
	t.Helper()
	_, text, _ := strings.Cut(element, ">")
	text, _, _ = strings.Cut(text, "<")
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatalf("%s: %v", element, err)
	}
	return string(b)
}

func TestChannelBinding(t *testing.T) {
	s := listening(t, Options{Mechanisms: append(DefaultMechanisms(), "SCRAM-SHA-512-PLUS", "SCRAM-SHA-512")})
	for _, test := range []struct {
		name, mechanism, gs2 string
		hash                 scramHash
		version              uint16
		kind, want           string
	}{
		{"exporter", "SCRAM-SHA-256-PLUS", "p=tls-exporter,,", scramSHA256, tls.VersionTLS13, "exporter", "<success "},
		{"exporter, 512", "SCRAM-SHA-512-PLUS", "p=tls-exporter,,", scramSHA512, tls.VersionTLS13, "exporter", "<success "},
		{"end point", "SCRAM-SHA-1-PLUS", "p=tls-server-end-point,,", scramSHA1, tls.VersionTLS13, "end-point", "<success "},
		{"end point on 1.2", "SCRAM-SHA-1-PLUS", "p=tls-server-end-point,,", scramSHA1, tls.VersionTLS12, "end-point", "<success "},
		{"wrong data", "SCRAM-SHA-256-PLUS", "p=tls-exporter,,", scramSHA256, tls.VersionTLS13, "end-point", "<not-authorized/>"},
		{"not supported by the client", "SCRAM-SHA-256", "n,,", scramSHA256, tls.VersionTLS13, "", "<success "},
		{"wrong password", "SCRAM-SHA-256", "n,,", scramSHA1, tls.VersionTLS13, "", "<not-authorized/>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dialTCP(t, s.TLSAddr()).patient()
			c.secure(s, &tls.Config{MinVersion: test.version, MaxVersion: test.version})
			c.open()
			var binding []byte
			state := c.conn.(*tls.Conn).ConnectionState()
			switch test.kind {
			case "exporter":
				binding, _ = state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
			case "end-point":
				h := endPointHash(state.PeerCertificates[0].SignatureAlgorithm)
				h.Write(state.PeerCertificates[0].Raw)
				binding = h.Sum(nil)
			}
			secretOf := func(salt []byte) *scramSecret { return newSCRAMSecret(t, test.hash, "pw5", salt) }
			if got := c.scram(test.mechanism, test.gs2, binding, test.hash, "user5", secretOf); !strings.Contains(got, test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	// A client that could bind but was not offered to must be told that somebody lied (RFC 5802 §6).
	for gs2, want := range map[string]string{"y,,": "<not-authorized/>", "p=tls-unique,,": "<not-authorized/>"} {
		c := dialTCP(t, s.TLSAddr()).patient()
		c.secure(s, nil)
		c.open()
		c.send("%s", saslAuth("SCRAM-SHA-256"+map[bool]string{true: "-PLUS"}[gs2 != "y,,"], b64(gs2+"n=user5,r=x")))
		c.expect(want)
	}
}
