package results

import (
	"strings"
	"testing"
)

func TestParseLabels(t *testing.T) {
	l, err := ParseLabels([]string{"zone=b", "branch=main", "commit=abc123", "note=a=b c"})
	if err != nil || l.String() != "commit=abc123 branch=main note=a=b c zone=b" {
		t.Errorf("%q, %v", l, err)
	}
	if l, err := ParseLabels(nil); l != nil || err != nil {
		t.Errorf("none: %v, %v", l, err)
	}
	for _, c := range []struct{ arg, want string }{
		{"commit", "KEY=VALUE"}, {"=x", "lower-case"}, {"Commit=x", "lower-case"}, {"a b=x", "lower-case"}, {strings.Repeat("k", 41) + "=x", "lower-case"},
		{"commit=", "empty"}, {"commit=a\nb", "printed"}, {"commit=\x1b[1m", "printed"}, {"commit=\xff", "printed"}, {"commit=" + strings.Repeat("v", 201), "201 bytes"},
	} {
		if _, err := ParseLabels([]string{c.arg}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.arg, err, c.want)
		}
	}
	if _, err := ParseLabels([]string{"a=1", "a=2"}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("given twice: %v", err)
	}
	if _, err := ParseLabels(make([]string, 33)); err == nil {
		t.Error("33 labels are accepted")
	}
}
