package fuzz

import (
	"errors"
	"fmt"
	"strings"

	"xmpprig/results"
)

// Baseline is the findings that are known and accepted, by fingerprint; the text says what each is.
type Baseline map[string]string

// Accepts reports whether a finding stands in the baseline.
func (b Baseline) Accepts(fingerprint string) bool {
	_, ok := b[fingerprint]
	return ok
}

// ReadBaseline reads the file of one.
func ReadBaseline(file string) (Baseline, error) {
	text, err := readBounded(file)
	if err != nil {
		return nil, err
	}
	return ParseBaseline(file, text)
}

func isFingerprint(s string) bool { return len(s) == 16 && strings.Trim(s, "0123456789abcdef") == "" }

// ParseBaseline reads a baseline: a fingerprint a line, and behind it whatever tells a reader what it is; # begins a comment. The
// error joins one for each line that is wrong.
func ParseBaseline(file string, text []byte) (Baseline, error) {
	b := Baseline{}
	var errs []error
	n := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		n++
		line, _, _ = strings.Cut(line, "#")
		id, what, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case id == "":
		case !isFingerprint(id):
			errs = append(errs, fmt.Errorf("%s:%d:1: %.20q is no fingerprint, which has 16 hexadecimal digits", file, n, id))
		default:
			b[id] = strings.TrimSpace(what)
		}
	}
	return b, errors.Join(errs...)
}

// FormatBaseline is the findings as a baseline that accepts them.
func FormatBaseline(findings []results.Finding) string {
	var b strings.Builder
	b.WriteString("# findings that are accepted, by fingerprint\n")
	for _, f := range findings {
		title := strings.NewReplacer("#", "", "\n", " ", "\r", " ").Replace(fmt.Sprintf("%+q", f.Title))
		fmt.Fprintf(&b, "%s %s: %s\n", f.Fingerprint, f.Oracle, strings.Trim(title, `"`))
	}
	return b.String()
}
