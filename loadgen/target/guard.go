package target

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// ForeignError says that an address is not on this machine. The rig loads
// and attacks only loopback addresses: whoever owns another machine has not
// been asked.
type ForeignError struct{ Address string }

func (e *ForeignError) Error() string {
	return fmt.Sprintf("%s is not a loopback address", e.Address)
}

// Hint says what may be done.
func (e *ForeignError) Hint() string {
	return "run xmpprig on the server's machine, against 127.0.0.1 or [::1]"
}

// DialGuarded returns a dial function for xmpp.Dialer that connects to addr,
// and refuses with a *ForeignError whatever is not a loopback address. The
// check is made on the address that is about to be connected to, so a name
// that changes its address after it was looked up does not get around it.
func DialGuarded(addr string) func(context.Context, net.Addr) (net.Conn, error) {
	control := func(_, address string, _ syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(address); err != nil || !at.Addr().Unmap().IsLoopback() {
			return &ForeignError{address}
		}
		return nil
	}
	return func(ctx context.Context, laddr net.Addr) (net.Conn, error) {
		d := net.Dialer{LocalAddr: laddr, KeepAlive: -1, Control: control}
		return d.DialContext(ctx, "tcp", addr)
	}
}
