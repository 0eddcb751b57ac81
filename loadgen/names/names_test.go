package names

import (
	"context"
	"net"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

func TestNames(t *testing.T) {
	n, err := Listen(func(domain string) int {
		if domain == "elsewhere.test" {
			return 5269
		}
		return 0
	})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", n.Addr())
	}}
	_, found, err := r.LookupSRV(t.Context(), "xmpp-server", "tcp", "ELSEWHERE.test.")
	if err != nil || len(found) != 1 || found[0].Port != 5269 || found[0].Target != "localhost." {
		t.Errorf("SRV %v, %v", found, err)
	}
	for _, name := range []string{"other.test.", "localhost."} {
		if _, found, err := r.LookupSRV(t.Context(), "xmpp-server", "tcp", name); err == nil {
			t.Errorf("%s is at %v", name, found)
		}
	}
	name := dnsmessage.MustNewName("localhost.")
	query := dnsmessage.Message{Questions: []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
	b, err := query.Pack()
	if err != nil {
		t.Fatal(err)
	}
	var m dnsmessage.Message
	if b, err = n.answer(b); err != nil || m.Unpack(b) != nil || len(m.Answers) != 1 || m.Answers[0].Body.(*dnsmessage.AResource).A != [4]byte{127, 0, 0, 1} {
		t.Errorf("localhost is at %+v, %v", m, err)
	}
	for _, bad := range [][]byte{nil, {1}, make([]byte, 12), make([]byte, 600)} {
		if answer, err := n.answer(bad); err == nil {
			t.Errorf("%x is answered by %x", bad, answer)
		}
	}
}
