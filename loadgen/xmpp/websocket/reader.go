package websocket

import (
	"encoding/binary"
	"fmt"

	"github.com/gobwas/ws"
)

// Piece is something of what came: of a text message, or a whole control frame.
type Piece struct {
	Op    Opcode // Text, or Close, Ping, Pong
	First bool   // it begins a message
	Last  bool   // it ends one
	Data  []byte // valid until the next call; may be empty
}

// Reader takes the frames of one direction of a connection. The zero value reads what a server sends; it is small, and
// holds no bytes of a message. It is for one goroutine at a time.
type Reader struct {
	FromClient bool // frames must be masked; else they must not be (RFC 6455 §5.1)

	head    [maxHeader]byte
	have    int8 // bytes of head
	open    bool // a frame is under way
	within  bool // a fragmented message is under way
	fresh   bool // nothing of the message was given yet
	final   bool
	op      Opcode
	left    uint64 // bytes to come of the frame's payload
	key     [4]byte
	masked  uint64 // bytes that were unmasked
	control []byte // payload of a control frame so far
}

// A FrameError is a breach of RFC 6455 or RFC 7395 by the peer.
type FrameError string

func (e FrameError) Error() string { return "WebSocket: " + string(e) }

// The errors of a Reader.
const (
	BadReserved   FrameError = "reserved bits are set though no extension was negotiated"         // RFC 6455 §5.2
	BadOpcode     FrameError = "a frame of an unknown or unfit kind"                              // RFC 6455 §5.2, RFC 7395 §3.2
	BadMask       FrameError = "a frame is masked that must not be, or the other way about"       // RFC 6455 §5.1
	BadLength     FrameError = "a length is not written as briefly as it could be, or beyond 2⁶³" // RFC 6455 §5.2
	BadControl    FrameError = "a control frame is fragmented, or longer than 125 bytes"          // RFC 6455 §5.5
	BadFragment   FrameError = "a message begins inside another, or goes on without a beginning"  // RFC 6455 §5.4
	BadCloseFrame FrameError = "a close frame holds one byte"                                     // RFC 6455 §5.5.1
)

// Next takes bytes from data and says how many. Without a piece (its Op is 0) all were taken, and more are wanted.
// Data of clients is unmasked in place. After an error the connection is beyond help.
func (r *Reader) Next(data []byte) (p Piece, n int, err error) {
	for !r.open {
		if n == len(data) {
			return Piece{}, n, nil
		}
		r.head[r.have] = data[n]
		r.have++
		n++
		if err := r.header(); err != nil {
			return Piece{}, n, err
		}
	}
	take := int(min(r.left, uint64(len(data)-n)))
	if take == 0 && r.left > 0 {
		return Piece{}, n, nil
	}
	chunk := data[n : n+take : n+take]
	if r.FromClient {
		ws.Cipher(chunk, r.key, int(r.masked&3))
		r.masked += uint64(take)
	}
	r.left -= uint64(take)
	if r.op.control() {
		return r.controlled(chunk), n + take, nil
	}
	p = Piece{Op: Text, First: r.fresh, Last: r.left == 0 && r.final, Data: chunk}
	r.fresh = false
	if r.left == 0 {
		r.end()
	}
	return p, n + take, nil
}

// controlled gathers a control frame and gives it when it is whole.
func (r *Reader) controlled(chunk []byte) Piece {
	r.control = append(r.control, chunk...)
	if r.left > 0 {
		return Piece{}
	}
	p := Piece{Op: r.op, First: true, Last: true, Data: r.control}
	r.control = nil
	r.end()
	return p
}

func (r *Reader) end() { r.open, r.have, r.masked = false, 0, 0 }

// header reads the header if it is whole.
func (r *Reader) header() error {
	if r.have < 2 {
		return nil
	}
	length, extended := r.head[1]&lengthBits, 0
	switch length {
	case 126:
		extended = 2
	case 127:
		extended = 8
	}
	size := 2 + extended
	if r.head[1]&maskBit != 0 {
		size += 4
	}
	if r.have == 2 {
		if err := r.judge(length); err != nil {
			return err
		}
	}
	if int(r.have) < size {
		return nil
	}
	switch extended {
	case 0:
		r.left = uint64(length)
	case 2:
		r.left = uint64(binary.BigEndian.Uint16(r.head[2:]))
	case 8:
		r.left = binary.BigEndian.Uint64(r.head[2:])
	}
	if extended == 2 && r.left <= maxControl || extended == 8 && (r.left < 1<<16 || r.left >= 1<<63) {
		return BadLength
	}
	if r.FromClient {
		copy(r.key[:], r.head[2+extended:])
	}
	r.open = true
	return nil
}

// judge judges the first two bytes.
func (r *Reader) judge(length byte) error {
	op, final := Opcode(r.head[0]&0xf), r.head[0]&finalBit != 0
	if r.head[0]&reserved != 0 {
		return BadReserved
	}
	if (r.head[1]&maskBit != 0) != r.FromClient {
		return BadMask
	}
	switch op {
	case Close, Ping, Pong:
		if !final || length > maxControl {
			return BadControl
		}
		if op == Close && length == 1 {
			return BadCloseFrame
		}
		r.op = op
		return nil
	case Text:
		if r.within {
			return BadFragment
		}
		r.fresh = true
	case Continuation:
		if !r.within {
			return BadFragment
		}
	default:
		return BadOpcode
	}
	r.op, r.final, r.within = op, final, !final
	return nil
}

// A CloseError is a close frame with a status other than a normal end (RFC 6455 §7.4).
type CloseError struct {
	Status uint16
	Reason string
}

func (e *CloseError) Error() string {
	return fmt.Sprintf("WebSocket: peer closed the connection with status %d: %s", e.Status, e.Reason)
}

// Ends of a connection (RFC 6455 §7.4.1).
const (
	Normal    = 1000
	GoingAway = 1001
)

// CloseStatus reads the payload of a close frame. Nil is a normal end.
func CloseStatus(payload []byte) error {
	if len(payload) < 2 {
		return nil
	}
	status := binary.BigEndian.Uint16(payload)
	if status == Normal || status == GoingAway {
		return nil
	}
	return &CloseError{status, string(payload[2:])}
}

// AppendClose appends a close frame of a normal end.
func AppendClose(dst []byte, masked bool) []byte {
	return AppendFrame(dst, Close, []byte{Normal >> 8, Normal & 0xff}, masked)
}
