package upload

import (
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// Slot is a place for one file.
type Slot struct {
	Put, Get string
	Header   []Field // of the request that puts the file
}

// Field is a header field.
type Field struct{ Name, Value string }

// URLError says why a URL of the server's is not asked.
type URLError struct{ URL, Reason string }

func (e *URLError) Error() string {
	return fmt.Sprintf("the server's URL %q: %s", clip(e.URL), e.Reason)
}

// clip cuts what a server may have made long.
func clip(s string) string {
	const longest = 200
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}

// allowedFields are those that a server may ask for (XEP-0363 section 4).
func allowedFields() []string { return []string{"Authorization", "Cookie", "Expires"} }

// mostFields bounds them; longestField is of a value.
const (
	mostFields   = 10
	longestField = 8 << 10
)

// ParseSlot reads the result of a request for a slot (XEP-0363 section 4). The
// error is a *URLError; fields that a server may not ask for are left out, as the
// specification says.
func ParseSlot(iq *wire.Element) (Slot, error) {
	s, _ := iq.Child(wire.NSUpload, "slot")
	put, _ := s.Child(wire.NSUpload, "put")
	get, _ := s.Child(wire.NSUpload, "get")
	slot := Slot{Put: string(put.Attr("url")), Get: string(get.Attr("url"))}
	for h := range put.Children() {
		name := textproto.CanonicalMIMEHeaderKey(string(h.Attr("name")))
		if !h.Is(wire.NSUpload, "header") || !slices.Contains(allowedFields(), name) || len(slot.Header) == mostFields {
			continue
		}
		value := strings.NewReplacer("\r", "", "\n", "").Replace(string(h.Text()))
		if len(value) <= longestField {
			slot.Header = append(slot.Header, Field{name, value})
		}
	}
	for _, given := range []string{slot.Put, slot.Get} {
		if _, err := parse(given); err != nil {
			return Slot{}, err
		}
	}
	return slot, nil
}

// place is where a URL leads to.
type place struct {
	host   string // name or address
	addr   string // host:port
	secure bool
	url    *url.URL
}

// parse takes http and https alone.
func parse(text string) (place, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > longestField:
		return place{}, &URLError{text, "it is none"}
	case u.Scheme != "http" && u.Scheme != "https":
		return place{}, &URLError{text, "it is neither of http nor of https"}
	case u.Hostname() == "" || u.User != nil:
		return place{}, &URLError{text, "it names no host, or a user"}
	}
	p := place{host: u.Hostname(), secure: u.Scheme == "https", url: u}
	port := u.Port()
	switch {
	case port != "":
	case p.secure:
		port = "443"
	default:
		port = "80"
	}
	p.addr = net.JoinHostPort(p.host, port)
	return p, nil
}
