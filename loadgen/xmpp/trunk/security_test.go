package trunk

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// authority issues certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{key: newKey(t), pool: x509.NewCertPool()}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), Subject: pkix.Name{CommonName: "test"}}
	a.cert = a.sign(t, ca, ca, a.key)
	a.pool.AddCert(a.cert)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (a *authority) sign(t *testing.T, c, parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// issue returns the certificates of all domains, which each name the one domain alone.
func (a *authority) issue(t *testing.T) func(string) (*tls.Certificate, error) {
	key := newKey(t)
	return func(domain string) (*tls.Certificate, error) {
		c := a.sign(t, &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{domain},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}, a.cert, key)
		return &tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: key, Leaf: c}, nil
	}
}

// Two servers, each with what it does about TLS, and what becomes of a stanza from one to the other and of the answer.
func TestSecureFederation(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	with := func(y Security) Security { y.Certificate = a.issue(t); return y }
	rows := []struct {
		name        string
		from, to    Security
		want        PeerCounts // of the first, in which Opened, Accepted and Unsent are not looked at
		undelivered bool
	}{
		{"TLS and dialback", with(Security{}), with(Security{}), PeerCounts{Encrypted: 2, Valid: 1, Verified: 1}, false},
		{"TLS required, and dialback", with(Security{Required: true}), with(Security{Required: true}), PeerCounts{Encrypted: 2, Valid: 1, Verified: 1}, false},
		{"one without TLS", with(Security{}), Security{}, PeerCounts{Valid: 1, Verified: 1}, false},
		{"certificates", with(Security{Authorities: a.pool}), with(Security{Authorities: a.pool}), PeerCounts{Encrypted: 2, External: 1, Vouched: 1}, false},
		{"certificates alone", with(Security{Authorities: a.pool, NoDialback: true}), with(Security{Authorities: a.pool, NoDialback: true}), PeerCounts{Encrypted: 2, External: 1, Vouched: 1}, false},
		{"believed there, and not here", with(Security{Authorities: other.pool}), with(Security{Authorities: a.pool}), PeerCounts{Encrypted: 2, External: 1, Verified: 1}, false},
		{"TLS required of one without", with(Security{Required: true}), Security{}, PeerCounts{}, true},
		{"required by one of another without", Security{}, with(Security{Required: true}), PeerCounts{}, true},
		{"nobody vouches", with(Security{}), with(Security{Authorities: other.pool, NoDialback: true}), PeerCounts{Encrypted: 1, Invalid: 1}, true},
		{"nobody vouches for the called", with(Security{Authorities: other.pool, NoDialback: true}), with(Security{Authorities: a.pool}), PeerCounts{}, true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			x, y, got := pairOfPeers(t, row.from, row.to)
			if err := x.Send("x.test", "y.test", []byte("<message from='x.test' to='y.test'/>")); err != nil {
				t.Fatal(err)
			}
			if row.undelivered {
				await(t, got, "returned remote-server-timeout")
			} else {
				await(t, got, "x.test>y.test")
				if err := y.Send("y.test", "x.test", []byte("<message from='y.test' to='x.test'/>")); err != nil {
					t.Fatal(err)
				}
				await(t, got, "y.test>x.test")
			}
			c := x.Counts()
			c.Opened, c.Accepted, c.Unsent = 0, 0, 0
			if c != row.want && !row.undelivered || c.Valid+c.External+c.Verified+c.Vouched != row.want.Valid+row.want.External+row.want.Verified+row.want.Vouched {
				t.Errorf("%+v, want %+v", c, row.want)
			}
		})
	}
}

// pairOfPeers is two servers, of x.test and of y.test.
func pairOfPeers(t *testing.T, xs, ys Security) (x, y *Peer, got chan string) {
	t.Helper()
	got = make(chan string, 10)
	lists := map[string]net.Listener{"x.test": listen(t), "y.test": listen(t)}
	peer := func(own string, s Security) *Peer {
		p := NewPeer(PeerOptions{
			Local: func(d string) bool { return d == own }, Security: s, Limits: Limits{Timeout: 10 * time.Second},
			Dial: func(ctx context.Context, domain string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "tcp", lists[domain].Addr().String())
			},
			Deliver: func(e *wire.Element, _ time.Time) { got <- string(e.Attr("from")) + ">" + string(e.Attr("to")) },
			Return:  func(_, _ string, _ []byte, condition string) { got <- "returned " + condition },
		})
		p.Serve(lists[own])
		t.Cleanup(p.Close)
		return p
	}
	return peer("x.test", xs), peer("y.test", ys), got
}

