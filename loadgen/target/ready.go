package target

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

const (
	startPatience = 90 * time.Second      // a contended Erlang VM takes 15 s
	probeInterval = 20 * time.Millisecond // between attempts
	probePatience = 5 * time.Second       // for one answer
	stopPatience  = 15 * time.Second      // from SIGTERM to SIGKILL
	haste         = 2 * time.Second       // the same where the server comes back at once
	killPatience  = 10 * time.Second      // from SIGKILL to giving up
	sweepPatience = 2 * time.Second       // for helpers to end by themselves
)

// probe opens a stream and waits for its features (RFC 6120 §4.3.2). Accepting
// the connection proves little: the kernel does that while modules still load.
func probe(ctx context.Context, addr, domain string, config *tls.Config) error {
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer func() { conn.Close() }()
	// Only now does the deadline of ctx reach reads and writes.
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	if config != nil {
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			return fmt.Errorf("TLS handshake: %w", err)
		}
		conn = secure
	}
	header := wire.AppendHeader(nil, wire.StreamHeader{To: domain, Version: "1.0", Namespace: wire.NSClient})
	if _, err := conn.Write(header); err != nil {
		return fmt.Errorf("open a stream: %w", err)
	}
	if err := awaitFeatures(conn); err != nil {
		return err
	}
	_, err = conn.Write(wire.AppendFooter(nil))
	return err
}

// probeWeb has the ports of HTTP, if they are wanted, take a connection: HTTP is served once they do.
func probeWeb(ctx context.Context, e Endpoint) error {
	if e.WebAddr == "" {
		return nil
	}
	for _, addr := range []string{e.WebAddr, e.WebTLSAddr} {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err != nil {
			return err
		}
		conn.Close()
	}
	return nil
}

func awaitFeatures(conn net.Conn) error {
	var answer []byte
	buf := make([]byte, 4096)
	for len(answer) < 1<<16 {
		n, err := conn.Read(buf)
		answer = append(answer, buf[:n]...)
		if bytes.Contains(answer, []byte("</stream:features>")) {
			return nil
		}
		if bytes.Contains(answer, []byte("<stream:error")) {
			return fmt.Errorf("stream error instead of features: %.300s", answer)
		}
		if err != nil {
			return fmt.Errorf("wait for stream features: %w", err)
		}
	}
	return errors.New("wait for stream features: none in 64 KiB")
}

// awaitReady waits until both ports answer with features.
func (s *Server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	tick := time.NewTicker(probeInterval)
	defer tick.Stop()
	last := errors.New("it says nothing yet")
	c := s.people()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w (last attempt: %v)", context.Cause(ctx), last)
		case <-c.fallen:
			return fmt.Errorf("it ended at once: %s", c.end())
		case <-tick.C:
		}
		s.logs.poll()
		if line := s.notes.fatal(); line != "" {
			return fmt.Errorf("it reports: %s", line)
		}
		if !s.notes.ready() {
			continue
		}
		if last = s.tryEndpoint(ctx); last == nil {
			return nil
		}
	}
}

func (s *Server) tryEndpoint(ctx context.Context) error {
	e, known, err := s.launch.endpoint()
	if err != nil || !known {
		return errors.Join(err, errors.New("its address is not known yet"))
	}
	if err := probe(ctx, e.Addr, e.Domain, nil); err != nil {
		return err
	}
	if err := probe(ctx, e.DirectTLSAddr, e.Domain, &tls.Config{RootCAs: e.CAs, ServerName: e.Domain}); err != nil {
		return err
	}
	if err := probeWeb(ctx, e); err != nil {
		return err
	}
	if s.endpoint.Addr == "" { // it is the same after a Restart, and others may be reading
		s.endpoint = e
	}
	return nil
}
