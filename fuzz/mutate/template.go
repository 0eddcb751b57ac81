package mutate

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"xmpprig/fuzz/program"
)

// typical is how long what a run knows is taken for, such as an address.
const typical = 40

// atom is the length of the indivisible piece that a template begins with: a placeholder, a doubled brace or a character. The
// template must not be empty.
func atom(s string) int {
	if s[0] == '{' || s[0] == '}' {
		if len(s) > 1 && s[1] == s[0] {
			return 2
		}
		return placeholder(s)
	}
	if s[0] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// isHole tells whether the atom s is a placeholder.
func isHole(s string) bool { return len(s) > 2 && s[0] == '{' }

// placeholder is the length of the placeholder that s begins with; 1 where it is not closed.
func placeholder(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth <= 0 {
			return i + 1
		}
	}
	return 1
}

// cuts are the places between the atoms of a template, both ends included.
func cuts(s string) []int {
	all := make([]int, 1, len(s)+1)
	for i := 0; i < len(s); {
		i += atom(s[i:])
		all = append(all, i)
	}
	return all
}

// literal is a template for text as it is.
func literal(text string) string { return strings.NewReplacer("{", "{{", "}", "}}").Replace(text) }

// isTemplate tells whether placeholders of s are closed and can be known.
func isTemplate(s string) bool {
	if !strings.ContainsAny(s, "{}") {
		return true
	}
	_, err := sample(s)
	return err == nil
}

// sample is a text that a template may become.
func sample(s string) (string, error) {
	return program.Expand(s, func(name string) (string, bool) {
		actor, property, _ := strings.Cut(name, ".")
		switch property {
		case "jid":
			return actor + "@example.org/r", true
		case "bare":
			return actor + "@example.org", true
		case "domain", "":
			return "example.org", program.Knowable(name)
		}
		if called.MatchString(name) && !program.Knowable(name) {
			return "5000", true
		}
		if text, ok := strings.CutPrefix(property, "proof:"); ok {
			return text + ",p=" + actor, program.Knowable(name)
		}
		return actor, program.Knowable(name)
	})
}

// size is about how many bytes a template becomes.
func size(s string) int {
	n := 0
	for i := 0; i < len(s); {
		k := atom(s[i:])
		n += sizeOfAtom(s[i : i+k])
		i += k
	}
	return n
}

func sizeOfAtom(s string) int {
	if !isHole(s) {
		return min(len(s), utf8.UTFMax)
	}
	inside := s[1 : len(s)-1]
	if rest, ok := strings.CutPrefix(inside, "b64:"); ok {
		return size(rest)*4/3 + 4
	}
	for _, function := range []string{"upper:", "sha1:", "hmac:"} {
		if rest, ok := strings.CutPrefix(inside, function); ok {
			return max(size(rest), typical)
		}
	}
	if _, rest, ok := strings.Cut(inside, ".proof:"); ok {
		return size(rest) + typical
	}
	if n, rest, ok := strings.Cut(inside, " bytes:"); ok && !strings.ContainsAny(n, "{*:") {
		return max(factor(n), size(rest))
	}
	if times, rest, ok := strings.Cut(inside, "*"); ok {
		return factor(times) * size(rest)
	}
	return typical
}

// factor is what a template counts by; what only the run knows is taken for a limit on bytes as servers have it.
func factor(n string) int {
	if !isNumber(n) {
		return 256 << 10
	}
	k, _ := strconv.Atoi(n)
	return k
}

// times is a template that repeats another.
func times(n int, s string) string { return "{" + strconv.Itoa(n) + "*" + s + "}" }
