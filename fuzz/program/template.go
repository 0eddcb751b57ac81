package program

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// Bounds of templates, so that what expands them needs none.
const (
	maxExpanded = 4 << 20 // bytes of the text that one becomes
	maxNesting  = 4       // placeholders in placeholders
)

// UnknownError says that a template names what the run does not know.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string { return fmt.Sprintf("{%s} is not known", e.Name) }

// properties are what can be known of an actor.
func properties() []string {
	return []string{"jid", "bare", "local", "resource", "password", "stream", "previous", "previd", "sid", "nonce", "token", "exporter", "endpoint", "domain", "key", "id", "shown"}
}

// Expand replaces the placeholders of a template by what known says of them. Unknown ones are an *UnknownError.
func Expand(template string, known func(name string) (string, bool)) (string, error) {
	return expand(template, known, 0)
}

func expand(template string, known func(string) (string, bool), depth int) (string, error) {
	if depth > maxNesting {
		return "", fmt.Errorf("more than %d placeholders stand in one another", maxNesting)
	}
	var b strings.Builder
	for i := 0; i < len(template); {
		n := strings.IndexAny(template[i:], "{}")
		if n < 0 {
			b.WriteString(template[i:])
			break
		}
		b.WriteString(template[i : i+n])
		i += n
		if strings.HasPrefix(template[i:], "{{") || strings.HasPrefix(template[i:], "}}") {
			b.WriteByte(template[i])
			i += 2
			continue
		}
		inside, ok := placeholder(template[i:])
		if !ok {
			return "", fmt.Errorf("a brace of %q has no partner; a brace itself is doubled", template)
		}
		text, err := expandOne(inside, known, depth+1)
		if err != nil {
			return "", err
		}
		if b.WriteString(text); b.Len() > maxExpanded {
			return "", fmt.Errorf("the text becomes longer than %d bytes", maxExpanded)
		}
		i += len(inside) + 2
	}
	return b.String(), nil
}

// placeholder is the inside of the braces that s begins with.
func placeholder(s string) (inside string, ok bool) {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return s[1:i], true
			}
		}
		if depth == 0 {
			return "", false
		}
	}
	return "", false
}

func expandOne(inside string, known func(string) (string, bool), depth int) (string, error) {
	if rest, ok := strings.CutPrefix(inside, "b64:"); ok {
		text, err := expand(rest, known, depth)
		return base64.StdEncoding.EncodeToString([]byte(text)), err
	}
	if text, ok, err := derive(inside, known, depth); ok {
		return text, err
	}
	if rest, ok := strings.CutPrefix(inside, "key:"); ok {
		return keyed(inside, rest, known, depth)
	}
	if m := sized.FindStringSubmatch(inside); m != nil {
		return fill(inside, m, known, depth)
	}
	if times, rest, ok := strings.Cut(inside, "*"); ok {
		n, err := number(inside, times, known)
		if err != nil {
			return "", err
		}
		return repeated(inside, n, rest, known, depth)
	}
	if text, ok := known(inside); ok {
		return text, nil
	}
	if text, ok, err := added(inside, known); ok {
		return text, err
	}
	return "", &UnknownError{inside}
}

// repeated is n times a text, in which {#} counts from 0.
func repeated(inside string, n int, rest string, known func(string) (string, bool), depth int) (string, error) {
	counted := strings.Contains(rest, "{#}")
	var b strings.Builder
	for i := range n {
		text, err := expand(rest, func(name string) (string, bool) {
			if name == "#" {
				return strconv.Itoa(i), true
			}
			return known(name)
		}, depth)
		if err != nil {
			return "", err
		}
		if !counted && n*len(text) > maxExpanded || b.Len()+len(text) > maxExpanded {
			return "", fmt.Errorf("{%s} becomes longer than %d bytes", inside, maxExpanded)
		}
		if !counted {
			return strings.Repeat(text, n), nil
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// anyNumber stands for one that only the run knows.
const anyNumber = "5000"

// checkTemplate reports placeholders that no run can know. Extra names are known beside those that always are, and may be numbers.
func checkTemplate(template string, extra map[string]bool) error {
	_, err := Expand(template, func(name string) (string, bool) {
		if extra[name] {
			return anyNumber, true
		}
		return "", Knowable(name)
	})
	return err
}

// keyed is a key of a sequence: N:SEED.
func keyed(inside, rest string, known func(string) (string, bool), depth int) (string, error) {
	number, seed, _ := strings.Cut(rest, ":")
	n, err := strconv.ParseUint(number, 10, 31)
	if err != nil || n > maxKeys {
		return "", fmt.Errorf("{%s}: a number up to %d and a colon stand before the seed", inside, maxKeys)
	}
	text, err := expand(seed, known, depth)
	return Key(text, int(n)), err
}
