package target

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

// Federation opens a server to others (RFC 6120 §4.8.2). The zero value keeps it closed. Not for a server that runs.
type Federation struct {
	Via   string // IP:PORT of the one place where all other domains are found
	Names string // IP:PORT of a name server that says as much by SRV records; ejabberd and jabberd2 ask it, the others are told
	// TLS is how others prove that they are who they say: none, by dialback over unencrypted streams; dialback, over TLS alone; external,
	// by certificates of Spec.Authority alone (XEP-0178). Empty: by dialback, over TLS where both can.
	TLS string
}

// Values of Federation.TLS.
const (
	PeersPlain    = "none"
	PeersDialback = "dialback"
	PeersExternal = "external"
)

// Federates reports whether a server of a driver can be told where others are: any that is started here.
func Federates(driver string) bool { return driver != "remote" }

func (f Federation) wanted() bool { return f.Via != "" }

func (f Federation) check(driver string) error {
	if !f.wanted() {
		return nil
	}
	if !Federates(driver) {
		return errors.New("a server that runs cannot be told where others are")
	}
	if driver == "jabberd2" && f.Certified() {
		return errors.New("jabberd2 knows dialback alone, and neither asks for certificates nor offers EXTERNAL")
	}
	if !slices.Contains([]string{"", PeersPlain, PeersDialback, PeersExternal}, f.TLS) {
		return fmt.Errorf("%q is none of %s, %s and %s", f.TLS, PeersPlain, PeersDialback, PeersExternal)
	}
	for _, addr := range []string{f.Via, f.Names} {
		if host, _, err := net.SplitHostPort(addr); err != nil || net.ParseIP(host).To4() == nil {
			return fmt.Errorf("%q is not IP:PORT, of IPv4", addr)
		}
	}
	return nil
}

// Host and Port are where the others are found.
func (f Federation) Host() string { host, _, _ := net.SplitHostPort(f.Via); return host }

// Port is that of Via; 0 without.
func (f Federation) Port() int { return portOf(f.Via) }

func portOf(addr string) int {
	_, port, _ := net.SplitHostPort(addr)
	n, _ := strconv.Atoi(port) // checked before
	return n
}

// Plain, Encrypted and Certified are for the templates of configurations: no TLS, TLS alone, and certificates alone.
func (f Federation) Plain() bool { return f.TLS == PeersPlain }

// Encrypted says that nothing goes without TLS.
func (f Federation) Encrypted() bool { return f.TLS == PeersDialback || f.Certified() }

// Certified says that certificates alone are believed.
func (f Federation) Certified() bool { return f.TLS == PeersExternal }

// resolver has libudns, which jabberd2 finds other servers with, ask the name server.
func (f Federation) resolver() []string {
	if !f.wanted() {
		return nil
	}
	host, port, _ := net.SplitHostPort(f.Names)
	return []string{"NAMESERVERS=" + host, "RES_OPTIONS=port:" + port}
}

// inetrc has the Erlang VM ask the name server for SRV records. Addresses are looked up by the C library, whatever stands here.
func (f Federation) inetrc() []byte {
	if !f.wanted() {
		return nil
	}
	host, _, _ := net.SplitHostPort(f.Names)
	return fmt.Appendf(nil, "{lookup, [file, dns]}.\n{resolv_conf, \"\"}.\n{nameserver, {%s}, %d}.\n", strings.ReplaceAll(host, ".", ","), portOf(f.Names))
}
