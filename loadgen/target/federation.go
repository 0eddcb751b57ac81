package target

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

// Federation opens a server to others (RFC 6120 §4.8.2). The zero value keeps it closed. Prosody and ejabberd only.
type Federation struct {
	Via   string // IP:PORT of the one place where all other domains are found
	Names string // IP:PORT of a name server that says as much by SRV records; ejabberd asks it, Prosody is told
	CAs   []byte // certificates, in PEM, of who vouches for other domains; empty: dialback alone does
}

func (f Federation) wanted() bool { return f.Via != "" }

func (f Federation) check(driver string) error {
	if !f.wanted() {
		return nil
	}
	if driver != "prosody" && driver != "ejabberd" {
		return errors.New("only prosody and ejabberd can be told where other servers are")
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

// inetrc has the Erlang VM ask the name server for SRV records. Addresses are looked up by the C library, whatever stands here.
func (f Federation) inetrc() []byte {
	if !f.wanted() {
		return nil
	}
	host, _, _ := net.SplitHostPort(f.Names)
	return fmt.Appendf(nil, "{lookup, [file, dns]}.\n{resolv_conf, \"\"}.\n{nameserver, {%s}, %d}.\n", strings.ReplaceAll(host, ".", ","), portOf(f.Names))
}

// trusted is the authorities that a server believes: its own, and those of others.
func (st *site) trusted() []byte { return slices.Concat(st.certs.ca, st.spec.Federation.CAs) }
