package results

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Labels are what whoever started a run said of it, such as the commit of the server.
type Labels map[string]string

// Bounds of a label.
const (
	maxLabels     = 32
	maxLabelKey   = 40
	maxLabelValue = 200
)

// ParseLabels reads labels as they are written on a command line, KEY=VALUE. A key is a lower-case letter and then such letters,
// digits, dots, dashes and underscores; a value is printable. Its error names the label and what is wrong about it.
func ParseLabels(args []string) (Labels, error) {
	if len(args) > maxLabels {
		return nil, fmt.Errorf("%d labels, and a run takes up to %d", len(args), maxLabels)
	}
	var l Labels
	for _, a := range args {
		key, value, both := strings.Cut(a, "=")
		if reason := badLabel(key, value, both); reason != "" {
			return nil, fmt.Errorf("label %q: %s", a, reason)
		}
		if _, twice := l[key]; twice {
			return nil, fmt.Errorf("label %q: %s is given twice", a, key)
		}
		if l == nil {
			l = Labels{}
		}
		l[key] = value
	}
	return l, nil
}

func badLabel(key, value string, both bool) string {
	switch {
	case !both:
		return "a label is KEY=VALUE"
	case !validLabelKey(key):
		return "a key is a lower-case letter, and then up to 39 of a-z, 0-9, dot, dash and underscore"
	case value == "":
		return "the value is empty"
	case len(value) > maxLabelValue:
		return fmt.Sprintf("the value has %d bytes, and %d are the most", len(value), maxLabelValue)
	case !utf8.ValidString(value) || strings.IndexFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0:
		return "the value holds what cannot be printed"
	}
	return ""
}

func validLabelKey(key string) bool {
	if len(key) == 0 || len(key) > maxLabelKey || key[0] < 'a' || key[0] > 'z' {
		return false
	}
	return strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}

// Keys are the keys in order: commit and branch first, then by alphabet.
func (l Labels) Keys() []string {
	rank := func(k string) int { return slices.Index([]string{"branch", "commit"}, k) }
	return slices.SortedFunc(maps.Keys(l), func(a, b string) int {
		if r := rank(b) - rank(a); r != 0 {
			return r
		}
		return strings.Compare(a, b)
	})
}

// String is the labels on one line: "commit=abc123 branch=main".
func (l Labels) String() string {
	var all []string
	for _, k := range l.Keys() {
		all = append(all, k+"="+l[k])
	}
	return strings.Join(all, " ")
}
