package wire

import (
	"encoding/binary"
	"math/bits"
)

// Words of eight equal bytes, for looking at eight bytes at once.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plainRun is where the run of plain bytes that begins at i ends, as far as whole words tell: at a byte that is not ASCII,
// a control, or one of < > & (in an attribute value: < > & ' "). What remains is for a loop over bytes.
func plainRun(b []byte, i int, attr bool) int {
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		special := x | below(x, ' ') | equal(x|2*ones, '>') // '<' and '>' differ in one bit
		if attr {
			special |= equal(x|ones, '\'') | equal(x, '"') // so do '&' and '\''
		} else {
			special |= equal(x, '&')
		}
		if special &= highs; special != 0 {
			return i + bits.TrailingZeros64(special)/8
		}
	}
	return i
}

// below has the high bit set in the first byte of x that is less than c, and maybe in later bytes.
func below(x uint64, c uint64) uint64 { return (x - c*ones) &^ x }

// equal has the high bit set in the first byte of x that is c, and maybe in later bytes.
func equal(x uint64, c uint64) uint64 { return below(x^c*ones, 1) }
