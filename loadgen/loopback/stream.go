package loopback

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// openStream takes the client's stream header and answers it with the server's and the features (RFC 6120 §4.3). An error in
// the header is answered by a header first (§4.9.1.2).
func (l *login) openStream() error {
	l.scanner.Reset(l.limits())
	e, err := l.next()
	if err == nil && e.Kind != wire.Header {
		err = streamError{wire.BadFormat, ""}
	}
	if err != nil {
		if _, ok := err.(streamError); ok {
			l.answer(l.appendHeader(l.scratch[:0], wire.StreamHeader{}))
		}
		return err
	}
	l.opened = true
	h := e.StreamHeader()
	bad := l.checkHeader(e, h)
	l.lang = h.Lang
	b := l.appendHeader(l.scratch[:0], h)
	if bad == nil {
		b = l.appendFeatures(b)
	}
	l.answer(b)
	l.scratch = b
	return bad
}

func (l *login) appendHeader(dst []byte, h wire.StreamHeader) []byte {
	var id [12]byte
	rand.Read(id[:])
	if h.Lang == "" {
		h.Lang = "en"
	}
	return wire.AppendHeader(dst, wire.StreamHeader{
		From: l.srv.options.Domain, To: h.From, ID: hex.EncodeToString(id[:]), Version: "1.0", Lang: h.Lang, Namespace: wire.NSClient,
	})
}

func (l *login) checkHeader(e *wire.Element, h wire.StreamHeader) error {
	if l.twist != nil {
		l.misopen(h)
	}
	if h.Namespace != wire.NSClient && h.Namespace != "" {
		return streamError{wire.InvalidNamespace, "the content namespace is " + wire.NSClient}
	}
	if string(e.Name()) != "stream:stream" {
		return streamError{wire.BadNamespacePrefix, "the prefix of the stream namespace is stream"}
	}
	for name := range e.Attrs() {
		// What a header declares further would have to be declared again in every stanza delivered (RFC 6120 §4.8.5).
		if prefix, ok := strings.CutPrefix(string(name), "xmlns:"); ok && prefix != "stream" && prefix != "xml" {
			return streamError{wire.InvalidNamespace, "declare namespaces where they are used"}
		}
	}
	if h.To != "" {
		if to, err := parseAddress([]byte(h.To)); err != nil || to.local != nil || to.resource != nil || string(to.domain) != l.srv.options.Domain && !l.migrates(to) {
			return streamError{wire.HostUnknown, ""}
		}
	}
	if major, ok := majorVersion(h.Version); !ok || major < 1 {
		return streamError{wire.UnsupportedVersion, ""}
	}
	if h.From != "" {
		from, err := parseAddress([]byte(h.From))
		if err != nil || l.account != nil && (string(from.local) != l.account.local || string(from.domain) != l.srv.options.Domain) {
			return streamError{wire.InvalidFrom, ""}
		}
		l.claimed, l.foreign = "", string(from.domain) != l.srv.options.Domain
		if !l.foreign {
			l.claimed = string(from.local)
		}
	}
	return nil
}

// majorVersion reads "1.0" by its numbers (RFC 6120 §4.7.5).
func majorVersion(v string) (int, bool) {
	major, minor, ok := strings.Cut(v, ".")
	n, err1 := strconv.ParseUint(major, 10, 16)
	_, err2 := strconv.ParseUint(minor, 10, 16)
	return int(n), ok && err1 == nil && err2 == nil
}

func (l *login) appendFeatures(b []byte) []byte {
	o := &l.srv.options
	b = append(b, "<stream:features>"...)
	switch {
	case l.account != nil:
		b = append(b, "<bind xmlns='"+wire.NSBind+"'/>"...)
		if o.Session {
			b = append(b, "<session xmlns='"+wire.NSSession+"'><optional/></session>"...)
		}
		b = l.appendManagement(b)
		b = l.appendCompression(b)
		b = append(b, "<csi xmlns='"+nsCSI+"'/>"...)
	default:
		b = l.appendStartTLS(b)
		b = l.appendInline(b)
		b = l.appendMechanisms(b)
		if o.Register && !l.mustEncrypt() {
			b = append(b, "<register xmlns='"+wire.NSRegStream+"'/>"...)
		}
	}
	b = l.appendStreamLimits(b)
	return append(b, "</stream:features>"...)
}

func (l *login) appendManagement(b []byte) []byte {
	if l.srv.options.StreamManagement.Off {
		return b
	}
	return append(b, "<sm xmlns='"+wire.NSSM+"'/>"...)
}

func (l *login) appendStartTLS(b []byte) []byte {
	switch {
	case l.t.tls != nil || l.t.http() || l.srv.options.NoStartTLS:
		return b
	case l.srv.options.RequireTLS:
		return append(b, "<starttls xmlns='"+wire.NSTLS+"'><required/></starttls>"...)
	}
	return append(b, "<starttls xmlns='"+wire.NSTLS+"'/>"...)
}

// mustEncrypt reports whether nothing but STARTTLS may be done.
func (l *login) mustEncrypt() bool { return l.srv.options.RequireTLS && !l.t.private() }

func (l *login) appendMechanisms(b []byte) []byte {
	offered := l.offered()
	if len(offered) == 0 {
		return b
	}
	b = append(b, "<mechanisms xmlns='"+wire.NSSASL+"'>"...)
	for _, m := range offered {
		b = append(append(append(b, "<mechanism>"...), m...), "</mechanism>"...)
	}
	b = append(b, "</mechanisms>"...)
	if slices.ContainsFunc(offered, isPlus) {
		b = append(b, "<sasl-channel-binding xmlns='"+wire.NSSASLCB+"'>"...)
		for _, k := range l.channel().kinds {
			b = append(append(append(b, "<channel-binding type='"...), k...), "'/>"...)
		}
		b = append(b, "</sasl-channel-binding>"...)
	}
	return b
}

func isPlus(mechanism string) bool { return strings.HasSuffix(mechanism, "-PLUS") }
