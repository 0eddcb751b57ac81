package target

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"syscall"
)

// A place is a loopback address of the server's own. Clients connect from
// 127.0.0.1 and the addresses after it, so none of their ephemeral ports, nor
// those of other programs, can be in the way.
type place struct {
	IP      net.IP
	Port    int // c2s, RFC 6120
	TLSPort int // c2s with direct TLS, XEP-0368
	WebPort int // HTTP, for WebSocket and BOSH
	WebTLS  int // HTTPS

	ServerPort int // s2s; only where a server cannot be kept from it
	RouterPort int // of external components (XEP-0114); of jabberd2 also its processes
}

func (p place) Addr() string    { return net.JoinHostPort(p.IP.String(), strconv.Itoa(p.Port)) }
func (p place) TLSAddr() string { return net.JoinHostPort(p.IP.String(), strconv.Itoa(p.TLSPort)) }
func (p place) WebAddr() string { return net.JoinHostPort(p.IP.String(), strconv.Itoa(p.WebPort)) }
func (p place) WebTLSAddr() string {
	return net.JoinHostPort(p.IP.String(), strconv.Itoa(p.WebTLS))
}
func (p place) ServerAddr() string {
	return net.JoinHostPort(p.IP.String(), strconv.Itoa(p.ServerPort))
}
func (p place) RouterAddr() string {
	return net.JoinHostPort(p.IP.String(), strconv.Itoa(p.RouterPort))
}

// findPlace finds an address nobody listens on. The registered ports are
// preferred; where something listens on them at every address, others below
// the usual ephemeral range are tried.
func findPlace() (place, error) {
	var last error
	for attempt := range 40 {
		offset := attempt / 4 * 1000
		p := place{
			IP:   net.IPv4(127, byte(64+rand.IntN(64)), byte(rand.IntN(256)), byte(1+rand.IntN(254))),
			Port: 5222 + offset, TLSPort: 5223 + offset, WebPort: 5280 + offset, WebTLS: 5281 + offset,
			ServerPort: 5269 + offset, RouterPort: 5347 + offset,
		}
		if last = p.free(); last == nil {
			return p, nil
		}
		if errors.Is(last, syscall.EADDRNOTAVAIL) { // only 127.0.0.1 exists here (not Linux)
			return anyPlace()
		}
	}
	return place{}, fmt.Errorf("find a free loopback address: %w", last)
}

func (p place) free() error {
	for _, addr := range []string{p.Addr(), p.TLSAddr(), p.WebAddr(), p.WebTLSAddr(), p.ServerAddr(), p.RouterAddr()} {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return err
		}
		if err := l.Close(); err != nil {
			return err
		}
	}
	return nil
}

// anyPlace takes ports that the kernel names on 127.0.0.1.
func anyPlace() (place, error) {
	p := place{IP: net.IPv4(127, 0, 0, 1)}
	for _, port := range []*int{&p.Port, &p.TLSPort, &p.WebPort, &p.WebTLS, &p.ServerPort, &p.RouterPort} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return place{}, fmt.Errorf("find a free loopback port: %w", err)
		}
		defer l.Close()
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return p, nil
}
