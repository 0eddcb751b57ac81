package target

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Users says which accounts there are: Count of them, numbered from 0. Name and
// Password are patterns in which {n} is replaced by the number. They are
// written to the server's store as they stand, so they must already be in the
// normal form of RFC 8265 (a plain ASCII, lower-case name always is).
type Users struct {
	Count    int
	Name     string // localpart
	Password string
}

// User returns name (a localpart) and password of user i.
func (u Users) User(i int) (name, password string) {
	n := strconv.Itoa(i)
	return strings.ReplaceAll(u.Name, "{n}", n), strings.ReplaceAll(u.Password, "{n}", n)
}

// numberedPasswords reports whether each user has a password of its own.
func (u Users) numberedPasswords() bool { return strings.Contains(u.Password, "{n}") }

// Component is a domain that an external component serves, and what it authenticates with.
type Component struct{ Domain, Secret string }

// Spec says what to start.
type Spec struct {
	Driver string // one of Drivers
	Domain string // the XMPP domain, folded to lower case; default localhost
	Users  Users

	// Sessions is how many sessions the server must hold at once; it sets the
	// file descriptor limit. 0 means Users.Count.
	Sessions int

	// Mechanism is the SASL mechanism that must work, e.g. SCRAM-SHA-1. Empty
	// means the best the server knows. PLAIN works whatever is asked for.
	Mechanism string

	// Login is how sessions will authenticate and bind: empty as in RFC 6120, else
	// by SASL2 (XEP-0388) where the server has that.
	Login string

	// TLSResume has TLS sessions resumed, where the server can.
	TLSResume bool

	// ClientCertificates lets clients show certificates of the server's own authority, and authenticate by them (EXTERNAL), beside
	// those that have passwords. See Server.Certificate. Not for jabberd2.
	ClientCertificates bool

	// WebSocket has XMPP served over WebSocket too (RFC 7395).
	WebSocket bool

	// BOSH has it served over BOSH (XEP-0124), where the server can.
	BOSH bool

	// Compression has streams over TCP compressed where a client asks for it (XEP-0138), where the server can.
	Compression bool

	// Metrics has the server tell its own figures over HTTP. Prosody only.
	Metrics bool

	// Component is an external component that may connect (XEP-0114); without a domain there is none.
	Component Component

	// Services are what the server is to have beside what it always has, of Services.
	Services []string

	Federation Federation // with other servers

	// Authority certifies the server, and is whom it believes; nil: one of its own.
	Authority *Authority

	// Tight sets the server up with limits that are met in seconds, and with accounts in trouble, as far as it can have them: see
	// Server.Settings. It is for programs that are about limits, not for load.
	Tight bool

	// ShortcutAuth replaces the account store by a backend that knows every
	// name and one password and computes no keys at login. Prosody and
	// ejabberd only; the password must not contain {n}.
	ShortcutAuth bool

	// Config is added to the configuration, in the language that the server has, and goes before what is there: of ejabberd it is a
	// mapping whose modules are laid over ours. Prosody and ejabberd only.
	Config string

	Exe      string   // loopback: our own binary
	Upgrades []string // loopback: values of --upgrade
	Faults   []string // loopback: values of --fault
	Defects  []string // loopback: values of --defect

	Addr     string // remote: HOST or HOST:PORT; ports default to 5222 and 5223, over HTTP 5280 and 5281
	WebPath  string // remote: the path of WebSocket; empty: websocket.DefaultPath
	BOSHPath string // remote: the path of BOSH; empty: bosh.DefaultPath
	CAFile   string // remote: PEM file of the CAs to trust; empty: the system's
	Insecure bool   // remote: its certificate need not be good; Endpoint passes it on
	PID      int    // remote: a process on this machine to sample; 0: none

	Log io.Writer // progress, one line each; nil: nowhere
}

func (s Spec) sessions() int {
	if s.Sessions > 0 {
		return s.Sessions
	}
	return s.Users.Count
}

// connections is how many the sessions have at once.
func (s Spec) connections() int {
	if s.BOSH {
		return 2 * s.sessions()
	}
	return s.sessions()
}

// check reports what is wrong with s, before anything is started.
func (s Spec) check() error {
	if err := checkDomain(s.Domain); err != nil && s.Driver != "remote" {
		return &SpecError{"domain", err.Error()}
	}
	if err := s.checkServices(); err != nil {
		return err
	}
	if s.Users.Count < 0 || s.Sessions < 0 {
		return &SpecError{"users", "the count is negative"}
	}
	if err := s.Federation.check(s.Driver); err != nil {
		return &SpecError{"federation", err.Error()}
	}
	if c := s.Component; c.Domain != "" {
		if err := checkDomain(c.Domain); err != nil {
			return &SpecError{"component", err.Error()}
		}
		if s.Driver == "remote" {
			return &SpecError{"component", "only a server that is started here has a port for one"}
		}
	}
	if s.Insecure && s.CAFile != "" {
		return &SpecError{"CA file", "it is of no use where certificates are not verified"}
	}
	if s.Driver == "remote" || s.Users.Count == 0 {
		return nil
	}
	if s.Users.Count > 1 && !strings.Contains(s.Users.Name, "{n}") {
		return &SpecError{"users", fmt.Sprintf("%d users need {n} in the name %q", s.Users.Count, s.Users.Name)}
	}
	name, password := s.Users.User(0)
	if err := checkLocalpart(name); err != nil {
		return &SpecError{"user name", err.Error()}
	}
	if password == "" || strings.ContainsFunc(password, isControl) {
		return &SpecError{"password", "it is empty or holds control characters"}
	}
	if s.ShortcutAuth && s.Users.numberedPasswords() {
		return &SpecError{"shortcut authentication", "it knows one password, so {n} in the password cannot work"}
	}
	return nil
}

// checkDomain refuses what would not survive being written to configuration
// files and what certificates cannot name; whether it is a good domainpart
// (RFC 7622 §3.2) is the caller's to check.
func checkDomain(domain string) error {
	if domain == "" || len(domain) > 253 {
		return fmt.Errorf("%q is empty or longer than 253 bytes", domain)
	}
	for _, r := range domain {
		if !isLetterOrDigit(r) && r != '-' && r != '.' {
			return fmt.Errorf("%q holds %q; an internationalised name is written as its A-label", domain, r)
		}
	}
	return nil
}

// checkLocalpart refuses the characters RFC 7622 §3.3.1 excludes and upper-case
// ASCII, which servers fold before they look an account up.
func checkLocalpart(name string) error {
	if name == "" || len(name) > 1023 {
		return fmt.Errorf("%q is empty or longer than 1023 bytes", name)
	}
	if i := strings.IndexFunc(name, func(r rune) bool {
		return isControl(r) || r == ' ' || strings.ContainsRune(`"&'/:<>@`, r) || r >= 'A' && r <= 'Z'
	}); i >= 0 {
		return fmt.Errorf("%q holds %q, which a stored localpart cannot", name, name[i])
	}
	return nil
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

func isLetterOrDigit(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
