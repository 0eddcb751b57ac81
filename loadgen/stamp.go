package loadgen

import (
	"bytes"
	"strconv"
	"time"
)

// stamp is what the id of a followed stanza carries.
type stamp struct {
	kind      byte   // 'm' message, 'p' presence
	run       uint32 // tells this run's stanzas from those an earlier one left in the server
	from      uint32 // the sender's number
	seq       uint32 // the sender's count
	due, sent time.Duration
}

// mark is what tells a run's stanzas from those of other runs: of the same seed too, which may have left some with a server that
// keeps them for who was away. It takes the same number of bytes always.
func mark(seed uint64, began time.Time) uint32 {
	mixed := (seed ^ uint64(began.UnixNano())) * 0x9e3779b97f4a7c15
	return uint32(mixed>>41) | 1<<23
}

// append writes the stamp: kind, then the fields in base 36 joined by dots.
func (s stamp) append(dst []byte) []byte {
	dst = append(dst, s.kind)
	for i, v := range [...]uint64{uint64(s.run), uint64(s.from), uint64(s.seq), uint64(s.due), uint64(s.sent - s.due)} {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = strconv.AppendUint(dst, v, 36)
	}
	return dst
}

// parseStamp reads a stamp; false where b is none.
func parseStamp(b []byte) (s stamp, ok bool) {
	if len(b) < 2 || len(b) > 80 {
		return s, false
	}
	s.kind = b[0]
	var v [5]uint64
	rest := b[1:]
	for i := range v {
		part := rest
		if dot := bytes.IndexByte(rest, '.'); i < len(v)-1 {
			if dot < 0 {
				return s, false
			}
			part, rest = rest[:dot], rest[dot+1:]
		}
		if v[i], ok = parseBase36(part); !ok {
			return s, false
		}
	}
	s.run, s.from, s.seq = uint32(v[0]), uint32(v[1]), uint32(v[2])
	s.due = time.Duration(v[3])
	s.sent = s.due + time.Duration(v[4])
	return s, v[0]>>32 == 0 && v[1]>>32 == 0 && v[2]>>32 == 0
}

// parseBase36 is strconv.ParseUint for bytes, so that nothing is allocated.
func parseBase36(b []byte) (v uint64, ok bool) {
	if len(b) == 0 || len(b) > 12 { // 36¹² < 2⁶³
		return 0, false
	}
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			v = v*36 + uint64(c-'0')
		case c >= 'a' && c <= 'z':
			v = v*36 + uint64(c-'a') + 10
		default:
			return 0, false
		}
	}
	return v, true
}
