package upload

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"time"
)

// Client puts and fetches files. Its methods may be called at once.
type Client struct {
	// Dial connects to host:port, from laddr unless that is nil. It is to refuse
	// whatever must not be asked.
	Dial func(ctx context.Context, addr string, laddr net.Addr) (net.Conn, error)
	TLS  *tls.Config // for https; the host of the URL is verified. Nil: the system's authorities
}

// StatusError is an answer of HTTP that is no success.
type StatusError struct{ Code int }

func (e *StatusError) Error() string {
	return fmt.Sprintf("HTTP %d %s", e.Code, http.StatusText(e.Code))
}

// ErrAltered says that what was fetched is not what was put.
var ErrAltered = errors.New("the file is not what was put")

// mostHead bounds the head of an answer.
const mostHead = 64 << 10

// mostInterim bounds the answers of 1xx before the final one (RFC 9110 section 15.2).
const mostInterim = 5

// Put puts a file of so many bytes, whose content is Content, and waits for 201
// Created (XEP-0363 section 5). Errors are those of Dial, of TLS and the connection, a
// *URLError or a *StatusError, which a redirect is too, or the cause of the end of ctx.
func (c *Client) Put(ctx context.Context, slot Slot, laddr net.Addr, size int) error {
	r := &http.Request{Method: http.MethodPut, ContentLength: int64(size), Body: io.NopCloser(Content(size)), Header: http.Header{"Content-Type": {ContentType}}}
	if size == 0 {
		r.Body = http.NoBody
	}
	for _, f := range slot.Header {
		r.Header.Add(f.Name, f.Value)
	}
	return c.exchange(ctx, slot.Put, laddr, r, func(a *http.Response) error {
		if a.StatusCode != http.StatusCreated {
			return &StatusError{a.StatusCode}
		}
		return nil
	})
}

// Get fetches a file that was put, of so many bytes, and compares it: ErrAltered where it
// differs, else the errors of Put.
func (c *Client) Get(ctx context.Context, from string, laddr net.Addr, size int) error {
	r := &http.Request{Method: http.MethodGet, Header: http.Header{}}
	return c.exchange(ctx, from, laddr, r, func(a *http.Response) error {
		if a.StatusCode != http.StatusOK {
			return &StatusError{a.StatusCode}
		}
		return compare(a.Body, size)
	})
}

// exchange sends one request over a connection of its own, and judges the answer.
func (c *Client) exchange(ctx context.Context, where string, laddr net.Addr, r *http.Request, judge func(*http.Response) error) error {
	p, err := parse(where)
	if err != nil {
		return err
	}
	conn, err := c.connect(ctx, p, laddr)
	if err != nil {
		return cause(ctx, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	r.URL, r.Host, r.Close = p.url, p.url.Host, true
	r.Header.Set("User-Agent", "xmpprig")
	refused := r.Write(conn) // a server may answer, and hang up, before it has all
	a, err := answer(conn, r)
	if err != nil {
		return cause(ctx, errors.Join(refused, err))
	}
	// The body is not closed, which would read it to its end, if it has one.
	if err := judge(a); err != nil {
		return cause(ctx, err)
	}
	return nil
}

// connect dials, and encrypts for https.
func (c *Client) connect(ctx context.Context, p place, laddr net.Addr) (net.Conn, error) {
	conn, err := c.Dial(ctx, p.addr, laddr)
	if err != nil || !p.secure {
		return conn, err
	}
	config := c.TLS.Clone()
	if config == nil {
		config = new(tls.Config)
	}
	config.ServerName, config.NextProtos, config.ClientSessionCache = p.host, []string{"http/1.1"}, nil
	config.Certificates, config.GetClientCertificate = nil, nil // whom they prove a user to is the XMPP server
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

// answer reads the head of the final answer.
func answer(conn net.Conn, r *http.Request) (*http.Response, error) {
	limited := &io.LimitedReader{R: conn, N: mostHead}
	in := bufio.NewReader(limited)
	for range mostInterim {
		a, err := http.ReadResponse(in, r)
		if err != nil {
			return nil, fmt.Errorf("read the answer: %w", err)
		}
		if a.StatusCode >= 200 {
			limited.N = math.MaxInt64 // who reads the body counts by itself
			return a, nil
		}
	}
	return nil, errors.New("read the answer: it is never final")
}

// cause is why ctx ended, where it did, and else err.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
