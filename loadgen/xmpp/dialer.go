package xmpp

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/wire"
)

// TLSMode says how a session is encrypted.
type TLSMode uint8

// The modes.
const (
	NoTLS     TLSMode = iota // not at all
	StartTLS                 // on request inside the stream (RFC 6120 §5)
	DirectTLS                // from the first byte (XEP-0368)
)

var tlsModeNames = [...]string{"none", "starttls", "direct"}

// String returns none, starttls or direct.
func (m TLSMode) String() string {
	if int(m) >= len(tlsModeNames) {
		return fmt.Sprintf("TLS mode %d", uint8(m))
	}
	return tlsModeNames[m]
}

// ParseTLSMode is the inverse of String.
func ParseTLSMode(s string) (TLSMode, error) {
	for m, name := range tlsModeNames {
		if s == name {
			return TLSMode(m), nil
		}
	}
	return 0, fmt.Errorf("%q is no TLS mode: none, starttls and direct are", s)
}

// Defaults of a Dialer.
const (
	DefaultMaxIterations = 1_000_000
	DefaultTimeout       = 30 * time.Second
)

// Dialer logs sessions in to one server. All sessions share it; it must not be
// changed after its first use.
type Dialer struct {
	// Dial connects, from laddr unless that is nil. Nil: TCP to Addr with
	// TCP_NODELAY and without keepalive probes.
	Dial func(ctx context.Context, laddr net.Addr) (net.Conn, error)
	// Join, where set, is the whole of a login: it returns a connection on which stanzas of jabber:client follow, as after binding, and
	// the address that it is for. It is how sessions come in that are users of a stream which others share; see package crowd.
	Join func(ctx context.Context, a Account, laddr net.Addr) (transport net.Conn, jid string, err error)
	Addr string // host:port, used when Dial is nil; a name is looked up for every login

	Domain string // the server's name: "to" of the stream
	Lang   string // xml:lang of the stream; empty: none

	// WebSocket is the path at which XMPP is spoken over WebSocket (RFC 7395), such
	// as /xmpp-websocket; empty: over TCP. TLS is DirectTLS then for wss, NoTLS for
	// ws; the host that is asked is Domain.
	WebSocket string

	// BOSH is the path at which XMPP is spoken over BOSH (XEP-0124, XEP-0206), such as /http-bind; empty: not over BOSH.
	// TLS is DirectTLS then for https, NoTLS for http. A session has two connections, of which it opens the second when
	// it first needs it, and each again when the server closes it between requests. WebSocket must be empty.
	BOSH string

	TLS TLSMode
	// TLSConfig may be nil. ServerName is Domain, in ASCII, unless set, and
	// certificates are verified unless InsecureSkipVerify is set. All sessions
	// share a copy. Each login is a whole handshake unless ClientSessionCache is
	// set and the account has no certificate of its own.
	TLSConfig *tls.Config

	// Certificates returns what accounts show that have no certificate of their
	// own, by their localpart; nil: nothing. It may be called at any time.
	Certificates func(local string) *tls.Certificate

	// ResumeTLS resumes the TLS session of an account's Device where the server
	// gave a ticket for it (RFC 8446 §2.2, RFC 5077).
	ResumeTLS bool

	// StreamManagement turns XEP-0198 on; nil: it stays off. A server that does
	// not offer it fails the login.
	StreamManagement *StreamManagement

	LoginMode            LoginMode // which protocol authenticates and binds
	Mechanism            string    // SASL mechanism; empty: the strongest that is offered
	AllowPlainWithoutTLS bool      // else PLAIN over an unencrypted stream must be named by Mechanism

	Keys *SCRAMKeys // cache of derived keys; nil: derive for every login
	// Bounds of SCRAM iteration counts, ends included. Zero: 1, so that a weakly
	// configured server can be measured (RFC 5802 §5.1 recommends 4096), and
	// DefaultMaxIterations, as the server decides how long this side computes.
	MinIterations, MaxIterations int

	Limits  wire.Limits   // of what the server sends; fields not set: wire.DefaultLimits
	Timeout time.Duration // of a write, and of the wait for the footer in Close; zero: DefaultTimeout

	once     sync.Once
	config   *tls.Config
	onceHead sync.Once
	head     []byte // of a request of BOSH
	buffers  bufferPool
	nonce    func() string // nil: random; tests replay fixed ones
}

// Account is who logs in.
type Account struct {
	Local    string // localpart; also the user name of SASL. Empty with ANONYMOUS, or with EXTERNAL to let the server choose
	Password string
	Authzid  string // authorization identity, if it differs
	Resource string // resourcepart to ask for; empty: the server chooses

	Device *Device // what is kept from one login to the next; nil: nothing, so that tokens are neither asked for nor used

	Certificate *tls.Certificate // shown to the server; EXTERNAL authenticates with it
}

// prepared returns user name and password as SASL wants them.
func (a *Account) prepared() (user, password string, err error) {
	if user, err = prepareSecret(a.Local); err != nil {
		return "", "", fmt.Errorf("user name: %w", err)
	}
	if password, err = prepareSecret(a.Password); err != nil {
		return "", "", fmt.Errorf("password: %w", err)
	}
	if strings.Contains(a.Authzid, "\x00") || !utf8.ValidString(a.Authzid) { // RFC 4616 §2, RFC 5801 §4
		return "", "", errors.New("authorization identity: not UTF-8 without NUL")
	}
	return user, password, nil
}

