package fuzz

import (
	"math/rand/v2"
	"strconv"

	"xmpprig/fuzz/program"
)

// keys is a sequence of keys (XEP-0124 §15).
type keys struct {
	seed string
	left int // keys of it that were not used
}

// keysOfSequence is how long each sequence is.
const keysOfSequence = 16

func newKeys() *keys { return &keys{} }

// next are the attributes of the next request: the first announces a sequence, the others use it up, and the last of it announces another.
func (k *keys) next() (attrs []program.Value) {
	if k == nil {
		return nil
	}
	if k.left > 0 {
		k.left--
		attrs = append(attrs, program.Value{Name: "key", Text: program.Key(k.seed, k.left)})
	}
	if k.left <= 1 && (k.left == 1 || k.seed == "") {
		k.seed, k.left = strconv.FormatUint(rand.Uint64(), 36), keysOfSequence
		attrs = append(attrs, program.Value{Name: "newkey", Text: program.Key(k.seed, k.left)})
	}
	return attrs
}
