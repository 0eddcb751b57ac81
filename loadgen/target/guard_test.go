package target

import (
	"errors"
	"net"
	"testing"
)

func TestDialGuarded(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := DialGuarded(l.Addr().String())(t.Context(), &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)})
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	for _, addr := range []string{"192.0.2.1:5222", "[2001:db8::1]:5222", "[::ffff:192.0.2.1]:5222", "0.0.0.0:5222"} {
		_, err := DialGuarded(addr)(t.Context(), nil)
		if _, ok := errors.AsType[*ForeignError](err); !ok {
			t.Errorf("%s: error %v", addr, err)
		}
	}
}
