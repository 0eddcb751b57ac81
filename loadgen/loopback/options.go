package loopback

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// Options says what server to make. The zero value is a server for localhost that has no users.
type Options struct {
	// Domain is the one domain served; localhost when empty.
	Domain string
	// Users tells the password of an account, by its lower-case local part, and whether there is such an account.
	// It is called from many goroutines. See [UserPattern].
	Users func(local string) (password string, ok bool)
	// Mechanisms are the SASL mechanisms in the order they are offered; [DefaultMechanisms] when nil. A -PLUS
	// mechanism, EXTERNAL and, unless PlainWithoutTLS, PLAIN are offered over TLS alone. EXTERNAL is offered to clients with a
	// certificate that ClientCAs vouches for.
	Mechanisms []string
	// Iterations of PBKDF2 for SCRAM; 4096 when 0.
	Iterations int
	SASL2      bool // offer SASL2 (XEP-0388) over TLS too, with Bind 2 (XEP-0386) inline
	FAST       bool // with SASL2, offer FAST (XEP-0484)
	// TokenLife is how long a token of FAST is good; 21 days when 0. One of which half has passed is replaced when it is used.
	TokenLife time.Duration
	// Upgrades are SCRAM mechanisms that SASL2 offers each user an upgrade to (XEP-0480) until it has been done. It is checked,
	// and has no other effect: every mechanism works before as well.
	Upgrades        []string
	PlainWithoutTLS bool // offer PLAIN on unencrypted streams too
	RequireTLS      bool // offer nothing but STARTTLS on an unencrypted stream
	NoStartTLS      bool // do not offer STARTTLS
	// Certificate is shown to clients. When nil, New makes an authority and a certificate for Domain, localhost
	// and every address listened on.
	Certificate *tls.Certificate
	// ClientCAs vouch for clients of EXTERNAL; the server's own authority when nil. See [Server.ClientCertificate].
	ClientCAs *x509.CertPool
	// Tickets lets clients resume TLS sessions. Off by default, so that each login costs a whole handshake.
	Tickets bool
	// Register offers in-band registration (XEP-0077). Accounts are kept in memory.
	Register bool
	// Archive is how many messages are kept for each user and each room (XEP-0313), and Offline how many wait for one who is away;
	// 0: none, and so no such service.
	Archive, Offline int
	// Disabled and Unavailable are accounts, in lower case, that cannot log in: by PLAIN and SCRAM they fail with account-disabled
	// and with temporary-auth-failure, whatever the password is.
	Disabled, Unavailable []string
	// Session offers the session request that RFC 3921 had, as optional.
	Session bool
	// StreamManagement says how XEP-0198 is served.
	StreamManagement StreamManagement

	// Components are the domains that external components (XEP-0114) serve, with their secrets.
	Components map[string]string

	Compression bool // offer stream compression (XEP-0138), by zlib, once a client is authenticated

	// Federation is with the servers of other domains; nil: there are none.
	Federation *Federation

	NoRooms bool // have no multi-user chat (XEP-0045) at conference.DOMAIN

	Limits       wire.Limits   // of one element; 64 levels, 64 attributes and 256 KiB where not positive
	Queue        int           // bytes that may wait for a slow reader before it is cut off; 4 MiB when 0
	Bounds       Bounds        // on what one address or session may do
	LoginTimeout time.Duration // from connecting to bound; one minute when 0
	Name         string        // of the software, for disco and version; "xmpprig loopback" when empty
	Version      string        // of the software; left out when empty

	Faults Faults
	// Defects are the names of the defects to have; see [Defects].
	Defects []string
	// Log takes what the server has to say about itself, of which a correct one says nothing; nil: nowhere.
	Log io.Writer
}

// DefaultMechanisms are the mechanisms offered when Options names none, the strongest first. SCRAM-SHA-512,
// SCRAM-SHA-512-PLUS, EXTERNAL and ANONYMOUS are offered on request.
func DefaultMechanisms() []string {
	return []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN"}
}

// UserPattern returns the Users of accounts 0 to count-1, any number when count is 0: name and password with {n} in
// place of the number, as in "user{n}". A name without {n} is one account.
func UserPattern(name, password string, count int) func(local string) (string, bool) {
	before, after, numbered := strings.Cut(name, "{n}")
	return func(local string) (string, bool) {
		if !numbered {
			return password, local == name
		}
		n, ok := strings.CutPrefix(local, before)
		if !ok {
			return "", false
		}
		n, ok = strings.CutSuffix(n, after)
		i, err := strconv.Atoi(n)
		if !ok || err != nil || i < 0 || (count > 0 && i >= count) || strconv.Itoa(i) != n {
			return "", false
		}
		return strings.ReplaceAll(password, "{n}", n), true
	}
}

// settle fills the gaps and says what cannot be.
func (o *Options) settle() error {
	if o.Domain == "" {
		o.Domain = "localhost"
	}
	domain, err := normalDomain([]byte(o.Domain))
	if err != nil {
		return fmt.Errorf("domain %q: %w", o.Domain, err)
	}
	o.Domain = string(domain)
	if o.Users == nil {
		o.Users = func(string) (string, bool) { return "", false }
	}
	if o.Mechanisms == nil {
		o.Mechanisms = DefaultMechanisms()
	}
	for _, m := range o.Mechanisms {
		if !slices.Contains(allMechanisms, m) {
			return fmt.Errorf("there is no mechanism %q; there are %s", m, strings.Join(allMechanisms, ", "))
		}
	}
	if o.NoStartTLS && o.RequireTLS {
		return errors.New("TLS cannot be required where STARTTLS is not offered")
	}
	for _, m := range o.Upgrades {
		if !strings.HasPrefix(m, "SCRAM-") || isPlus(m) || !slices.Contains(allMechanisms, m) {
			return fmt.Errorf("there is no upgrade to %q", m)
		}
	}
	if (o.FAST || len(o.Upgrades) > 0) && !o.SASL2 {
		return errors.New("FAST and upgrades are parts of SASL2, which is not offered")
	}
	o.TokenLife = orElse(o.TokenLife, defaultTokenLife)
	o.Iterations = orElse(o.Iterations, 4096)
	o.Limits.Depth = orElse(o.Limits.Depth, 64)
	o.Limits.Attrs = orElse(o.Limits.Attrs, 64)
	o.Limits.Bytes = orElse(o.Limits.Bytes, 256<<10)
	o.Queue = orElse(o.Queue, 4<<20)
	o.StreamManagement.KeepFor = orElse(o.StreamManagement.KeepFor, time.Minute)
	o.StreamManagement.AckEvery = orElse(o.StreamManagement.AckEvery, 5)
	o.LoginTimeout = orElse(o.LoginTimeout, time.Minute)
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.Name == "" {
		o.Name = "xmpprig loopback"
	}
	if b := o.Bounds; b.Idle < 0 || b.Attempts < 0 || b.Recipients < 0 || b.Unacked < 0 {
		return errors.New("a bound is negative")
	}
	if _, own := o.Components[o.Domain]; own {
		return fmt.Errorf("the domain %s is the server's own, and cannot be a component's", o.Domain)
	}
	return errors.Join(o.Federation.settle(), o.Faults.validate(), CheckDefects(o.Defects))
}

func orElse[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}

// hostIP is the address of a listener, for its certificate; nil if it listens on all.
func hostIP(a net.Addr) net.IP {
	if t, ok := a.(*net.TCPAddr); ok && !t.IP.IsUnspecified() {
		return t.IP
	}
	return nil
}
