package target

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// ForeignError says that an address is not on this machine. The rig loads
// and attacks only loopback addresses, unless whoever runs the other machine
// has agreed (Consent).
type ForeignError struct{ Address string }

func (e *ForeignError) Error() string {
	return fmt.Sprintf("%s is not a loopback address", e.Address)
}

// Hint says what may be done.
func (e *ForeignError) Hint() string {
	return "run xmpprig on the server's machine, against 127.0.0.1 or [::1], or prove that its operator agrees: see --consent"
}

// A Dial connects to a server, from a local address unless that is nil.
type Dial func(ctx context.Context, laddr net.Addr) (net.Conn, error)

// DialGuarded returns what connects to addr, and refuses with a *ForeignError
// whatever is not a loopback address. The check is made on the address that
// is about to be connected to, so a name that changes its address after it
// was looked up does not get around it.
func DialGuarded(addr string) Dial { return dialOnly(addr, netip.Addr.IsLoopback) }

// DialWithConsent is DialGuarded for a server on another machine: it looks
// its addresses up once, and connects to those that prove consent. Loopback
// addresses need none.
func DialWithConsent(ctx context.Context, addr string, c Consent) (Dial, error) {
	return dialProven(ctx, addr, c, netip.Addr.IsLoopback)
}

func dialProven(ctx context.Context, addr string, c Consent, own func(netip.Addr) bool) (Dial, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("look up the server: %w", err)
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("look up the server: %w", err)
	}
	var refused error
	for _, at := range found {
		at = at.Unmap()
		if !own(at) {
			if err := c.Prove(ctx, at); err != nil {
				refused = err
				continue
			}
		}
		// The first that may be loaded is the one: a run has one target.
		return dialOnly(net.JoinHostPort(at.String(), port), func(a netip.Addr) bool { return a == at }), nil
	}
	return nil, refused
}

// dialOnly connects to addr where allowed agrees.
func dialOnly(addr string, allowed func(netip.Addr) bool) Dial {
	control := func(_, address string, _ syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(address); err != nil || !allowed(at.Addr().Unmap()) {
			return &ForeignError{address}
		}
		return nil
	}
	return func(ctx context.Context, laddr net.Addr) (net.Conn, error) {
		d := net.Dialer{LocalAddr: laddr, KeepAlive: -1, Control: control}
		return d.DialContext(ctx, "tcp", addr)
	}
}
