package xmpp

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/websocket"
)

// fixture is a server that takes every PLAIN login and then hands the
// connection over. It reads by markers, not by parsing.
type fixture struct {
	listener net.Listener
	mode     TLSMode
	web      bool     // over WebSocket
	bosh     *holding // over BOSH; nil: not
	config   *tls.Config
	session  func(c net.Conn) // after the login; the connection is closed when it returns
	sessions sync.WaitGroup
	mu       sync.Mutex
	open     []net.Conn
}

const (
	fixtureHeader   = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='example.com' id='s1' version='1.0'>"
	fixtureStartTLS = fixtureHeader + "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"
	fixtureAuth     = fixtureHeader + "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>"
	fixtureBind     = fixtureHeader + "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/></stream:features>"
)

// listen starts a fixture; t's end stops it.
func listen(t testing.TB, mode TLSMode, session func(net.Conn)) *fixture {
	t.Helper()
	f := &fixture{mode: mode, session: session}
	f.serve(t)
	return f
}

func (f *fixture) serve(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.listener, f.config = l, &tls.Config{Certificates: []tls.Certificate{certificate(t, "example.com", "xn--bcher-kva.example")}}
	f.sessions.Go(f.accept)
	t.Cleanup(f.close)
}

func (f *fixture) accept() {
	for {
		c, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.open = append(f.open, c)
		f.mu.Unlock()
		f.sessions.Go(func() {
			defer c.Close()
			if f.bosh != nil {
				f.bosh.serve(f, c)
				return
			}
			if s, err := f.login(c); err == nil {
				f.session(s)
			}
		})
	}
}

func (f *fixture) close() {
	f.listener.Close()
	f.mu.Lock()
	for _, c := range f.open {
		c.Close()
	}
	f.mu.Unlock()
	f.sessions.Wait()
}

func (f *fixture) login(c net.Conn) (net.Conn, error) {
	switch f.mode {
	case StartTLS:
		if err := answers(c, "version='1.0'>", fixtureStartTLS, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"); err != nil {
			return nil, err
		}
		c = tls.Server(c, f.config)
	case DirectTLS:
		c = tls.Server(c, f.config)
	}
	if f.web {
		return webLogin(c)
	}
	return c, answers(c, "version='1.0'>", fixtureAuth, "</auth>", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
		"version='1.0'>", fixtureBind, "</iq>", "<iq type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@example.com/r</jid></bind></iq>")
}

// answers waits for each marker and sends what follows it.
func answers(c net.Conn, pairs ...string) error {
	buf := make([]byte, 4096)
	n := 0
	for i := 0; i < len(pairs); i += 2 {
		for !bytes.HasSuffix(buf[:n], []byte(pairs[i])) {
			k, err := c.Read(buf[n:])
			if err != nil {
				return err
			}
			if n += k; n == len(buf) {
				return fmt.Errorf("no %q in %q", pairs[i], buf)
			}
		}
		n = 0
		if _, err := io.WriteString(c, pairs[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// dialer returns a Dialer for the fixture's server.
func (f *fixture) dialer(t testing.TB) *Dialer {
	d := &Dialer{Addr: f.listener.Addr().String(), Domain: "example.com", TLS: f.mode, AllowPlainWithoutTLS: true, TLSConfig: &tls.Config{RootCAs: roots(t, f.config.Certificates[0])}}
	if f.web {
		d.WebSocket = websocket.DefaultPath
	}
	if f.bosh != nil {
		d.BOSH = bosh.DefaultPath
	}
	return d
}

var fixtureUser = Account{Local: "user", Password: "pencil", Resource: "r"}

// login makes a session that the test's end aborts.
func (d *Dialer) login(t testing.TB) *Conn {
	t.Helper()
	c, _, err := d.Login(t.Context(), fixtureUser, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Abort() })
	return c
}

// certificate makes a self-signed certificate for names.
func certificate(t testing.TB, names ...string) tls.Certificate {
	t.Helper()
	return sign(t, &x509.Certificate{DNSNames: names, Subject: pkix.Name{CommonName: names[0]}})
}

func sign(t testing.TB, c *x509.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber, c.NotBefore, c.NotAfter = big.NewInt(1), time.Unix(0, 0), time.Now().Add(1000*time.Hour)
	c.IsCA, c.BasicConstraintsValid = true, true
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func roots(t testing.TB, c tls.Certificate) *x509.CertPool {
	t.Helper()
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return pool
}

var errTest = errors.New("test")

// insecure trusts everybody; only for peers that are fixtures of another process.
func insecure() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }
