package fuzz

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"xmpprig/loadgen/target"
)

// mostRequests bounds the requests of one session that are under way at once.
const mostRequests = 64

// exchanges are requests of HTTP under way, each on a connection of its own, as one connection: what is written is a request, and what is
// read are the answers as they come. A connection whose request was answered takes the next one.
type exchanges struct {
	dial    func(context.Context) (net.Conn, error)
	path    string
	host    string
	patient time.Duration

	answers chan answered
	stirred chan struct{} // the deadline has changed
	number  int           // of the last request
	pending []int         // requests whose answers were not taken, in their order
	early   []answered    // answers that were not taken, in that of their requests
	readers sync.WaitGroup

	mu    sync.Mutex
	by    time.Time // until when Read waits
	idle  []*line
	lines map[*line]bool // all that are open
	shut  bool
}

// line is one connection.
type line struct {
	net.Conn
	in   *bufio.Reader
	used bool // a request was answered on it
}

// answered is how a request ended.
type answered struct {
	number int // of the request
	status int
	body   []byte
	err    error
}

var errCrowded = fmt.Errorf("more than %d requests are under way", mostRequests)

// newExchanges has requests go to the site, beginning with a connection that there is.
func newExchanges(site *Site, first net.Conn) *exchanges {
	x := &exchanges{path: site.BOSHPath, host: site.Domain, patient: site.patience(), answers: make(chan answered, mostRequests),
		stirred: make(chan struct{}, 1), lines: map[*line]bool{}}
	x.dial = func(ctx context.Context) (net.Conn, error) {
		raw, err := target.DialGuarded(site.bosh())(ctx, nil)
		if err != nil {
			return nil, err
		}
		c := tls.Client(raw, site.config())
		if err := c.HandshakeContext(ctx); err != nil {
			raw.Close()
			return nil, err
		}
		return c, nil
	}
	k := x.open(first)
	x.idle = append(x.idle, k)
	return x
}

// open takes a connection over.
func (x *exchanges) open(c net.Conn) *line {
	k := &line{Conn: c, in: bufio.NewReader(c)}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.lines[k] = true
	if x.shut {
		c.Close()
	}
	return k
}

// drop closes a connection that is of no use any more.
func (x *exchanges) drop(k *line) {
	x.mu.Lock()
	delete(x.lines, k)
	x.mu.Unlock()
	k.Close()
}

// take is a connection without a request.
func (x *exchanges) take() (*line, error) {
	x.mu.Lock()
	if n := len(x.idle); n > 0 {
		k := x.idle[n-1]
		x.idle = x.idle[:n-1]
		x.mu.Unlock()
		return k, nil
	}
	x.mu.Unlock()
	return x.fresh()
}

func (x *exchanges) fresh() (*line, error) {
	ctx, cancel := context.WithTimeout(context.Background(), x.patient)
	defer cancel()
	c, err := x.dial(ctx)
	if err != nil {
		return nil, err
	}
	return x.open(c), nil
}

// post sends a <body/>, so many bytes at a time; 0: all at once.
func (x *exchanges) post(body []byte, by int) error {
	head := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n", x.path, x.host, len(body))
	return x.request(append(head, body...), by)
}

// request sends a request as it is, and has somebody wait for the answer.
func (x *exchanges) request(data []byte, by int) error {
	if x.under() >= mostRequests {
		return errCrowded
	}
	k, err := x.take()
	if err != nil {
		return err
	}
	err = k.say(data, by, x.patient)
	if k.used && err != nil && !errors.Is(err, os.ErrDeadlineExceeded) { // the server had closed it
		x.drop(k)
		if k, err = x.fresh(); err != nil {
			return err
		}
		err = k.say(data, by, x.patient)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		x.drop(k)
		return fmt.Errorf("send: %w", errPatience)
	}
	x.number++ // also where it was not taken whole: the answer may be there, and says why
	number := x.number
	x.pending = append(x.pending, number)
	x.readers.Go(func() {
		a := x.await(k, data)
		a.number = number
		x.answers <- a
	})
	return nil
}

// under is how many requests are under way, or their answers not taken.
func (x *exchanges) under() int { return len(x.pending) }

// say writes a request.
func (k *line) say(data []byte, by int, patience time.Duration) error {
	_ = k.SetWriteDeadline(time.Now().Add(patience)) // a connection that takes none fails in Write
	if by <= 0 {
		by = max(len(data), 1)
	}
	for piece := range slices.Chunk(data, by) {
		if _, err := k.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

// await reads the answer, and asks once more where the server had closed the connection while it was idle.
func (x *exchanges) await(k *line, data []byte) answered {
	a, none := k.answer()
	if none && k.used {
		x.drop(k)
		var err error
		if k, err = x.fresh(); err != nil {
			return answered{err: err}
		}
		if err := k.say(data, 0, x.patient); err != nil {
			x.drop(k)
			return answered{err: err}
		}
		a, _ = k.answer()
	}
	if a.err != nil || !k.used {
		x.drop(k)
		return a
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.idle = append(x.idle, k)
	return a
}

// answer reads one answer; none says that nothing came at all. The connection is used from here on, unless it ends with the answer.
func (k *line) answer() (a answered, none bool) {
	if _, err := k.in.Peek(1); err != nil {
		return answered{err: err}, true
	}
	r, err := http.ReadResponse(k.in, nil)
	if err != nil {
		return answered{err: err}, false
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, mostReplied))
	k.used = err == nil && !r.Close && len(body) < mostReplied
	if len(body) > 0 { // what was cut off is seen to be
		err = nil
	}
	return answered{status: r.StatusCode, body: bytes.TrimSpace(body), err: err}, false
}

// grace is how long the answer to an older request is waited for behind that to a newer one: servers answer in order (XEP-0124 §14.1), but
// what comes on two connections may be read in another.
const grace = 200 * time.Millisecond

// next waits for an answer until the deadline, and gives them in the order of their requests.
func (x *exchanges) next() (answered, error) {
	var since time.Time // when the first came that is not its turn
	for {
		if len(x.early) > 0 && (x.early[0].number == x.pending[0] || !since.IsZero() && time.Since(since) >= grace) {
			return x.pick()
		}
		wait := x.left()
		if len(x.early) > 0 {
			if since.IsZero() {
				since = time.Now()
			}
			wait = min(wait, grace-time.Since(since))
		}
		t := time.NewTimer(wait)
		select {
		case a := <-x.answers:
			at, _ := slices.BinarySearchFunc(x.early, a, func(a, b answered) int { return a.number - b.number })
			x.early = slices.Insert(x.early, at, a)
		case <-t.C:
			if len(x.early) > 0 {
				return x.pick()
			}
			return answered{}, os.ErrDeadlineExceeded
		case <-x.stirred:
		}
		t.Stop()
	}
}

// pick takes the oldest of the answers that are there.
func (x *exchanges) pick() (answered, error) {
	a := x.early[0]
	x.early = x.early[1:]
	x.pending = slices.DeleteFunc(x.pending, func(n int) bool { return n == a.number })
	return a, a.err
}

// left is how long Read waits from now on; without a deadline as long as any wait is.
func (x *exchanges) left() time.Duration {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.by.IsZero() {
		return x.patient
	}
	return time.Until(x.by)
}

// Close closes all connections, and waits for those who read from them.
func (x *exchanges) Close() error { return x.end(false) }

// end closes all connections, by RST where that is asked for.
func (x *exchanges) end(reset bool) error {
	x.mu.Lock()
	x.shut, x.idle = true, nil
	for k := range x.lines {
		if over, ok := k.Conn.(*tls.Conn); ok && reset {
			if tcp, ok := over.NetConn().(interface{ SetLinger(sec int) error }); ok {
				_ = tcp.SetLinger(0) // Close says what is wrong with it
			}
			_ = over.NetConn().Close()
		}
		_ = k.Close()
	}
	x.mu.Unlock()
	x.readers.Wait()
	return nil
}

// reopen lets requests be made again, on new connections, where all were closed.
func (x *exchanges) reopen() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.shut {
		return
	}
	x.shut = false
	for len(x.answers) > 0 {
		<-x.answers
	}
	x.pending, x.early = nil, nil
	clear(x.lines)
}

func (x *exchanges) SetReadDeadline(t time.Time) error {
	x.mu.Lock()
	x.by = t
	x.mu.Unlock()
	select {
	case x.stirred <- struct{}{}:
	default:
	}
	return nil
}

// Read is not how answers are read, but what a connection has.
func (x *exchanges) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

// Write sends bytes as a request.
func (x *exchanges) Write(p []byte) (int, error) { return len(p), x.request(slices.Clone(p), 0) }

func (x *exchanges) SetDeadline(t time.Time) error    { return x.SetReadDeadline(t) }
func (x *exchanges) SetWriteDeadline(time.Time) error { return nil } // each request has its own
func (x *exchanges) LocalAddr() net.Addr              { return nil }
func (x *exchanges) RemoteAddr() net.Addr             { return nil }
