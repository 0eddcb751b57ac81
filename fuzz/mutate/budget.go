package mutate

import (
	"strconv"
	"strings"
	"time"

	"xmpprig/fuzz/program"
)

// Bounds of one mutant.
const (
	maxBytes = 2 << 20         // that it sends, all repeats together
	maxTime  = 3 * time.Second // that it takes, as far as it does not wait for answers
)

// cost is what a program takes: about how many bytes it sends, and how long.
func cost(ops []program.Op) (bytes int, long time.Duration) {
	n := 1
	for _, op := range ops {
		switch op.Verb {
		case program.Repeat:
			n = max(op.Times, 1)
		case program.End:
			n = 1
		default:
			b, d := costOf(op)
			bytes, long = bytes+n*b, long+time.Duration(n)*d
		}
	}
	return bytes, long
}

// costOf estimates one operation on a server that is not overloaded.
func costOf(op program.Op) (bytes int, long time.Duration) {
	switch op.Verb {
	case program.Freeze:
		if op.Arg != "" { // as long as a limit that is set so that it can be waited for
			return 0, 2 * time.Second
		}
		return 0, op.For
	case program.Login:
		return 0, 8 * time.Millisecond
	case program.DialTLS, program.DialWSS, program.DialBOSH, program.StartTLS, program.Auth, program.Authenticate, program.Certificate:
		return 0, 3 * time.Millisecond
	case program.Send, program.Frame, program.Raw, program.Request:
		bytes = size(op.Arg)
		writes := 1
		if op.By > 0 {
			writes += bytes / op.By
		}
		return bytes, time.Duration(writes)*10*time.Microsecond + time.Duration(bytes)*20*time.Nanosecond
	case program.Mark:
		return 0, 0
	}
	return 0, time.Millisecond
}

// trim makes a program less until it is within bounds, and tells whether it is.
func trim(p *program.Program) bool {
	for range 64 {
		bytes, long := cost(p.Ops)
		if bytes <= maxBytes && long <= maxTime {
			return true
		}
		if !lessen(p.Ops, bytes > maxBytes) {
			return false
		}
	}
	return false
}

// lessen halves the largest of what can be halved.
func lessen(ops []program.Op, bytes bool) bool {
	var worst *program.Op
	most := time.Duration(0)
	for i := range ops {
		op := &ops[i]
		n := time.Duration(0)
		switch {
		case op.Verb == program.Repeat && op.Times > 1:
			n = time.Duration(op.Times) * time.Millisecond
		case op.Verb == program.Freeze && !bytes:
			n = op.For
		case op.Verb == program.Send && (bytes || op.By > 0), (op.Verb == program.Frame || op.Verb == program.Raw || op.Verb == program.Request) && bytes:
			b, d := costOf(*op)
			n = max(d, time.Duration(b))
		}
		if n > most {
			worst, most = op, n
		}
	}
	if worst == nil {
		return false
	}
	switch {
	case worst.Verb == program.Repeat:
		worst.Times /= 2
	case worst.Verb == program.Freeze:
		worst.For = max(worst.For/2, time.Millisecond)
	case bytes:
		return fewer(worst)
	default:
		worst.By *= 2
	}
	return true
}

// fewer halves the number in the largest placeholder of what is sent.
func fewer(op *program.Op) bool {
	from, to, most := 0, 0, 0
	for i := 0; i < len(op.Arg); {
		n := atom(op.Arg[i:])
		if s := sizeOfAtom(op.Arg[i : i+n]); s > most && isHole(op.Arg[i:i+n]) {
			from, to, most = i, i+n, s
		}
		i += n
	}
	number, inside, ok := strings.Cut(op.Arg[from:to], "*")
	if number = strings.TrimPrefix(number, "{"); !ok || !isNumber(number) {
		return false
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 2 {
		return false
	}
	op.Arg = op.Arg[:from] + times(n/2, strings.TrimSuffix(inside, "}")) + op.Arg[to:]
	return true
}
