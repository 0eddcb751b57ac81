package fuzz

import (
	"crypto/tls"
	"slices"
	"time"

	"xmpprig/fuzz/program"
)

// Site is where a program is played.
type Site struct {
	Addr          string // host:port
	DirectTLSAddr string // host:port; empty: none
	Domain        string
	TLS           *tls.Config // ServerName is set to Domain where it is empty

	// Users gives the accounts: 0 is the attacker's, 1 the witness's, 2 the bystander's.
	Users func(i int) (name, password string)

	// Patience bounds each wait for the server; 0: DefaultPatience.
	Patience time.Duration
}

// Accounts is how many accounts a Site needs.
const Accounts = 3

// DefaultPatience is enough for a server on the same machine that is not overloaded.
const DefaultPatience = 3 * time.Second

func (s *Site) patience() time.Duration {
	if s.Patience > 0 {
		return s.Patience
	}
	return DefaultPatience
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

// user is the account of an actor.
func (s *Site) user(a program.Actor) (name, password string) {
	return s.Users(slices.Index(program.Actors(), a))
}
