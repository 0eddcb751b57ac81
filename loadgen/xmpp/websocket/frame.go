package websocket

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/gobwas/ws"
)

// Opcode is what a frame is (RFC 6455 §5.2).
type Opcode uint8

// The opcodes. XMPP goes in text frames alone (RFC 7395 §3.2).
const (
	Continuation Opcode = 0x0
	Text         Opcode = 0x1
	Binary       Opcode = 0x2
	Close        Opcode = 0x8
	Ping         Opcode = 0x9
	Pong         Opcode = 0xA
)

func (o Opcode) control() bool { return o&0x8 != 0 }

// Lengths of a header and of what a control frame holds (RFC 6455 §5.2, §5.5).
const (
	maxHeader  = 14
	maxControl = 125
)

// Bits of the first two bytes of a frame (RFC 6455 §5.2).
const (
	finalBit   = 0x80
	reserved   = 0x70
	maskBit    = 0x80
	lengthBits = 0x7f
)

// AppendFrame appends a frame that is a whole message. A client masks its frames, a server does not (RFC 6455 §5.1).
func AppendFrame(dst []byte, op Opcode, payload []byte, masked bool) []byte {
	start := len(dst)
	return seal(append(begin(dst), payload...), start, op, masked)
}

// begin leaves room for a header, behind which the payload is to be appended.
func begin(dst []byte) []byte { return append(dst, make([]byte, maxHeader)...) }

// seal makes a frame of what was appended since begin, at start.
func seal(dst []byte, start int, op Opcode, masked bool) []byte {
	payload := dst[start+maxHeader:]
	head := append(dst[start:start], finalBit|byte(op), 0)
	switch n := len(payload); {
	case n <= maxControl:
		head[1] = byte(n)
	case n < 1<<16:
		head[1] = 126
		head = binary.BigEndian.AppendUint16(head, uint16(n))
	default:
		head[1] = 127
		head = binary.BigEndian.AppendUint64(head, uint64(n))
	}
	if masked {
		head[1] |= maskBit
		var key [4]byte
		binary.NativeEndian.PutUint32(key[:], rand.Uint32())
		head = append(head, key[:]...)
		ws.Cipher(payload, key, 0)
	}
	n := copy(dst[start+len(head):], payload)
	return dst[:start+len(head)+n]
}
