package loopback

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"io"

	"xmpprig/loadgen/xmpp/wire"
)

// Namespaces of stream compression (XEP-0138).
const (
	nsCompress        = "http://jabber.org/protocol/compress"
	nsCompressFeature = "http://jabber.org/features/compress"
)

// offersCompression reports whether the stream can be compressed now: by who is authenticated, over TCP, and once.
func (l *login) offersCompression() bool {
	return l.srv.options.Compression && (l.account != nil || l.srv.bug("compress-before-auth")) && !l.t.http() && l.t.packed == nil
}

func (l *login) appendCompression(b []byte) []byte {
	if l.account == nil || !l.offersCompression() {
		return b
	}
	return append(b, "<compression xmlns='"+nsCompressFeature+"'><method>zlib</method></compression>"...)
}

// compress answers compress, and goes on with a compressed stream (XEP-0138 §2). What follows upon compress is taken for compressed, also
// where it was read with it.
func (l *login) compress(e *wire.Element) error {
	condition := ""
	switch method, _ := e.Child(nsCompress, "method"); {
	case string(e.Local()) != "compress":
		return unexpected(e)
	case !l.offersCompression():
		condition = "setup-failed"
	case string(method.Text()) != "zlib":
		if condition = "unsupported-method"; l.srv.bug("unknown-method-ends-stream") {
			return streamError{wire.UndefinedCondition, condition}
		}
	}
	if condition != "" {
		l.answer([]byte("<failure xmlns='" + nsCompress + "'><" + condition + "/></failure>"))
		return nil
	}
	l.answer([]byte("<compressed xmlns='" + nsCompress + "'/>"))
	l.flush()
	if !l.out.hush(true) {
		return io.EOF
	}
	l.t.packed = &packed{from: &l.t, left: bytes.Clone(l.rest)}
	l.rest = nil
	if !l.out.hush(false) {
		return io.EOF
	}
	return l.openStream()
}

// packed is what a compressed stream needs.
type packed struct {
	from *transport
	left []byte // read, and not inflated yet
	in   io.ReadCloser
	room []byte // of what was inflated
	buf  bytes.Buffer
	out  *zlib.Writer
}

// Read gives what is compressed to who inflates it.
func (p *packed) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		var err error
		if p.left, err = p.from.readBytes(); err != nil {
			return 0, err
		}
	}
	n := copy(b, p.left)
	p.left = p.left[n:]
	return n, nil
}

// readPacked waits for bytes of a compressed stream. So many come at a time that what they become is bounded too.
func (t *transport) readPacked() ([]byte, error) {
	p := t.packed
	if p.room == nil {
		p.room = make([]byte, 16<<10)
	}
	for {
		if p.in == nil {
			in, err := zlib.NewReader(p)
			if err != nil {
				return nil, p.failed(err)
			}
			p.in = in
		}
		n, err := p.in.Read(p.room)
		if n > 0 {
			return p.room[:n], nil
		}
		if err != nil {
			return nil, p.failed(err)
		}
	}
}

// failed is what is said of an error: bad data end the stream, as they do in the place of bad XML.
func (p *packed) failed(err error) error {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	if !corrupt && err != zlib.ErrHeader && err != zlib.ErrChecksum && err != zlib.ErrDictionary {
		return err
	}
	if s := p.from.srv; s.bug("bad-deflate-crash") {
		s.survive(func() { panic(err) })
	}
	return streamError{wire.UndefinedCondition, processingFailed}
}

// An error whose text is processingFailed is said with an element of its own (XEP-0138 §2).
const (
	processingFailed      = "processing-failed"
	processingFailedError = "<stream:error><undefined-condition xmlns='" + wire.NSStreams + "'/><failure xmlns='" + nsCompress + "'><" + processingFailed + "/></failure></stream:error>"
)

// writePacked compresses a piece of the stream, and leaves nothing of it behind.
func (t *transport) writePacked(b []byte) error {
	p := t.packed
	if p.out == nil {
		p.out = zlib.NewWriter(&p.buf)
	}
	p.buf.Reset()
	_, _ = p.out.Write(b) // to a buffer
	_ = p.out.Flush()
	return t.writeBytes(p.buf.Bytes())
}
