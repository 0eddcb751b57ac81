package report

import (
	"strings"
	"unicode/utf8"
)

// textWidth is the widest line of the text report.
const textWidth = 100

// table lines up cells in columns: the first column to the left, the others
// to the right. A row of one cell is a heading and does not widen columns.
type table struct {
	rows [][]string
	left map[int]bool // further columns that line up to the left
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// lines writes the rows, each behind indent.
func (t *table) lines(indent string) []string {
	var widths []int
	for _, row := range t.rows {
		if len(row) == 1 {
			continue
		}
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var out []string
	for _, row := range t.rows {
		var b strings.Builder
		b.WriteString(indent)
		for i, cell := range row {
			if len(row) == 1 {
				b.WriteString(cell)
				continue
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i > 0 {
				b.WriteString("  ")
			}
			if i == 0 || t.left[i] {
				b.WriteString(cell + pad)
			} else {
				b.WriteString(pad + cell)
			}
		}
		out = append(out, strings.TrimRight(b.String(), " "))
	}
	return out
}

// wrap breaks text at spaces so that no line is longer than width, the first
// behind first and the others behind rest, which are of equal length. A word
// that does not fit a line is cut.
func wrap(text, first, rest string, width int) []string {
	room := width - utf8.RuneCountInString(first)
	var out []string
	indent := first
	var current []rune
	flush := func() {
		out = append(out, strings.TrimRight(indent+string(current), " "))
		indent, current = rest, nil
	}
	for word := range strings.FieldsSeq(text) {
		letters := []rune(word)
		if len(current) > 0 && len(current)+1+len(letters) > room {
			flush()
		}
		if len(current) > 0 {
			current = append(current, ' ')
		}
		for len(letters) > room {
			current = append(current, letters[:room]...)
			letters = letters[room:]
			flush()
		}
		current = append(current, letters...)
	}
	if len(current) > 0 || len(out) == 0 {
		flush()
	}
	return out
}
