package program

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Form is what a frame of WebSocket is like (RFC 6455 §5.2), beside its payload.
type Form struct {
	Opcode   string // text, binary, continuation, close, ping, pong, or a number below 16
	Part     bool   // more of the message is to follow: FIN is not set
	Unmasked bool   // as clients must not send one
	Reserved int    // the three reserved bits, 0 to 7
	Long     bool   // the length is written in 64 bits, however short it is
	Claims   int    // the length that is announced; 0: that of the payload
}

// opcodes are the numbers of the frames that have names.
func opcodes() map[string]byte {
	return map[string]byte{"continuation": 0, "text": 1, "binary": 2, "close": 8, "ping": 9, "pong": 10}
}

// Number is the opcode as it is sent; ok is false where there is none.
func (f Form) Number() (number byte, ok bool) {
	if n, ok := opcodes()[f.Opcode]; ok {
		return n, true
	}
	n, err := strconv.ParseUint(f.Opcode, 10, 4)
	return byte(n), err == nil
}

// String is the form as it stands in a program.
func (f Form) String() string {
	words := []string{f.Opcode}
	for _, o := range []struct {
		set  bool
		word string
	}{{f.Part, "part"}, {f.Unmasked, "unmasked"}, {f.Long, "long"}} {
		if o.set {
			words = append(words, o.word)
		}
	}
	if f.Reserved != 0 {
		words = append(words, fmt.Sprintf("reserved=%d", f.Reserved))
	}
	if f.Claims != 0 {
		words = append(words, fmt.Sprintf("claims=%d", f.Claims))
	}
	return strings.Join(words, " ")
}

// frame reads OPCODE [part] [unmasked] [long] [reserved=N] [claims=N] "TEXT".
func (p *parser) frame(op *Op, verb token, args []token) {
	n := slices.IndexFunc(args, func(t token) bool { return t.quoted })
	if n < 1 {
		p.fail(verb.column, "frame is followed by an opcode, what is odd about it, and a text in quotes")
		return
	}
	op.Form.Opcode = args[0].word
	if _, ok := op.Form.Number(); !ok {
		p.fail(args[0].column, "%q is no opcode: text, binary, continuation, close, ping, pong and numbers below 16 are", args[0].word)
	}
	for _, t := range args[1:n] {
		if !op.Form.set(t.word) {
			p.fail(t.column, "%q says nothing of a frame: part, unmasked, long, reserved=1…7 and claims=N do", t.word)
		}
	}
	p.text(op, verb, args[n:])
}

// set takes one word.
func (f *Form) set(word string) bool {
	name, number, _ := strings.Cut(word, "=")
	n, err := strconv.Atoi(number)
	switch {
	case word == "part":
		f.Part = true
	case word == "unmasked":
		f.Unmasked = true
	case word == "long":
		f.Long = true
	case name == "reserved" && err == nil && n > 0 && n < 8:
		f.Reserved = n
	case name == "claims" && err == nil && n != 0:
		f.Claims = n
	default:
		return false
	}
	return true
}

// login reads the transport of a login, if there is one.
func (p *parser) login(op *Op, verb token, args []token) {
	op.Arg = word(args)
	if len(args) == 0 || len(args) == 1 && (op.Arg == ComponentLogin || slices.Contains(Transports(), Transport(op.Arg))) {
		return
	}
	p.fail(verb.column, "login is followed by nothing, or by a transport: tcp, tls, ws, wss or bosh, or by component")
}
