package results

import (
	"slices"
	"testing"
)

func TestExitCodesAreFrozen(t *testing.T) {
	want := []ExitCode{0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 130, 143}
	var got []ExitCode
	seen := map[string]bool{}
	for _, e := range exits {
		got = append(got, e.code)
		if e.name == "" || e.text == "" || seen[e.name] || e.code.String() != e.name || e.code.Text() != e.text || e.code.Status() != e.status {
			t.Errorf("%d: name %q, text %q", int(e.code), e.name, e.text)
		}
		seen[e.name] = true
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("codes %v, want %v", got, want)
	}
}

func TestWorst(t *testing.T) {
	worstFirst := []ExitCode{143, 130, 1, 2, 3, 4, 13, 12, 15, 11, 10, 14, 0}
	for i, worse := range worstFirst {
		for _, better := range worstFirst[i:] {
			if got := Worst(better, worse, better); got != worse {
				t.Errorf("Worst(%d, %d) = %d", int(better), int(worse), int(got))
			}
		}
	}
	if got := Worst(); got != ExitPass {
		t.Errorf("Worst() = %v", got)
	}
	if got := Worst(ExitObjective, 77); got != ExitInternal {
		t.Errorf("Worst(10, 77) = %v", got)
	}
	if got := ExitCode(77); got.String() != "exit-77" || got.Status() != StatusFailed {
		t.Errorf("77 is %q, %q", got, got.Status())
	}
}
