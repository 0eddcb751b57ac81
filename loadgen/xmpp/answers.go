package xmpp

import (
	"bytes"
	"errors"
	"io"
	"syscall"
	"time"

	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/wire"
)

// nextAnswers waits for bytes of the response that is next, and makes an empty request where the peer holds none
// (XEP-0124 §11).
func (c *Conn) nextAnswers(deadline time.Time) ([]byte, error) {
	q := c.bosh
	for {
		if q.under == 0 {
			// Who only looks is likely to send something next: two requests at once may overtake one another.
			if !deadline.IsZero() && !q.terminated && !time.Now().Before(deadline) {
				return nil, errIdle
			}
			if err := q.poll(); err != nil {
				return nil, err
			}
		}
		if q.nudged {
			q.nudged = false
			return nil, errIdle
		}
		i := q.oldest
		q.lent = q.lanes[i].link.Load()
		data, err := q.lent.nextBytes(deadline)
		if err == errIdle {
			q.lanes[1-i].calm()
			return nil, err
		}
		if err == nil {
			data, err = c.takeResponse(i, data)
		} else if err = q.failed(i, err); err == nil {
			continue
		}
		if len(data) > 0 && err == nil {
			return data, nil
		}
		q.release()
		if err != nil {
			return nil, err
		}
	}
}

// poll makes an empty request, unless the session is over.
func (q *requests) poll() error {
	if q.terminated {
		return io.EOF
	}
	return q.request()
}

// calm forgets a wake that has been seen on the other lane.
func (l *lane) calm() {
	if k := l.link.Load(); k != nil {
		k.socket.woken.Swap(false)
	}
}

// takeResponse takes bytes of the response to a lane's request, and returns what they hold of its content.
func (c *Conn) takeResponse(i int8, data []byte) ([]byte, error) {
	q, l := c.bosh, &c.bosh.lanes[i]
	var content []byte
	for len(data) > 0 {
		p, n, err := l.in.Next(data)
		if data = data[n:]; err != nil {
			return nil, err
		}
		if p.Head {
			if err := c.beginResponse(l); err != nil {
				return nil, err
			}
		}
		if content == nil {
			content = p.Data
		} else {
			content = append(content, p.Data...) // in place: behind it only bytes lie that were taken
		}
		if !p.Last {
			continue
		}
		if len(data) > 0 {
			return nil, bosh.Unasked
		}
		return content, q.answered(i, &content)
	}
	l.began = l.began || len(content) > 0
	return content, nil
}

// beginResponse judges the head of a response, and readies the scanner.
func (c *Conn) beginResponse(l *lane) error {
	if err := bosh.StatusOf(l.in.Status); err != nil {
		return err
	}
	if c.bosh.opened {
		return bosh.NoBody
	}
	c.bosh.opened, c.bosh.again = true, false
	c.scanner.ResetBody(c.bosh.limits)
	return nil
}

// answered ends a request. Where the peer asks for it again there is no content, and it is sent again.
func (q *requests) answered(i int8, content *[]byte) error {
	l := &q.lanes[i]
	if q.again || !l.began && asksAgain(*content) {
		*content, q.opened = nil, false
		if l.in.Closes {
			q.drop(i)
		}
		return q.repeat(i, nil)
	}
	l.busy = false
	if q.under--; q.under > 0 {
		q.oldest = 1 - i
	}
	if l.in.Closes {
		q.drop(i)
	}
	return q.flush()
}

// asksAgain reports whether a whole <body/> is a recoverable condition (XEP-0124 §17.3).
func asksAgain(content []byte) bool {
	if len(content) > 500 || !bytes.Contains(content, []byte("error")) {
		return false
	}
	var s wire.Scanner
	s.ResetBody(wire.Limits{})
	e, _, err := s.Next(content)
	again := err == nil && string(e.Attr("type")) == "error"
	s.Reset(wire.Limits{})
	return again
}

// failed deals with the end of the connection that a response is due on. Nil: the request was sent again, or that was the
// end of the response.
func (q *requests) failed(i int8, err error) error {
	l := &q.lanes[i]
	if atEnd(err) && l.in.AtEnd() {
		q.drop(i)
		var none []byte
		l.began = true
		return q.answered(i, &none)
	}
	if err := q.lose(i, err); err != nil {
		return err
	}
	return q.transmit(i)
}

// lose gives a broken connection up. The error is why that ends the session: else the request may be sent again
// (XEP-0124 §14.3).
func (q *requests) lose(i int8, err error) error {
	if !atEnd(err) && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) || q.lanes[i].began {
		return err
	}
	if !q.lanes[i].in.Idle() {
		q.opened = false // the response begins anew
	}
	q.drop(i)
	return q.mayRepeat(i, err)
}

// repeat sends a request again.
func (q *requests) repeat(i int8, why error) error {
	if err := q.mayRepeat(i, why); err != nil {
		return err
	}
	return q.transmit(i)
}

// mostTimes is how often a request is sent.
const mostTimes = 3

func (q *requests) mayRepeat(i int8, why error) error {
	if l := &q.lanes[i]; l.times >= mostTimes {
		return &bosh.RecoverableError{Times: int(l.times), Err: why}
	}
	return nil
}

func (q *requests) release() {
	if q.lent != nil {
		q.lent.release()
		q.lent = nil
	}
}
