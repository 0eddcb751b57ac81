package fuzz

import (
	"slices"
	"strings"
	"testing"
)

func TestPrograms(t *testing.T) {
	for _, c := range []struct {
		selection string
		rows      []int // all different ones, sorted
		err       string
	}{
		{"O-5", []int{5}, ""},
		{"5", []int{5}, ""},
		{"O-20…O-22", []int{20, 21, 22}, ""},
		{"O-20-O-22,O-75", []int{20, 21, 22, 75}, ""},
		{"20-22, 75", []int{20, 21, 22, 75}, ""},
		{"O-156", nil, "no program is of O-156"},
		{"O-5,O-156…O-160", nil, "no program is of O-156…O-160"},
		{"O-0", nil, "is no row"},
		{"O-9…O-2", nil, "is no row"},
		{"first", nil, "is no row"},
		{"O-5,", nil, "is no row"},
	} {
		programs, err := Programs(c.selection)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: %v, want %s", c.selection, err, c.err)
		}
		var rows []int
		for _, p := range programs {
			rows = append(rows, p.Row)
		}
		if rows = slices.Compact(rows); !slices.Equal(rows, c.rows) {
			t.Errorf("%q: rows %v, want %v", c.selection, rows, c.rows)
		}
	}
	if all, err := Programs(""); err != nil || len(all) != len(rows(t)) {
		t.Errorf("%d programs, %v", len(all), err)
	}
}
