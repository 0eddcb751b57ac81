package fuzz

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

// web is what a peer over WebSocket keeps (RFC 7395).
type web struct {
	in, out *oracle.Unframer // of both directions
	cut     wire.Scanner     // where the messages end that are made of what is sent
	within  bool             // a message is under way, which goes on with the next frame
	later   []oracle.Bit     // read, and standing behind what is pending, on a new stream
	closed  bool             // the server has sent a close frame
	closing bool             // we have
}

// dialWeb connects to an HTTP server and goes over to WebSocket (RFC 6455 §4.1).
func (d *play) dialWeb(ctx context.Context, op program.Op, addr string, secure bool) error {
	if err := d.reach(ctx, op.Actor, addr, "WebSocket", secure); err != nil {
		if !d.marked && ctx.Err() == nil {
			return &NotOfferedError{What: "WebSocket"}
		}
		return err
	}
	p := d.peers[op.Actor]
	protocol := "xmpp"
	if op.Arg != "" {
		protocol = op.Arg
	}
	_ = p.conn.SetDeadline(d.deadline())
	if _, err := p.conn.Write(upgradeRequest(d.site, protocol)); err != nil {
		return fmt.Errorf("ask for WebSocket: %w", err)
	}
	br := bufio.NewReader(p.conn)
	answer, err := http.ReadResponse(br, nil)
	if err != nil {
		d.record(p.actor, program.Ended, []byte(err.Error()))
		p.ended = true
		return errEnd
	}
	if answer.StatusCode != http.StatusSwitchingProtocols {
		d.record(p.actor, program.Denied, []byte(strconv.Itoa(answer.StatusCode)))
		p.ended = true
		if !d.marked && op.Arg == "" {
			return &NotOfferedError{What: "WebSocket"}
		}
		return errEnd
	}
	_ = p.conn.SetDeadline(time.Time{})
	agreed := answer.Header.Get("Sec-WebSocket-Protocol")
	if agreed == "" {
		agreed = "none"
	}
	d.record(p.actor, program.Upgraded, []byte(agreed))
	p.web = &web{in: oracle.NewUnframer(false), out: oracle.NewUnframer(true)}
	d.restart(p)
	if n := br.Buffered(); n > 0 {
		early, _ := br.Peek(n) // which cannot fail
		d.record(p.actor, program.Received, append([]byte{}, early...))
		d.take(p, early)
	}
	return nil
}

// upgradeRequest asks for a subprotocol; none leaves the header out.
func upgradeRequest(s *Site, protocol string) []byte {
	var key [16]byte
	rand.Read(key[:])
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n",
		s.WebPath, s.Domain, base64.StdEncoding.EncodeToString(key[:]))
	if protocol != "none" {
		fmt.Fprintf(&b, "Sec-WebSocket-Protocol: %s\r\n", protocol)
	}
	return []byte(b.String() + "\r\n")
}

// take takes what was read, and does at once what WebSocket asks of whoever reads: pings have a pong, and a close frame another.
func (d *play) take(p *peer, data []byte) {
	if p.bosh != nil {
		d.takeBOSH(p, data)
		return
	}
	if p.packed != nil {
		p.takePacked(data)
		return
	}
	if p.web == nil {
		p.pending = append(p.pending, data...)
		return
	}
	bits, err := p.web.in.Take(data)
	for _, b := range bits {
		switch {
		case b.Closed != "":
			p.web.closed = true
			if !p.web.closing {
				p.web.closing = true
				d.control(p, websocket.Close, []byte{websocket.Normal >> 8, websocket.Normal & 0xff})
			}
		case b.Ping != nil:
			d.control(p, websocket.Pong, b.Ping)
		case b.Restart || len(p.web.later) > 0:
			p.web.later = append(p.web.later, b)
		default:
			p.pending = append(p.pending, b.Text...)
		}
	}
	p.broken = p.broken || err != nil
}

// control sends a control frame that no program asked for.
func (d *play) control(p *peer, op websocket.Opcode, payload []byte) {
	frame := appendFrame(nil, byte(op), program.Form{}, payload)
	_ = d.write(p, parcel{frame, frame}, 0) // on a connection that has ended, which what is read will tell better
}

// renew goes on with what stands behind all that is pending, on a new stream, and reports whether there is any.
func (p *peer) renew() bool {
	if p.web == nil || len(p.web.later) == 0 {
		return false
	}
	if p.web.later[0].Restart {
		p.scanner.Reset(oracle.Limits())
	}
	p.pending = p.web.later[0].Text
	p.web.later = p.web.later[1:]
	for len(p.web.later) > 0 && !p.web.later[0].Restart {
		p.pending = append(p.pending, p.web.later[0].Text...)
		p.web.later = p.web.later[1:]
	}
	return true
}

// forget begins a new stream.
func (p *peer) forget() {
	if p.bosh != nil {
		p.bosh.in.Begin()
	}
	if p.web != nil {
		p.web.later, p.web.within = nil, false
		p.web.cut.Reset(oracle.Limits())
	}
}

// shut reports whether the server has said that the connection is at its end.
func (p *peer) shut() bool { return p.web != nil && p.web.closed || p.bosh != nil && p.bosh.terminated }

// farewell is what ends a stream in good order.
func (p *peer) farewell() []byte {
	switch {
	case p.packed != nil:
		return p.pack("</stream:stream>", "").data
	case p.web == nil:
		return wire.AppendFooter(nil)
	}
	return p.frame("</stream:stream>", "</stream:stream>").data
}

// raw writes bytes as they are, below all framing.
func (d *play) raw(p *peer, template string) error {
	text, recorded, err := d.expand(template)
	if err != nil {
		return err
	}
	p.hear([]byte(text))
	return d.write(p, parcel{[]byte(text), []byte(recorded)}, 0)
}

// frame sends one frame of WebSocket as the program has it.
func (d *play) frame(p *peer, op program.Op) error {
	if p.web == nil {
		return errNoFrames
	}
	text, recorded, err := d.expand(op.Arg)
	if err != nil {
		return err
	}
	n, _ := op.Form.Number() // the program was checked
	data := appendFrame(nil, n, op.Form, []byte(text))
	p.hear(data)
	p.web.closing = p.web.closing || n == byte(websocket.Close)
	return d.write(p, parcel{data, appendFrame(nil, n, op.Form, []byte(recorded))}, 0)
}

var errNoFrames = errors.New("there are frames over WebSocket only")

// hear follows what is sent as bytes.
func (p *peer) hear(data []byte) {
	var out oracle.Decoder
	switch {
	case p.bosh != nil: // which knows what it sends
		return
	case p.web != nil:
		out = p.web.out
	case p.packed != nil:
		out = p.packed.out
	default:
		p.speak(data)
		return
	}
	bits, _ := out.Take(data) // what cannot be read is none of the stream
	for _, b := range bits {
		if b.Restart {
			p.out.Reset(oracle.Limits())
		}
		p.speak(b.Text)
	}
}
