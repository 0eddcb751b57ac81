package bosh

import (
	"bytes"
	"strconv"
)

// Piece is something of what came: the end of a message's head, some of its content, or both.
type Piece struct {
	Head bool   // the head ended here: what Reader says of the message holds from here on
	Last bool   // the message ended here
	Data []byte // content; valid until the next call; may be empty
}

// Reader takes the messages of one direction of a connection, one after the other. The zero value reads responses; it is
// small, and holds bytes only while a head is incomplete. It is for one goroutine at a time.
type Reader struct {
	FromClient bool // they are requests

	// Of the message under way, and the last one.
	Status int  // of a response
	Closes bool // the connection ends with it
	Fits   bool // it is a request to POST to Path

	Path string // that requests have to ask for

	state   readerState
	chunked bool
	left    int64 // bytes to come of the content, or of the chunk
	digits  int8  // of the chunk's length so far
	inLine  bool  // the line of a trailer holds something
	head    []byte
}

type readerState uint8

const (
	inHead     readerState = iota
	inContent              // left bytes of it
	untilEnd               // all there is until the connection ends
	inSize                 // of a chunk
	inSizeRest             // an extension of the chunk, up to the end of the line
	inChunk                // left bytes of it
	afterChunk             // the end of line behind it
	inTrailer
)

// maxHead bounds the head of a message.
const maxHead = 16 << 10

// Idle reports whether no message is under way.
func (r *Reader) Idle() bool { return r.state == inHead && len(r.head) == 0 }

// AtEnd reports whether the message under way ends well when the connection does.
func (r *Reader) AtEnd() bool { return r.state == untilEnd }

// Reset makes ready for another connection.
func (r *Reader) Reset() { *r = Reader{FromClient: r.FromClient, Path: r.Path} }

// Next takes bytes from data and says how many; call it until they are all taken. A piece may be empty. After an error the
// connection is beyond help.
func (r *Reader) Next(data []byte) (p Piece, n int, err error) {
	if r.state == inHead {
		var whole bool
		if n, whole, err = r.takeHead(data); err != nil || !whole {
			return Piece{}, n, err
		}
		if r.state == inHead {
			end := r.FromClient || r.Status >= 200 // else it is interim, and the response itself is to come (RFC 9110 §15.2)
			return Piece{Head: end, Last: end}, n, nil
		}
		p.Head = true
	}
	for n < len(data) {
		switch r.state {
		case inContent, untilEnd, inChunk:
			m := len(data) - n
			if r.state != untilEnd {
				m = int(min(int64(m), r.left))
			}
			p.Data = data[n : n+m : n+m]
			r.left -= int64(m)
			n += m
			if r.left == 0 && r.state == inContent {
				p.Last, r.state = true, inHead
			} else if r.left == 0 && r.state == inChunk {
				r.state = afterChunk
			}
			return p, n, nil
		}
		if err := r.chunkByte(data[n]); err != nil {
			return Piece{}, n, err
		}
		if n++; r.state == inHead {
			p.Last = true
			return p, n, nil
		}
	}
	return p, n, nil
}

// takeHead gathers the head, reads it once it is whole, and says whether it is.
func (r *Reader) takeHead(data []byte) (n int, whole bool, err error) {
	if len(r.head) == 0 {
		if i := bytes.Index(data, endOfHead); i >= 0 {
			return i + 4, true, r.read(data[:i+2])
		}
	}
	before := len(r.head)
	from := max(0, before-3)
	r.head = append(r.head, data[:min(len(data), maxHead)]...)
	i := bytes.Index(r.head[from:], endOfHead)
	const start = "HTTP/1."
	if m := min(len(r.head), len(start)); !r.FromClient && string(r.head[:m]) != start[:m] {
		return len(data), false, BadHead
	}
	if i < 0 && len(r.head) >= maxHead {
		return len(data), false, TooLong
	}
	if i < 0 {
		return len(data), false, nil
	}
	head := r.head[:from+i+2]
	r.head = nil
	return from + i + 4 - before, true, r.read(head)
}

var endOfHead = []byte("\r\n\r\n")

// read reads a whole head, of which every line ends.
func (r *Reader) read(head []byte) error {
	line, rest, _ := bytes.Cut(head, endOfLine)
	minor, err := r.first(line)
	if err != nil {
		return err
	}
	length := int64(-1)
	r.Closes, r.chunked = minor == '0', false
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, endOfLine)
		name, value, _ := bytes.Cut(line, []byte{':'})
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			n, err := strconv.ParseInt(string(value), 10, 63)
			if err != nil || n < 0 || length >= 0 && n != length {
				return BadLength
			}
			length = n
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			r.chunked = bytes.EqualFold(value, []byte("chunked"))
		case bytes.EqualFold(name, []byte("Connection")):
			r.Closes = bytes.EqualFold(value, []byte("close")) || r.Closes && !bytes.EqualFold(value, []byte("keep-alive"))
		}
	}
	r.begin(length)
	return nil
}

var endOfLine = []byte("\r\n")

// begin says what follows a head.
func (r *Reader) begin(length int64) {
	r.left, r.state, r.digits = max(length, 0), inContent, 0
	switch {
	case !r.FromClient && r.Status < 200:
		r.state = inHead
	case r.chunked:
		r.state = inSize
	case length < 0 && !r.FromClient && r.Status != 204 && r.Status != 304:
		r.state, r.Closes = untilEnd, true
	case r.left == 0:
		r.state = inHead
	}
}

// first reads the first line, and says which HTTP/1 it is.
func (r *Reader) first(line []byte) (minor byte, err error) {
	const version = "HTTP/1.x"
	if !r.FromClient {
		if len(line) < 12 || string(line[:7]) != version[:7] || line[8] != ' ' {
			return 0, BadHead
		}
		if r.Status, err = strconv.Atoi(string(line[9:12])); err != nil || r.Status < 100 {
			return 0, BadHead
		}
		return line[7], nil
	}
	if len(line) < len(version) || string(line[len(line)-len(version):len(line)-1]) != version[:7] {
		return 0, BadHead
	}
	method, target, _ := bytes.Cut(line[:len(line)-len(version)], []byte{' '})
	r.Fits = string(method) == "POST" && string(bytes.TrimSuffix(target, []byte{' '})) == r.Path
	return line[len(line)-1], nil
}

// chunkByte takes a byte that belongs to the framing of chunks (RFC 9112 §7.1).
func (r *Reader) chunkByte(c byte) error {
	switch r.state {
	case inSize:
		d, ok := hexDigit(c)
		switch {
		case ok && r.digits < 15:
			r.left, r.digits = r.left<<4|int64(d), r.digits+1
		case ok || r.digits == 0:
			return BadChunk
		case c == '\n':
			r.endSize()
		default:
			r.state = inSizeRest
		}
	case inSizeRest:
		if c == '\n' {
			r.endSize()
		}
	case afterChunk:
		if c == '\n' {
			r.state, r.left, r.digits = inSize, 0, 0
		} else if c != '\r' {
			return BadChunk
		}
	case inTrailer:
		if c == '\n' && !r.inLine {
			r.state = inHead
		} else if c == '\n' {
			r.inLine = false
		} else if c != '\r' {
			r.inLine = true
		}
	}
	return nil
}

func (r *Reader) endSize() {
	if r.state = inChunk; r.left == 0 {
		r.state, r.inLine = inTrailer, false
	}
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
