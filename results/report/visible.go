package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Visible makes hostile text safe to show on a terminal, on as many lines as it has, and keeps what it is: whatever cannot be
// printed stands as in a Go string.
func Visible(s string) string { return visible(s, true) }

// visible makes hostile text safe to show and keeps what it is: whatever cannot be printed stands as in a Go string, \x1b or
// \u202e, bytes that are no UTF-8 as \xff. Line ends and tabs stay only if lines is set. What was escaped before is left alone.
func visible(s string, lines bool) string {
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case lines && (r == '\n' || r == '\t'), strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[n:]
	}
	return b.String()
}

// seenLine is hostile text on one line of at most n characters.
func seenLine(s string, n int) string {
	if len(s) > 8*n { // enough, however it is escaped
		s = s[:8*n]
	}
	return line(visible(strings.TrimSpace(s), false), n)
}

// seenText is hostile text of at most n bytes before it is escaped, on as many lines as it has.
func seenText(s string, n int) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if len(s) <= n {
		return visible(s, true)
	}
	return visible(strings.ToValidUTF8(s[:n], ""), true) + "\n… (cut; the record has it whole)"
}

// shortened is at most n characters of a text, which is otherwise left as it is.
func shortened(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
