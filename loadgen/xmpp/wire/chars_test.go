package wire

import (
	"testing"
	"unicode/utf8"
)

type span struct{ from, to rune }

func in(r rune, spans ...span) bool {
	for _, s := range spans {
		if s.from <= r && r <= s.to {
			return true
		}
	}
	return false
}

// TestClassesOfCharacters compares all characters with the productions of XML 1.0, fifth edition, as printed there, without
// the colon.
func TestClassesOfCharacters(t *testing.T) {
	char := []span{{0x9, 0xA}, {0xD, 0xD}, {0x20, 0xD7FF}, {0xE000, 0xFFFD}, {0x10000, 0x10FFFF}}
	start := []span{{'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D}, {0x37F, 0x1FFF},
		{0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}}
	part := append([]span{{'-', '-'}, {'.', '.'}, {'0', '9'}, {0xB7, 0xB7}, {0x0300, 0x036F}, {0x203F, 0x2040}}, start...)
	for r := rune(0); r <= utf8.MaxRune+1; r++ {
		if got, want := isChar(r), in(r, char...); got != want {
			t.Errorf("isChar(%#x) is %v", r, got)
		}
		gotStart, gotPart := isNameStart(r), isNamePart(r)
		if r < utf8.RuneSelf {
			gotStart, gotPart = classes[r]&nameStart != 0, classes[r]&namePart != 0
		}
		if gotStart != in(r, start...) || gotPart != in(r, part...) {
			t.Errorf("%#x begins a name: %v, continues one: %v", r, gotStart, gotPart)
		}
	}
}

// TestPlainRun puts every byte at every place of two words.
func TestPlainRun(t *testing.T) {
	for c := range 256 {
		for at := range 16 {
			b := []byte("plain text, here")
			b[at] = byte(c)
			special := c < ' ' || c >= utf8.RuneSelf || c == '<' || c == '>' || c == '&'
			want := len(b)
			if special {
				want = at
			}
			if got := plainRun(b, 0, false); got != want {
				t.Errorf("%#x at %d in text: %d", c, at, got)
			}
			if special || c == '\'' || c == '"' {
				want = at
			}
			if got := plainRun(b, 0, true); got != want {
				t.Errorf("%#x at %d in a value: %d", c, at, got)
			}
		}
	}
	if got := plainRun([]byte("seven<."), 0, false); got != 0 {
		t.Errorf("less than a word: %d", got)
	}
}
