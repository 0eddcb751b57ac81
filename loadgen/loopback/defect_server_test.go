package loopback

import (
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// far is the server of all other domains.
type far struct {
	x *site
	l net.Listener
}

// line is one stream between servers.
type line struct {
	net.Conn
	got string
}

// federated makes the site one of a server that others can reach, with the same defects.
func (x *site) federated() *far {
	x.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { l.Close() })
	o := Options{Users: UserPattern("user{n}", "pw{n}", 0), Log: x.log, Federation: &Federation{NoTLS: true, Find: func(string) (string, bool) { return l.Addr().String(), true }}}
	if x.s.planted != nil {
		o.Defects = slices.Collect(maps.Keys(x.s.planted.on))
	}
	if x.s, err = New(o); err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { x.s.Close() })
	if err := x.s.ListenServers("127.0.0.1:0"); err != nil {
		x.t.Fatal(err)
	}
	return &far{x, l}
}

// open opens a stream from a domain.
func (f *far) open(domain string) *line {
	conn, err := net.Dial("tcp", f.x.s.ServersAddr().String())
	if err != nil {
		f.x.t.Fatal(err)
	}
	return f.begin(conn, wire.StreamHeader{From: domain, To: "localhost", Version: "1.0", Namespace: wire.NSServer}, "</stream:features>")
}

// called takes a stream that the server opens, as far as its question.
func (f *far) called() *line {
	conn, err := f.l.Accept()
	if err != nil {
		f.x.t.Fatal(err)
	}
	n := f.begin(conn, wire.StreamHeader{From: "far.test", To: "localhost", ID: "far", Version: "1.0", Namespace: wire.NSServer}, "<stream:stream")
	n.put("<stream:features><dialback xmlns='urn:xmpp:features:dialback'/></stream:features>")
	n.until("</db:verify>")
	return n
}

func (f *far) begin(conn net.Conn, h wire.StreamHeader, until string) *line {
	f.x.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	n := &line{Conn: conn}
	n.put(string(wire.AppendHeader(nil, h)))
	n.until(until)
	return n
}

func (n *line) put(text string) { _, _ = io.WriteString(n, text) } // what comes of it is read

// until reads until a text has come, or the end, and returns what came.
func (n *line) until(text string) string {
	b := make([]byte, 4096)
	for !strings.Contains(n.got, text) {
		k, err := n.Read(b)
		if n.got += string(b[:k]); err != nil {
			break
		}
	}
	return n.got
}

// id is that of the stream that the server opened in answer.
func (n *line) id() string {
	_, rest, _ := strings.Cut(n.got, " id='")
	id, _, _ := strings.Cut(rest, "'")
	return id
}

const (
	claimed = "<db:result from='a.test' to='localhost'>k</db:result>"
	settled = "<db:verify from='a.test' to='localhost' id='settled'>k</db:verify>"
	spoken  = "<message from='r@a.test' to='user0@localhost'><body>x</body></message>"
)

// lasts reports whether a stream goes on behind what is said.
func (n *line) lasts(text string) bool {
	n.put(text + settled)
	return strings.Contains(n.until("id='settled'"), "id='settled'")
}

// believed is a stream of a domain that was verified.
func (f *far) believed() *line {
	n := f.open("a.test")
	n.put(claimed)
	f.called().put("<db:verify from='a.test' to='localhost' id='" + n.id() + "' type='valid'/>")
	n.until("type='valid'")
	return n
}

var serverCases = map[string]func(*site) bool{
	"dialback-unsolicited": func(x *site) bool {
		return x.federated().open("a.test").lasts("<db:result from='a.test' to='localhost' type='valid'/>" + spoken)
	},
	"dialback-cross-stream": func(x *site) bool {
		f := x.federated()
		a, b := f.open("a.test"), f.open("b.test")
		a.put(claimed)
		f.called()
		b.put("<db:result from='b.test' to='localhost'>k</db:result>")
		n := f.called()
		n.put("<db:verify from='a.test' to='localhost' id='" + a.id() + "' type='valid'/><db:verify from='b.test' to='localhost' id='" + b.id() + "' type='valid'/>")
		b.until("type='valid'")
		return a.lasts(spoken)
	},
	"dialback-not-verified": func(x *site) bool {
		n := x.federated().open("a.test")
		n.put(claimed + settled)
		return strings.Contains(n.until("id='settled'"), "type='valid'")
	},
	"dialback-no-id-crash": func(x *site) bool {
		n := x.federated().open("a.test")
		n.put("<db:verify from='a.test' to='localhost'>k</db:verify>")
		n.until("</stream:stream>")
		return strings.HasPrefix(x.log.String(), "panic: ")
	},
	"dialback-pairs-kept": func(x *site) bool {
		x.federated().open("a.test").lasts(claimed)
		if x.s.planted == nil {
			return false
		}
		x.s.planted.mu.Lock()
		defer x.s.planted.mu.Unlock()
		return x.s.planted.bytes > 0
	},
	"stanza-before-dialback": func(x *site) bool { return x.federated().open("a.test").lasts(spoken) },
	"stanza-of-any-domain": func(x *site) bool {
		return x.federated().believed().lasts("<message from='r@b.test' to='user0@localhost'/>")
	},
	"stanza-relayed": func(x *site) bool {
		return x.federated().believed().lasts("<message from='r@a.test' to='j@b.test'/>")
	},
	"stanza-without-address": func(x *site) bool { return x.federated().believed().lasts("<message to='user0@localhost'/>") },
}
