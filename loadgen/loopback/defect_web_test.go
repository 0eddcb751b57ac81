package loopback

import (
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp/websocket"
)

// web says frames of a client to a server with a defect, behind a session bound over WebSocket, and returns what it says.
func (x *site) web(said string) string { return x.webFrom(webRequest+x.bound(), said) }

// bound is how a session is bound.
func (x *site) bound() string {
	return frames(webOpen, strings.Replace(webAuth, "AHVzZXIxAHBhc3Mx", "AHVzZXIxAHB3MQ==", 1), webOpen, webBind)
}

func (x *site) webFrom(before, said string) string {
	x.t.Helper()
	x.dialTCP(false).conn.Close()
	end := frames("<iq xmlns='jabber:client' type='get' id='end'><ping xmlns='urn:xmpp:ping'/></iq>", webClose)
	return conversation(x.t, x.s, before+said+end, 1<<20)
}

// webTakes reports whether the server goes on behind the frames.
func webTakes(said string) func(*site) bool {
	return func(x *site) bool { return strings.Contains(x.web(said), "id='end'") }
}

// webPanics reports whether the frames leave a panic in the log.
func webPanics(said string) func(*site) bool {
	return func(x *site) bool {
		x.web(said)
		return x.lives() && strings.HasPrefix(x.log.String(), "panic: ")
	}
}

// webFrame is one frame as a client masks it, with other bits of its first bytes.
func webFrame(op byte, text string) string {
	return string(append([]byte{op, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...))
}

const webPing = "<iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>"

// webCases are those of webDefects.
var webCases = map[string]func(*site) bool{
	"binary-frame-accepted":    webTakes(webFrame(0x82, webPing)),
	"unmasked-frame-accepted":  webTakes(string(websocket.AppendFrame(nil, websocket.Text, []byte(webPing), false))),
	"reserved-bits-accepted":   webTakes(webFrame(0xc1, webPing)),
	"orphan-fragment-accepted": webTakes(webFrame(0x80, webPing)),
	"two-stanzas-in-a-message": webTakes(frames(webPing + webPing)),
	"stanza-across-messages":   webTakes(frames(webPing[:9], webPing[9:])),
	"open-in-any-namespace": func(x *site) bool {
		return strings.Contains(x.webFrom(webRequest, frames("<open xmlns='jabber:client' to='localhost' version='1.0'/>")), "<features")
	},
	"doctype-over-websocket":  webTakes(frames("<!DOCTYPE x>" + webPing)),
	"no-limit-over-websocket": webTakes(frames("<message xmlns='jabber:client'>" + strings.Repeat("x", 300<<10) + "</message>")),
	"fragments-gathered": func(x *site) bool {
		part := strings.Repeat("x", 300<<10)
		c := x.dialTCP(false)
		c.put(webRequest + x.bound() + "\x01\x80\x00\x00\x00\x00" + strings.Replace(frames("<a>"+part), "\x81", "\x00", 1))
		_ = c.conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		var b [64 << 10]byte
		for {
			n, err := c.conn.Read(b[:])
			if strings.Contains(string(b[:n]), "policy-violation") {
				return false
			}
			if err != nil {
				return isTimeout(err)
			}
		}
	},
	"long-control-crash": webPanics(string(websocket.AppendFrame(nil, websocket.Ping, make([]byte, 126), true))),
	"short-close-crash":  webPanics(webFrame(0x88, "x")),
	"frame-length-crash": webPanics("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00"),
	"no-subprotocol-crash": func(x *site) bool {
		x.webFrom(strings.Replace(webRequest, "Sec-WebSocket-Protocol: xmpp\r\n", "", 1), "")
		return strings.HasPrefix(x.log.String(), "panic: ")
	},
	"close-frame-ignored": webTakes(string(websocket.AppendClose(nil, true))),
	"ping-frame-ignored":  func(x *site) bool { return !strings.Contains(x.web(webFrame(0x89, "hi")), "\x8a\x02hi") },
	"ping-frame-echo":     func(x *site) bool { return strings.Count(x.web(webFrame(0x89, "hi")), "\x8a\x02hi") > 100 },
	"starttls-over-websocket": func(x *site) bool {
		return strings.Contains(x.webFrom(webRequest, frames(webOpen, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")), "<proceed")
	},
	"websocket-close-leak": func(x *site) bool {
		c := x.dialTCP(false)
		c.put(webRequest + frames(webOpen))
		var b [1]byte
		if _, err := c.conn.Read(b[:]); err != nil {
			x.t.Fatal(err)
		}
		c.conn.Close()
		return x.leaks(128 << 10)
	},
}

// TestWebDefectsAreStill holds a server with each of these defects to what a session over WebSocket does in good order.
func TestWebDefectsAreStill(t *testing.T) {
	for _, d := range webDefects() {
		x := newSite(t, d.Name)
		if got := x.web(frames(webPing)); !strings.Contains(got, "id='p'") || !strings.Contains(got, "id='end'") || x.log.String() != "" {
			t.Errorf("%s: %q, log %q", d.Name, got, x.log.String())
		}
	}
}
