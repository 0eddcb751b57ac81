package program

import (
	"compress/zlib"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// derivation is a function in a template, which is written NAME:TEXT.
type derivation struct {
	name string
	of   func(text string) string
}

// derivations are what protocols make of secrets: the hash of XEP-0114 §3, and the code of a token (XEP-0484).
func derivations() []derivation {
	return []derivation{
		{"sha1:", func(text string) string {
			sum := sha1.Sum([]byte(text))
			return hex.EncodeToString(sum[:])
		}},
		{"hmac:", func(text string) string {
			key, rest, _ := strings.Cut(text, " ")
			m := hmac.New(sha256.New, []byte(key))
			m.Write([]byte(rest))
			return string(m.Sum(nil))
		}},
		{"upper:", strings.ToUpper},
		{"zlib:", zipped},
	}
}

// derive expands a placeholder that is a function of text; ok is false where it is none. That of a proof is what known says of its
// name and text.
func derive(inside string, known func(string) (string, bool), depth int) (out string, ok bool, err error) {
	for _, d := range derivations() {
		if rest, is := strings.CutPrefix(inside, d.name); is {
			text, err := expand(rest, known, depth)
			return d.of(text), true, err
		}
	}
	who, rest, is := strings.Cut(inside, ".proof:")
	if !is || !slices.Contains(Actors(), Actor(who)) {
		return "", false, nil
	}
	text, err := expand(rest, known, depth)
	if err != nil {
		return "", true, err
	}
	name := who + ".proof:"
	if out, ok = known(name + text); !ok {
		err = &UnknownError{name}
	}
	return out, true, err
}

// Knowable reports whether a run can know a name that stands in a template.
func Knowable(name string) bool {
	if name == "domain" || name == "component.domain" || name == "component.secret" {
		return true
	}
	actor, property, _ := strings.Cut(name, ".")
	return slices.Contains(Actors(), Actor(actor)) && (slices.Contains(properties(), property) || strings.HasPrefix(property, "proof:"))
}

// zipped is text as a zlib stream (RFC 1950).
func zipped(text string) string {
	var b strings.Builder
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(text)) // to a builder
	_ = w.Close()
	return b.String()
}
