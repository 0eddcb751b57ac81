package fuzz

import (
	"cmp"
	"crypto/tls"
	"time"

	"xmpprig/fuzz/program"
)

// Site is where a program is played.
type Site struct {
	Addr          string // host:port
	DirectTLSAddr string // host:port; empty: none
	WebAddr       string // host:port of WebSocket; empty: none
	WebTLSAddr    string // host:port of WebSocket over TLS; empty: none
	WebPath       string // where XMPP is spoken there
	BOSHAddr      string // host:port of BOSH over TLS; empty: WebTLSAddr
	BOSHPath      string // where BOSH is spoken there; empty: nowhere
	ServerAddr    string // host:port of streams between servers; empty: none
	Domain        string

	Component Component // that may connect
	// Certify issues a certificate that a client can show; nil: nobody can.
	Certify func(claims []program.Claim) (*tls.Certificate, error)
	// Settings are those that the server was set up with, and their values. Programs that need others are not applicable.
	Settings map[program.Setting]string

	// Over has Conform play all programs over another transport; empty: over that which they have.
	Over program.Transport

	Authority *Authority // where the server finds the servers of all other domains; nil: nowhere

	TLS *tls.Config // ServerName is set to Domain where it is empty

	// Users gives the accounts: 0 is the attacker's and the accomplice's, 1 the witness's, 2 the bystander's, 3 the
	// honest session's.
	Users func(i int) (name, password string)

	// Spare is how many more such sets of accounts there are, behind one another. What is to be proved is played on one that has
	// not been used: rosters and the like keep what earlier programs have done.
	Spare int

	// Patience bounds each wait for the server; 0: DefaultPatience.
	Patience time.Duration

	// Glance bounds the waits for what nobody is owed, such as an element that is awaited; 0: Patience.
	Glance time.Duration

	// Rest is how long to leave the server alone after a program, where it takes what its sessions end with for that of
	// the next ones.
	Rest time.Duration

	// Longest bounds what a program repeats; 0: DefaultLongest.
	Longest time.Duration
}

// Component is where an external component connects (XEP-0114); without an address there is none.
type Component struct{ Addr, Domain, Secret string }

// Accounts is how many accounts a Site needs: those of the actors, and that of the honest session that a campaign watches.
const Accounts = 4

// DefaultPatience is enough for a server on the same machine that is not overloaded.
const DefaultPatience = 3 * time.Second

// DefaultLongest is when a repeat is given up.
const DefaultLongest = 10 * time.Second

func (s *Site) longest() time.Duration {
	if s.Longest > 0 {
		return s.Longest
	}
	return DefaultLongest
}

func (s *Site) patience() time.Duration {
	if s.Patience > 0 {
		return s.Patience
	}
	return DefaultPatience
}

func (s *Site) glance() time.Duration {
	if s.Glance > 0 {
		return s.Glance
	}
	return s.patience()
}

// bosh is the host:port of BOSH over TLS; empty: there is none.
func (s *Site) bosh() string {
	if s.BOSHPath == "" {
		return ""
	}
	return cmp.Or(s.BOSHAddr, s.WebTLSAddr)
}

func (s *Site) config() *tls.Config {
	c := s.TLS.Clone()
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if c.ServerName == "" {
		c.ServerName = s.Domain
	}
	return c
}

// spare is the site with the accounts of a spare set, from 1 on.
func (s *Site) spare(set int) *Site {
	other := *s
	other.Users = func(i int) (string, string) { return s.Users(set*Accounts + i) }
	return &other
}

// user is the account of an actor.
func (s *Site) user(a program.Actor) (name, password string) {
	return s.Users(a.Account())
}
