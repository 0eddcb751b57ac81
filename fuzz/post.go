package fuzz

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/target"
)

// mostReplied bounds the body of an answer, in bytes.
const mostReplied = 1 << 20

// sessionID finds the name of a session over BOSH in the answer that begins it (XEP-0124 §7).
var sessionID = regexp.MustCompile(`^<body[^>]*\ssid=['"]([^'"]+)['"]`)

// post sends a request of BOSH over TLS, and waits for the answer.
func (d *play) post(ctx context.Context, op program.Op) error {
	if d.site.bosh() == "" {
		return &NotOfferedError{What: "BOSH"}
	}
	text, recorded, err := d.expand(op.Arg)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, d.site.patience())
	defer cancel()
	raw, err := target.DialGuarded(d.site.bosh())(limited, nil)
	if err != nil {
		return err
	}
	defer raw.Close()
	conn := tls.Client(raw, d.site.config())
	_ = conn.SetDeadline(time.Now().Add(d.site.patience())) // a connection that takes none fails in Write
	d.record(op.Actor, program.Posted, []byte(recorded))
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n", d.site.BOSHPath, d.site.Domain, len(text))
	_, failed := io.WriteString(conn, head+text) // who refuses it early may have answered all the same
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errPatience
	case err != nil:
		d.record(op.Actor, program.Ended, []byte(err.Error()))
		return fmt.Errorf("post: %w", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, mostReplied))
	if err != nil && failed == nil {
		return fmt.Errorf("post: %w", err)
	}
	d.record(op.Actor, program.Replied, fmt.Appendf(nil, "%d %s", answer.StatusCode, body))
	if m := sessionID.FindSubmatch([]byte(strings.TrimSpace(string(body)))); m != nil {
		d.learn(op.Actor, "sid", string(m[1]))
	}
	return nil
}
