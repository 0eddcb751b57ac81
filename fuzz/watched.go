package fuzz

import (
	"context"
	"crypto/tls"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/target"
)

// Watched is what a campaign needs of the server under test. A *target.Server is one.
type Watched interface {
	// Cost says what its process uses; an error where that cannot be seen.
	Cost() (target.Cost, error)
	// LogMark is a place in its logs, and LogSince what came after one.
	LogMark() target.LogMark
	LogSince(target.LogMark) []string
	// Crashes are those noticed so far.
	Crashes() []target.Crash
	// Exited is closed once its process ended; nil where there is none to see.
	Exited() <-chan struct{}
	// Restart starts it again, at the same addresses.
	Restart(context.Context) error
}

// SiteOf is where programs are played on a server that was started, with accounts of the pattern.
func SiteOf(s *target.Server, users target.Users) *Site {
	at := s.Endpoint()
	site := &Site{
		Addr: at.Addr, DirectTLSAddr: at.DirectTLSAddr, WebAddr: at.WebAddr, WebTLSAddr: at.WebTLSAddr, WebPath: at.WebPath, BOSHPath: at.BOSHPath, ServerAddr: at.ServerAddr, Domain: at.Domain, Users: users.User, Rest: s.Rest(),
		TLS: &tls.Config{RootCAs: at.CAs, InsecureSkipVerify: at.Insecure, MinVersion: tls.VersionTLS12},
	}
	if c := s.Component(); c.Domain != "" {
		site.Component = Component{at.ComponentAddr, c.Domain, c.Secret}
	}
	if s.Certifies() {
		site.Certify = func(claims []program.Claim) (*tls.Certificate, error) { return s.Certificate(claimsOf(claims)) }
	}
	for name, value := range s.Settings() {
		if site.Settings == nil {
			site.Settings = map[program.Setting]string{}
		}
		site.Settings[program.Setting(name)] = value
	}
	if site.DirectTLSAddr == site.Addr { // one port was given, which is the other one
		site.DirectTLSAddr, site.WebAddr, site.WebTLSAddr, site.BOSHPath = "", "", "", ""
	}
	return site
}

func claimsOf(claims []program.Claim) (all []target.Claim) {
	for _, c := range claims {
		all = append(all, target.Claim(c))
	}
	return all
}
