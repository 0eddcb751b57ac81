package xmpp

import (
	"context"
	"crypto/tls"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/wire"
)

// requests is what a session over BOSH has besides: the requests under way, at most two, each on a connection of its own.
// Responses are taken in the order of the requests (XEP-0124 §14.1), so that there is always one connection to wait for.
type requests struct {
	dialer *Dialer
	config *tls.Config // nil: http
	local  net.Addr    // from which connections are made; nil: any
	out    bosh.Writer
	limits wire.Limits

	sid    string
	rid    int64 // of the next request
	most   int8  // requests at a time
	under  int8  // requests under way
	oldest int8  // whose response is next; without any under way the lane used last
	lanes  [2]lane
	lent   *link // holds what was read

	waiting []byte    // payload that no request has taken yet
	turn    bosh.Turn // what else the next request says
	since   time.Time // when the first of it came

	condition  string // of a terminate
	opened     bool   // a wrapper is being scanned
	again      bool   // the peer asks for the request again whose response is being read
	terminated bool   // the peer ended the session
	leaving    bool   // this side ended it: the peer may end older requests with other-request
	nudged     bool   // a wake may have been missed

	mu        sync.Mutex
	connect   context.CancelFunc // ends the connect under way; nil: there is none
	aborted   bool
	cancelled bool
}

// lane is a connection and the request under way on it.
type lane struct {
	link atomic.Pointer[link] // set by the session; others only wake and end it
	in   bosh.Reader

	busy    bool
	began   bool // content of its response was handed out
	times   int8 // that the request was sent
	turn    bosh.Turn
	rid     int64
	payload []byte
}

// maxRID is the largest first rid: none may grow beyond 2⁵³−1 (XEP-0124 §14.1).
const maxRID = 1 << 52

func newRequests(d *Dialer, c *Conn) *requests {
	q := &requests{dialer: d, limits: d.Limits, rid: 1 + rand.Int64N(maxRID), most: 1, local: sameHost(c.LocalAddr())}
	q.lanes[0].link.Store(&c.link)
	return q
}

// send makes stanzas part of the next request, which is made at once unless two are under way.
func (q *requests) send(b []byte) (int, error) {
	if len(q.waiting) == 0 && q.under >= q.most {
		q.since = time.Now()
	}
	payload, turn, err := q.out.Append(q.waiting, b)
	q.waiting, q.turn = payload, q.turn|turn
	if err != nil {
		return 0, err
	}
	if err := q.flush(); err != nil {
		return 0, err
	}
	if q.pending() && time.Since(q.since) > q.dialer.timeout() {
		return 0, os.ErrDeadlineExceeded
	}
	return len(b), nil
}

func (q *requests) pending() bool { return len(q.waiting) > 0 || q.turn != 0 }

// flush makes a request of what waits, if there may be one.
func (q *requests) flush() error {
	if !q.pending() || q.under >= q.most {
		return nil
	}
	return q.request()
}

// request makes a request of what waits, which may be nothing.
func (q *requests) request() error {
	i := q.oldest
	if q.lanes[i].busy {
		i = 1 - i
	}
	l := &q.lanes[i]
	l.payload, q.waiting = q.waiting, kept(l.payload)
	l.turn, q.turn = q.turn, 0
	q.leaving = q.leaving || l.turn&bosh.Close != 0
	l.rid, l.busy, l.began, l.times = q.rid, true, false, 0
	q.rid++
	if q.under == 0 {
		q.oldest = i
	}
	q.under++
	return q.transmit(i)
}

// kept is the room of b, unless that is more than a session should hold.
func kept(b []byte) []byte {
	const most = 2 << 10
	if cap(b) > most {
		return nil
	}
	return b[:0]
}

// transmit sends the request of a lane, for the first time or again.
func (q *requests) transmit(i int8) error {
	l := &q.lanes[i]
	body := q.body(l)
	for {
		k, err := q.ready(i)
		if err != nil {
			return err
		}
		l.times++
		lent := q.dialer.buffers.borrow()
		_, err = k.write(bosh.AppendRequest(lent[:0], q.dialer.requestHead(), &body))
		q.dialer.buffers.giveBack(lent)
		if err == nil {
			return nil
		}
		if err = q.lose(i, err); err != nil {
			return err
		}
	}
}

// body is the request of a lane.
func (q *requests) body(l *lane) bosh.Body {
	b := bosh.Body{RID: l.rid, SID: q.sid, Payload: l.payload}
	if l.turn&bosh.Close != 0 {
		b.Type = "terminate"
	}
	if l.turn&bosh.Open != 0 && q.sid == "" {
		b.Create = q.out.Header
	} else if l.turn&bosh.Open != 0 {
		b.Restart = q.out.Header
	}
	return b
}

// open takes the start of a wrapper.
func (q *requests) open(e *wire.Element) error {
	if q.sid == "" {
		if err := q.create(e); err != nil {
			return err
		}
	}
	switch string(e.Attr("type")) {
	case "terminate":
		q.terminated, q.condition = true, string(e.Attr("condition"))
	case "error":
		q.again = true
	}
	return nil
}

// create takes the answer to the request for a session (XEP-0124 §7.2).
func (q *requests) create(e *wire.Element) error {
	q.sid = string(e.Attr("sid"))
	if q.sid == "" && string(e.Attr("type")) == "" || q.sid != "" && !version1(e.Attr("xmpp:version")) && e.Attr("ver") == nil {
		return NotStream
	}
	q.most = 2
	if n, err := strconv.Atoi(string(e.Attr("requests"))); err == nil && n == 1 {
		q.most = 1
	}
	return nil
}

// unwrap scans the next element inside a wrapper. The footer is that of the session.
func (c *Conn) unwrap(data []byte) (e *wire.Element, n int, err error) {
	q := c.bosh
	for {
		e, used, err := c.scanner.Next(data[n:])
		if n += used; err != nil {
			return e, n, err
		}
		switch e.Kind {
		default:
			return e, n, nil
		case wire.Header:
			c.in -= int64(used)
			if err := q.open(e); err != nil {
				return e, n, err
			}
		case wire.Footer:
			c.in -= int64(used)
			if q.opened = false; q.terminated && q.condition != "" && !(q.leaving && q.condition == "other-request") {
				return e, n, &bosh.TerminalError{Condition: q.condition}
			}
			if q.terminated {
				return e, n, nil
			}
		}
	}
}
