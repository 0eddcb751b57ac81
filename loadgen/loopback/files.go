package loopback

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// Bounds of the files that are kept. When there is no room the oldest go.
const (
	maxFile      = 10 << 20
	maxFiles     = 10_000
	maxFileBytes = 256 << 20
)

// files are those that clients put over HTTP (XEP-0363), in memory.
type files struct {
	mu    sync.Mutex
	base  string           // URL, with the slash at its end; empty: files are not taken
	slots map[string]*file // by token
	order []string         // tokens, the oldest first
	bytes int
}

// file is a slot, and what was put there.
type file struct {
	size int
	data []byte // nil before
}

// uploadDomain is where the service is that gives out slots.
func (s *Server) uploadDomain() string { return "upload." + s.options.Domain }

// takesFiles reports whether there is such a service.
func (s *Server) takesFiles() bool {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	return s.files.base != ""
}

// ListenFiles takes files over HTTPS (XEP-0363) at addr, and tells clients so. It is called once, before clients come.
func (s *Server) ListenFiles(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.connsMu.Lock()
	defer s.connsMu.Unlock()
	if s.closed {
		_ = l.Close()
		return fmt.Errorf("listen: %w", ErrClosed)
	}
	if ip := hostIP(l.Addr()); ip != nil && s.authority != nil {
		s.addrs = append(s.addrs, ip)
		if err := s.certify(); err != nil {
			_ = l.Close()
			return fmt.Errorf("listen: %w", err)
		}
	}
	at := l.Addr().String()
	l = tls.NewListener(l, &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		config := s.identity.Load().config.Clone()
		config.NextProtos, config.ClientAuth = nil, tls.NoClientCert
		return config, nil
	}})
	web := &http.Server{Handler: http.HandlerFunc(s.files.serve), ReadTimeout: time.Minute, WriteTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0)}
	s.files.mu.Lock()
	s.files.base = "https://" + at + "/upload/"
	s.files.mu.Unlock()
	s.wg.Go(func() { _ = web.Serve(l) }) // until the next line
	s.wg.Go(func() {
		<-s.stopping
		ctx, cancel := context.WithTimeout(context.Background(), farewell)
		defer cancel()
		if web.Shutdown(ctx) != nil {
			_ = web.Close()
		}
	})
	return nil
}

// uploadIQ answers a request to the service.
func (c *conn) uploadIQ(e *wire.Element, payload wire.Element, get bool) {
	switch {
	case get && payload.Is(wire.NSDiscoInfo, "query"):
		c.result(e, []byte("<query xmlns='"+wire.NSDiscoInfo+"'><identity category='store' type='file' name='Files'/><feature var='"+wire.NSDiscoInfo+
			"'/><feature var='"+wire.NSUpload+"'/></query>"))
	case c.srv.options.Faults.Without == wire.NSUpload:
		c.refuse(e, "service-unavailable")
	case get && payload.Is(wire.NSUpload, "request"):
		size, err := strconv.Atoi(string(payload.Attr("size")))
		name := string(payload.Attr("filename"))
		switch {
		case err != nil || size < 0 || name == "" || len(name) > maxPart:
			c.refuse(e, "bad-request")
		case size > maxFile:
			c.refuse(e, "not-acceptable") // XEP-0363 §5
		default:
			where := c.srv.files.open(name, size)
			slot := wire.AppendAttr([]byte("<slot xmlns='"+wire.NSUpload+"'><put"), "url", where)
			c.result(e, append(wire.AppendAttr(append(slot, "/><get"...), "url", where), "/></slot>"...))
		}
	default:
		c.refuse(e, "service-unavailable")
	}
}

// open makes a slot, and returns its URL.
func (f *files) open(name string, size int) string {
	token := rand.Text()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.slots == nil {
		f.slots = map[string]*file{}
	}
	f.slots[token] = &file{size: size}
	f.order = append(f.order, token)
	f.bytes += size
	for len(f.order) > maxFiles || f.bytes > maxFileBytes {
		f.bytes -= f.slots[f.order[0]].size
		delete(f.slots, f.order[0])
		f.order = f.order[1:]
	}
	return f.base + token + "/" + url.PathEscape(name)
}

// serve takes a file, once, or gives it back.
func (f *files) serve(w http.ResponseWriter, r *http.Request) {
	token, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/upload/"), "/")
	f.mu.Lock()
	slot := f.slots[token]
	var data []byte
	if slot != nil {
		data = slot.data
	}
	f.mu.Unlock()
	switch {
	case slot == nil, r.Method == http.MethodGet && data == nil:
		http.NotFound(w, r)
	case r.Method == http.MethodGet:
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(data)
	case r.Method != http.MethodPut || data != nil:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case r.ContentLength != int64(slot.size):
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	default:
		f.take(w, r, slot)
	}
}

func (f *files) take(w http.ResponseWriter, r *http.Request, slot *file) {
	data := make([]byte, slot.size)
	if _, err := io.ReadFull(r.Body, data); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	slot.data = data
	f.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
}
