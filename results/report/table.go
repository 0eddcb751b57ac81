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

// lines writes the rows, each behind indent. Where the columns do not fit
// textWidth, they move together and the first is cut.
func (t *table) lines(indent string) []string {
	widths := t.widths()
	gap, over := 2, utf8.RuneCountInString(indent)-textWidth
	for _, w := range widths {
		over += w + gap
	}
	if over -= gap; over > 0 {
		gap, over = 1, over-(len(widths)-1)
	}
	if over > 0 {
		widths[0] = max(8, widths[0]-over)
	}
	var out []string
	for _, row := range t.rows {
		text := row[0]
		if len(row) > 1 {
			text = t.row(row, widths, gap)
		}
		out = append(out, strings.TrimRight(indent+text, " "))
	}
	return out
}

func (t *table) widths() []int {
	widths := []int{0}
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
	return widths
}

func (t *table) row(cells []string, widths []int, gap int) string {
	var b strings.Builder
	for i, cell := range cells {
		if i == 0 {
			cell = line(cell, widths[0])
		} else {
			b.WriteString(strings.Repeat(" ", gap))
		}
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i == 0 || t.left[i] {
			b.WriteString(cell + pad)
		} else {
			b.WriteString(pad + cell)
		}
	}
	return b.String()
}

// wrap breaks text at spaces so that no line is longer than width, the first
// behind first and the others behind rest. A word that does not fit a line is
// cut.
func wrap(text, first, rest string, width int) []string {
	room := width - utf8.RuneCountInString(first)
	var out []string
	indent := first
	var current []rune
	flush := func() {
		out = append(out, strings.TrimRight(indent+string(current), " "))
		indent, current = rest, nil
		room = width - utf8.RuneCountInString(rest)
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
