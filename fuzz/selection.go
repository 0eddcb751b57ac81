package fuzz

import (
	"fmt"
	"strconv"
	"strings"

	"xmpprig/corpus"
	"xmpprig/fuzz/program"
)

// Programs returns the shipped programs of the rows that a selection names: rows and ranges of rows with commas between
// them, such as "O-20…O-27,O-75" or "O-20-O-27"; the O- may be left out. An empty selection means all rows. Rows that no
// program asks for are an error.
func Programs(selection string) ([]*program.Program, error) {
	entries, err := corpus.Rows()
	if err != nil {
		return nil, err
	}
	wanted, err := parseSelection(selection)
	if err != nil {
		return nil, err
	}
	var chosen []*program.Program
	for _, e := range entries {
		if len(wanted) > 0 && !within(wanted, e.Row) {
			continue
		}
		p, err := program.Parse(e.File, e.Text)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, p)
	}
	for _, w := range wanted {
		if !w.hit(chosen) {
			return nil, &SelectionError{selection, "no program is of " + w.String()}
		}
	}
	return chosen, nil
}

// SelectionError says what is wrong with a selection of rows.
type SelectionError struct{ Selection, Reason string }

func (e *SelectionError) Error() string { return fmt.Sprintf("rows %q: %s", e.Selection, e.Reason) }

// span is a range of rows, ends included.
type span struct{ first, last int }

func (s span) String() string {
	if s.first == s.last {
		return fmt.Sprintf("O-%d", s.first)
	}
	return fmt.Sprintf("O-%d…O-%d", s.first, s.last)
}

func (s span) hit(programs []*program.Program) bool {
	for _, p := range programs {
		if s.first <= p.Row && p.Row <= s.last {
			return true
		}
	}
	return false
}

func within(all []span, row int) bool {
	for _, s := range all {
		if s.first <= row && row <= s.last {
			return true
		}
	}
	return false
}

func parseSelection(selection string) (all []span, err error) {
	if selection == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(selection, ",") {
		bare := strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(part), "O-", ""), "…", "-")
		from, to, isRange := strings.Cut(bare, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.ParseUint(from, 10, 16)
		last, err2 := strconv.ParseUint(to, 10, 16)
		if err1 != nil || err2 != nil || first > last || first == 0 {
			return nil, &SelectionError{selection, fmt.Sprintf("%q is no row, such as O-20, and no range, such as O-20…O-40", part)}
		}
		all = append(all, span{int(first), int(last)})
	}
	return all, nil
}