// A stream that shows a certificate, and what it may say of itself by EXTERNAL (XEP-0178 §3).
func TestExternalIsStrict(t *testing.T) {
	a := newAuthority(t)
	addr, got := receiver(t, Security{Certificate: a.issue(t), Authorities: a.pool, NoDialback: true})
	auth := func(said string) string {
		return "<auth xmlns='" + wire.NSSASL + "' mechanism='EXTERNAL'>" + said + "</auth>"
	}
	const stanza = "<message from='u@d1.test' to='v@a.test'/>"
	for _, row := range []struct {
		name  string
		shown string // the domain of the certificate
		steps []string
		want  []string
	}{
		{"its own", "d1.test", []string{auth("ZDEudGVzdA=="), plainHeader, stanza}, []string{"<success ", "<stream:features></stream:features>", "u@d1.test>v@a.test"}},
		{"as the stream says", "d1.test", []string{auth("="), plainHeader + stanza}, []string{"<success ", "u@d1.test>v@a.test"}},
		{"when it is asked", "d1.test", []string{auth(""), "<response xmlns='" + wire.NSSASL + "'/>"}, []string{"<challenge ", "<success "}},
		{"another", "d1.test", []string{auth("ZDIudGVzdA==")}, []string{"<invalid-authzid/>"}},
		{"no base64", "d1.test", []string{auth("!")}, []string{"<incorrect-encoding/>"}},
		{"another mechanism", "d1.test", []string{"<auth xmlns='" + wire.NSSASL + "' mechanism='PLAIN'>=</auth>"}, []string{"<invalid-mechanism/>"}},
		{"again and again", "d1.test", []string{auth("!") + auth("!") + auth("!")}, []string{"<policy-violation "}},
		{"another certificate", "d2.test", []string{auth("=")}, []string{"<not-authorized/>"}},
		{"another stream afterwards", "d1.test", []string{auth("="), strings.Replace(plainHeader, "d1.test", "d2.test", 1)}, []string{"<success ", "<invalid-from "}},
		{"dialback instead", "d2.test", []string{claim("d1.test", "a.test", "valid")}, []string{"<not-authorized "}},
		{"nothing", "d1.test", []string{stanza}, []string{"<not-authorized "}},
		{"TLS again", "d1.test", []string{"<starttls xmlns='" + wire.NSTLS + "'/>"}, []string{"<failure "}},
	} {
		t.Run(row.name, func(t *testing.T) {
			raw, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			raw.SetDeadline(time.Now().Add(20 * time.Second))
			fmt.Fprint(raw, plainHeader)
			if said, err := hear(raw, "<starttls xmlns='"+wire.NSTLS+"'", "</stream:features>"); err != nil {
				t.Fatal(said, err)
			}
			fmt.Fprint(raw, "<starttls xmlns='"+wire.NSTLS+"'/>")
			if said, err := hear(raw, "<proceed "); err != nil {
				t.Fatal(said, err)
			}
			config, err := (&Security{Certificate: a.issue(t)}).dialling(row.shown, "a.test")
			if err != nil {
				t.Fatal(err)
			}
			c := tls.Client(raw, config)
			fmt.Fprint(c, plainHeader)
			if said, err := hear(c, "</stream:features>"); err != nil || strings.Contains(said, "EXTERNAL") != (row.shown == "d1.test") {
				t.Fatalf("features %s, %v", said, err)
			}
			for i, s := range row.steps {
				fmt.Fprint(c, s)
				if strings.Contains(row.want[i], ">v@") {
					await(t, got, row.want[i])
				} else if said, err := hear(c, row.want[i]); err != nil {
					t.Fatalf("%s is answered by %s (%v), want %s", s, said, err, row.want[i])
				}
			}
		})
	}
}

// Bytes that came before TLS are not taken for what came over it.
func TestInjectedBytes(t *testing.T) {
	a := newAuthority(t)
	addr, got := receiver(t, Security{Certificate: a.issue(t), Authorities: a.pool})
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprint(c, plainHeader+"<starttls xmlns='"+wire.NSTLS+"'/>"+plainHeader+"<message from='u@d1.test' to='v@a.test'/>")
	if said, err := hear(c, "<proceed "); err == nil {
		t.Errorf("answered by %s", said)
	}
	select {
	case v := <-got:
		t.Errorf("delivered %s", v)
	default:
	}
}
