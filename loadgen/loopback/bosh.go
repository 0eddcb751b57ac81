package loopback

import (
	"io"
	"strconv"
	"time"

	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/wire"
)

// exchange is a request of BOSH: what it says, and where its answer goes.
type exchange struct {
	conn     *conn
	rid      int64
	body     bosh.Body // as far as it says something about the session
	header   wire.StreamHeader
	stream   []byte // what it holds, as it would stand in a stream
	key, new string // of a sequence of keys (XEP-0124 §15), and the first of another
	answered chan []byte
}

// relay takes requests of BOSH until the connection ends; data is what came already.
func (l *login) relay(data []byte) error {
	l.rest = nil
	l.relaying.Store(true)
	_ = l.t.raw.SetReadDeadline(time.Time{}) // a login's limit is the session's
	if l.srv.isStopping() {                  // whose deadline may have been overwritten just now
		return errNoRequest
	}
	in := bosh.Reader{FromClient: true, Path: bosh.DefaultPath}
	x := &exchange{conn: l.conn, answered: make(chan []byte, 1)}
	for {
		content, rest, err := l.readRequest(&in, data)
		if err != nil {
			return errNoRequest
		}
		if data = rest; len(data) == 0 {
			l.t.release()
		}
		bad := x.read(content, l.limits())
		returnBytes(content)
		if err := l.t.writeBytes(l.answerRequest(x, in.Fits, bad)); err != nil || in.Closes {
			return errNoRequest
		}
	}
}

// readRequest reads one request, and returns its content and what came behind it.
func (l *login) readRequest(in *bosh.Reader, data []byte) (content, rest []byte, err error) {
	most := l.limits().Bytes + 1024
	content = borrowBytes()
	for {
		for len(data) > 0 {
			p, n, err := in.Next(data)
			if data = data[n:]; err != nil {
				return nil, nil, err
			}
			if content = append(content, p.Data...); len(content) > most {
				return nil, nil, bosh.TooLong
			}
			if p.Last {
				return content, data, nil
			}
		}
		if data, err = l.t.read(); err != nil {
			return nil, nil, err
		}
	}
}

// answerRequest waits for the answer to a request.
func (l *login) answerRequest(x *exchange, fits bool, bad error) []byte {
	if !fits {
		return bosh.AppendStatus(nil, 404, "Not Found")
	}
	if bad != nil {
		if s := l.srv.boshStream(x.body.SID); s != nil {
			s.hangUp()
		}
		return terminated("bad-request")
	}
	s := l.srv.boshStream(x.body.SID)
	if s == nil && x.body.SID == "" {
		s = l.srv.newBOSHStream(x)
	}
	if s == nil {
		return terminated("item-not-found")
	}
	s.take(x)
	return <-x.answered
}

func terminated(condition string) []byte {
	return bosh.AppendResponse(nil, &bosh.Body{Type: "terminate", Condition: condition})
}

// read reads a <body/>.
func (x *exchange) read(content []byte, limits wire.Limits) error {
	*x = exchange{conn: x.conn, answered: x.answered}
	if x.conn.twist != nil {
		x.conn.miscontain(content)
	}
	var s wire.Scanner
	s.ResetBody(limits)
	defer s.Reset(wire.Limits{})
	for {
		e, n, err := s.Next(content)
		content = content[n:]
		if err != nil {
			return err
		}
		switch e.Kind {
		case wire.None:
			return io.ErrUnexpectedEOF
		case wire.Header:
			if err := x.start(e); err != nil {
				return err
			}
		case wire.Footer:
			if x.body.Type == "terminate" && !x.conn.srv.bug("bosh-lives-after-terminate") {
				x.stream = wire.AppendFooter(x.stream)
			}
			return nil
		default:
			x.stream = wire.AppendElement(x.stream, e, wire.NSClient, wire.Addressing{})
		}
	}
}

// start reads the attributes of <body/>. A session, or its stream again, begins with a header.
func (x *exchange) start(e *wire.Element) (err error) {
	if x.conn.srv.bug("bosh-no-rid-crash") && e.Attr("rid") == nil {
		x.conn.srv.survive(func() { panic("no rid in a request") })
	}
	if x.rid, err = strconv.ParseInt(string(e.Attr("rid")), 10, 64); err != nil || x.rid < 1 || x.rid >= 1<<53 {
		return bosh.BadLength
	}
	x.body.SID, x.body.Type = string(e.Attr("sid")), string(e.Attr("type"))
	x.key, x.new = string(e.Attr("key")), string(e.Attr("newkey"))
	x.header = wire.StreamHeader{From: string(e.Attr("from")), To: string(e.Attr("to")), Version: "1.0", Lang: string(e.Attr("xml:lang")), Namespace: wire.NSClient}
	if x.body.SID == "" || string(e.Attr("xmpp:restart")) == "true" {
		x.stream = wire.AppendHeader(x.stream, x.header)
	}
	return nil
}

func (s *Server) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}
