package loadgen

import (
	"errors"
	"net/netip"
	"testing"
)

func TestPortsAreReckonedWith(t *testing.T) {
	for _, tt := range []struct {
		address   string
		sessions  int
		portRange string
		fits      bool
	}{
		{"::1", 28_000, "32768\t60999", true},
		{"::1", 28_233, "32768\t60999", false},
		{"127.0.0.1", 100_000, "32768\t60999", true}, // from many addresses
		{"::1", 100_000, "", true},                   // not known: the sessions will tell
	} {
		e := &engine{size: tt.sessions, address: netip.MustParseAddr(tt.address), polled: true}
		err := e.checkPorts(tt.portRange)
		setup, ok := errors.AsType[*SetupError](err)
		if (err == nil) != tt.fits || err != nil && (!ok || setup.Hint() == "") {
			t.Errorf("%d sessions to %s over ports %q: %v", tt.sessions, tt.address, tt.portRange, err)
		}
	}
}
