package websocket

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/gobwas/ws"
)

// DefaultPath is where most servers speak XMPP.
const DefaultPath = "/xmpp-websocket"

// protocol is the subprotocol (RFC 7395 §3.1).
const protocol = "xmpp"

// errNoProtocol says that the other end speaks something else than XMPP.
var errNoProtocol = errors.New("the subprotocol xmpp was not agreed on")

// Upgrade does the opening handshake of a client (RFC 6455 §4.1): it asks host for path. early is what the server sent
// already. An answer other than 101 is a [StatusError].
func Upgrade(c io.ReadWriter, host, path string) (early []byte, err error) {
	d := ws.Dialer{Protocols: []string{protocol}}
	answer := &answered{ReadWriter: c}
	br, agreed, err := d.Upgrade(answer, &url.URL{Scheme: "ws", Host: host, Path: path})
	if err != nil && answer.first == '<' {
		return nil, fmt.Errorf("upgrade to WebSocket: %w", errXML)
	}
	if status, ok := errors.AsType[ws.StatusError](err); ok {
		return nil, StatusError(status)
	}
	if err != nil {
		return nil, fmt.Errorf("upgrade to WebSocket: %w", err)
	}
	if agreed.Protocol != protocol {
		return nil, fmt.Errorf("upgrade to WebSocket: %w", errNoProtocol)
	}
	if br != nil {
		early, _ = br.Peek(br.Buffered()) // which cannot fail
		early = bytes.Clone(early)
		ws.PutReader(br)
	}
	return early, nil
}

// errXML says that this is a port of XMPP over TCP.
var errXML = errors.New("the server answers with XML, as over TCP")

// answered remembers the first byte that was read.
type answered struct {
	io.ReadWriter
	first byte
}

func (a *answered) Read(p []byte) (int, error) {
	n, err := a.ReadWriter.Read(p)
	if n > 0 && a.first == 0 {
		a.first = p[0]
	}
	return n, err
}

// StatusError is the status of an HTTP server that does not switch protocols.
type StatusError int

func (e StatusError) Error() string {
	return fmt.Sprintf("upgrade to WebSocket: the server answers %d %s", int(e), http.StatusText(int(e)))
}

// maxRequest bounds the request of a client.
const maxRequest = 16 << 10

// RequestHead returns how long the head of an HTTP request at the beginning of data is; 0 while it is not whole. The
// error is that it is too long.
func RequestHead(data []byte) (int, error) {
	if i := bytes.Index(data, []byte("\r\n\r\n")); i >= 0 && i < maxRequest {
		return i + 4, nil
	}
	if len(data) >= maxRequest {
		return 0, errors.New("the request for WebSocket is too long")
	}
	return 0, nil
}

// Accept answers the whole head of a request as a server (RFC 6455 §4.2): it takes those for path that offer the
// subprotocol xmpp, and refuses others with a status.
func Accept(w io.Writer, head []byte, path string) error {
	u := ws.Upgrader{
		Protocol: func(p []byte) bool { return string(p) == protocol },
		OnRequest: func(uri []byte) error {
			if string(uri) != path {
				return ws.RejectConnectionError(ws.RejectionStatus(http.StatusNotFound))
			}
			return nil
		},
	}
	if !offers(head) {
		return refuse(w)
	}
	_, err := u.Upgrade(struct {
		io.Reader
		io.Writer
	}{bytes.NewReader(head), w})
	return err
}

// offers reports whether a request offers the subprotocol.
func offers(head []byte) bool {
	for line := range bytes.Lines(head) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if !bytes.EqualFold(name, []byte("Sec-WebSocket-Protocol")) {
			continue
		}
		for p := range bytes.SplitSeq(value, []byte(",")) {
			if string(bytes.TrimSpace(p)) == protocol {
				return true
			}
		}
	}
	return false
}

func refuse(w io.Writer) error {
	const reason = "The subprotocol xmpp is spoken here.\n"
	_, err := fmt.Fprintf(w, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", len(reason), reason)
	return errors.Join(errNoProtocol, err)
}