// Timings are how long the stages of a login took. Each reaches from the end of
// the stage before it, so the stream opening after a stage counts to the next
// one, and all together, with Derivation, are the whole login. A stage that was not completed is zero.
type Timings struct {
	Connect, TLS time.Duration
	Upgrade      time.Duration // of WebSocket
	SASL         time.Duration // without Derivation
	Derivation   time.Duration // of keys from passwords, where there is a cache for them: a cost of the client, mostly of its first login
	Account      time.Duration // of making an account (Register), without the form for it
	Bind         time.Duration // and of enabling stream management, or of resuming; zero where Bind 2 did all within SASL
}

// Login makes a session: connect, encrypt, authenticate, bind. laddr is the
// local address, or nil. The end of ctx ends it at any stage. Any error is a
// *LoginError, and Timings say how far it got.
//
// It all runs on a stack of its own: handshakes need deep ones, which goroutines
// keep, and the caller's is to stay as small as waiting needs it.
func (d *Dialer) Login(ctx context.Context, a Account, laddr net.Addr) (*Conn, Timings, error) {
	if d.Join != nil {
		return d.join(ctx, a, laddr)
	}
	return d.negotiate(ctx, &negotiation{dialer: d, account: a}, laddr)
}

// Survey is Login that shows what each stream offers (RFC 6120 §4.3.2). The
// features are valid until seen returns. Who joins others' streams sees none.
func (d *Dialer) Survey(ctx context.Context, a Account, laddr net.Addr, seen func(features *wire.Element)) (*Conn, Timings, error) {
	if d.Join != nil {
		return d.join(ctx, a, laddr)
	}
	return d.negotiate(ctx, &negotiation{dialer: d, account: a, seen: seen}, laddr)
}

func (d *Dialer) negotiate(ctx context.Context, n *negotiation, laddr net.Addr) (*Conn, Timings, error) {
	if n.account.Certificate == nil && d.Certificates != nil {
		n.account.Certificate = d.Certificates(n.account.Local)
	}
	n.stage, n.mark = Connect, time.Now()
	done := make(chan error)
	go func() { done <- n.login(ctx, laddr) }()
	if err := <-done; err != nil {
		return nil, n.timings, &LoginError{n.stage, err}
	}
	return n.conn, n.timings, nil
}

func (n *negotiation) login(ctx context.Context, laddr net.Addr) error {
	transport, err := n.dialer.dial(ctx, laddr)
	if err != nil {
		return cause(ctx, err)
	}
	n.lap(&n.timings.Connect)
	n.conn = newConn(n.dialer, transport)
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		n.conn.cancel()
		close(fired)
	})
	err = n.run()
	if !stop() {
		<-fired
		err = context.Cause(ctx)
	}
	if err != nil {
		n.conn.Abort()
	}
	return err
}

// cause is the reason for the end of ctx if that is why err came about.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return context.Cause(ctx)
	}
	return err
}

func (d *Dialer) dial(ctx context.Context, laddr net.Addr) (net.Conn, error) {
	if d.Dial != nil {
		return d.Dial(ctx, laddr)
	}
	dialer := net.Dialer{LocalAddr: laddr, KeepAlive: -1}
	return dialer.DialContext(ctx, "tcp", d.Addr)
}

// host is who is asked over HTTP.
func (d *Dialer) host() string {
	host := asciiDomain(d.Domain)
	if _, port, err := net.SplitHostPort(d.Addr); err == nil {
		return net.JoinHostPort(host, port)
	}
	return host
}

// requestHead is what every request of BOSH begins with.
func (d *Dialer) requestHead() []byte {
	d.onceHead.Do(func() { d.head = bosh.RequestHead(d.host(), d.BOSH) })
	return d.head
}

func (d *Dialer) iterations() (lowest, highest int) {
	lowest, highest = max(d.MinIterations, 1), d.MaxIterations
	if highest == 0 {
		highest = DefaultMaxIterations
	}
	return lowest, highest
}

func (d *Dialer) newNonce() string {
	if d.nonce != nil {
		return d.nonce()
	}
	return rand.Text()
}

func (d *Dialer) timeout() time.Duration {
	if d.Timeout > 0 {
		return d.Timeout
	}
	return DefaultTimeout
}

// tlsConfig returns the configuration that all sessions share, or a copy for an
// account that has its own certificate.
func (d *Dialer) tlsConfig(a *Account) *tls.Config {
	d.once.Do(func() {
		d.config = &tls.Config{}
		if d.TLSConfig != nil {
			d.config = d.TLSConfig.Clone()
		}
		if d.config.ServerName == "" {
			d.config.ServerName = asciiDomain(d.Domain)
		}
		if d.TLS == DirectTLS && d.config.NextProtos == nil {
			d.config.NextProtos = []string{"xmpp-client"} // XEP-0368 §4
			if d.WebSocket != "" || d.BOSH != "" {
				d.config.NextProtos = []string{"http/1.1"} // RFC 7301 §6; there is no HTTP/2 here
			}
		}
	})
	if a.Certificate == nil {
		if d.ResumeTLS && a.Device != nil {
			return a.Device.resuming(d.config)
		}
		return d.config
	}
	own := d.config.Clone()
	own.Certificates, own.GetClientCertificate = []tls.Certificate{*a.Certificate}, nil
	own.ClientSessionCache = nil // a resumed session shows the server the certificate that began it: another account's
	if d.ResumeTLS && a.Device != nil {
		own.ClientSessionCache = a.Device
	}
	return own
}
