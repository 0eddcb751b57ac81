package names

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// Server is one name server.
type Server struct {
	conn    net.PacketConn
	port    func(domain string) int
	running sync.WaitGroup
}

// Listen serves names at a port of 127.0.0.1. The port is asked of whoever knows for each query, from another goroutine: that of the
// server of a domain, which is in lower case, and 0 where there is none.
func Listen(port func(domain string) int) (*Server, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a name server: %w", err)
	}
	n := &Server{conn: conn, port: port}
	n.running.Go(n.serve)
	return n, nil
}

// Addr is where it listens, as IP:PORT.
func (n *Server) Addr() string { return n.conn.LocalAddr().String() }

// Close ends it.
func (n *Server) Close() {
	_ = n.conn.Close()
	n.running.Wait()
}

func (n *Server) serve() {
	b := make([]byte, 4096)
	for {
		k, from, err := n.conn.ReadFrom(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		if answer, err := n.answer(b[:k]); err == nil {
			_, _ = n.conn.WriteTo(answer, from) // who asked asks again
		}
	}
}

// answer answers one query; an error where it is none.
func (n *Server) answer(query []byte) ([]byte, error) {
	var p dnsmessage.Parser
	head, err := p.Start(query)
	if err != nil {
		return nil, err
	}
	q, err := p.Question()
	if err != nil || head.Response {
		return nil, errors.Join(err, errors.New("no query"))
	}
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: head.ID, Response: true, Authoritative: true, RecursionDesired: head.RecursionDesired, RecursionAvailable: true},
		Questions: []dnsmessage.Question{q},
	}
	if body := n.record(q); body != nil {
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 3600}, Body: body}}
	} else {
		m.RCode = dnsmessage.RCodeNameError
	}
	return m.Pack()
}

// record is what there is under the name that is asked for; nil: nothing.
func (n *Server) record(q dnsmessage.Question) dnsmessage.ResourceBody {
	if q.Type == dnsmessage.TypeA && q.Class == dnsmessage.ClassINET && strings.EqualFold(q.Name.String(), "localhost.") {
		return &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}
	}
	if port := n.asked(q); port > 0 {
		return &dnsmessage.SRVResource{Port: uint16(port), Target: dnsmessage.MustNewName("localhost.")}
	}
	return nil
}

// asked is the port of the domain that a query for an SRV record asks for; 0 where it asks for anything else.
func (n *Server) asked(q dnsmessage.Question) int {
	name := strings.TrimSuffix(strings.ToLower(q.Name.String()), ".")
	domain, ok := strings.CutPrefix(name, "_xmpp-server._tcp.")
	if !ok || q.Type != dnsmessage.TypeSRV || q.Class != dnsmessage.ClassINET {
		return 0
	}
	return n.port(domain)
}
