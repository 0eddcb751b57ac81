package loopback

import (
	"bytes"
	"compress/zlib"
	"io"
	"strings"
	"testing"
)

const compress = "<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>"

// packedClient goes on with a stream that is compressed.
type packedClient struct {
	*client
	out *zlib.Writer
	in  io.Reader
	buf bytes.Buffer
}

// squeezed is a client that has asked for compression, of a server that offers it.
func squeezed(t *testing.T, defects ...string) (*site, *packedClient) {
	t.Helper()
	x := &site{t: t, log: new(syncBuffer)}
	s, err := New(Options{Users: UserPattern("user{n}", "pw{n}", 0), PlainWithoutTLS: true, Compression: true, Defects: defects, Log: x.log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	x.s = s
	c := x.dial()
	c.authenticate(1)
	c.put(compress)
	c.expect("<compressed")
	p := &packedClient{client: c}
	p.out = zlib.NewWriter(&p.buf)
	return x, p
}

// squeeze sends text compressed.
func (p *packedClient) squeeze(text string) {
	p.buf.Reset()
	_, _ = p.out.Write([]byte(text))
	_ = p.out.Flush()
	p.put(p.buf.String())
}

// reads returns what comes until it holds the part, or ends.
func (p *packedClient) reads(part string) string {
	if p.in == nil {
		in, err := zlib.NewReader(p.conn)
		if err != nil {
			return err.Error()
		}
		p.in = in
	}
	var all strings.Builder
	var b [4 << 10]byte
	for !strings.Contains(all.String(), part) {
		n, err := p.in.Read(b[:])
		if all.Write(b[:n]); err != nil {
			all.WriteString(err.Error())
			break
		}
	}
	return all.String()
}

// bigBody is far beyond the limit of an element, and compresses to some hundred bytes.
var bigBody = "<iq type='get' id='big'><ping xmlns='urn:xmpp:ping'>" + strings.Repeat(" ", 600<<10) + "</ping></iq>"

func (p *packedClient) bound() {
	p.squeeze(header)
	p.reads("</stream:features>")
	p.squeeze("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
	p.reads("</iq>")
}

// TestCompression has a session over a compressed stream, whose limits count what was inflated.
func TestCompression(t *testing.T) {
	_, p := squeezed(t)
	p.squeeze(header)
	if got := p.reads("</stream:features>"); !strings.Contains(got, "<bind") || strings.Contains(got, "<compression") {
		t.Fatal(got)
	}
	p.squeeze("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq><iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>")
	if got := p.reads("id='p'"); !strings.Contains(got, "<jid>") {
		t.Error(got)
	}
	go p.squeeze(bigBody)
	if got := p.reads("</stream:stream>"); !strings.Contains(got, "<policy-violation") {
		t.Error(got)
	}
}

// TestCompressionRefused has a server refuse what it cannot do.
func TestCompressionRefused(t *testing.T) {
	x, p := squeezed(t)
	go p.put("<stream:stream")
	if got := p.reads("</stream:stream>"); !strings.Contains(got, "<processing-failed/>") {
		t.Errorf("bad data: %s", got)
	}
	c := x.dial()
	c.open()
	c.put(compress)
	c.expect("<setup-failed/>")
	c.put(plainText("\x00user1\x00pw1"))
	c.expect("<success")
	d := x.dial()
	d.authenticate(1)
	d.put(strings.Replace(compress, "zlib", "lzw", 1))
	d.expect("<unsupported-method/>")
	d.put(compress)
	d.expect("<compressed")
}

// compressCases are those of compressDefects; without a defect the server offers compression all the same.
var compressCases = map[string]func(*testing.T, ...string) bool{
	"inflated-unbounded": func(t *testing.T, defects ...string) bool {
		_, p := squeezed(t, defects...)
		p.bound()
		go p.squeeze(bigBody)
		return strings.Contains(p.reads("id='big'"), "id='big'")
	},
	"compress-before-auth": func(t *testing.T, defects ...string) bool {
		x, _ := squeezed(t, defects...)
		c := x.dial()
		c.open()
		c.put(compress)
		got, _ := c.next()
		return strings.Contains(got, "<compressed")
	},
	"bad-deflate-crash": func(t *testing.T, defects ...string) bool {
		x, p := squeezed(t, defects...)
		p.bound()
		go p.put("\xff\xff\xff\xff")
		p.reads("</stream:stream>")
		return strings.HasPrefix(x.log.String(), "panic: ")
	},
	"unknown-method-ends-stream": func(t *testing.T, defects ...string) bool {
		x, _ := squeezed(t, defects...)
		c := x.dial()
		c.authenticate(2)
		c.put(strings.Replace(compress, "zlib", "lzw", 1))
		got, _ := c.next()
		return strings.Contains(got, "<stream:error")
	},
}
