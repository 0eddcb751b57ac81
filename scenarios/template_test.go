package scenarios

import (
	"slices"
	"testing"
)

func TestParts(t *testing.T) {
	cases := []struct {
		template string
		want     []Part
	}{
		{"", nil},
		{"plain", []Part{{Literal: "plain"}}},
		{"{id}", []Part{{Placeholder: "id"}}},
		{"a{id}{n}b", []Part{{Literal: "a"}, {Placeholder: "id"}, {Placeholder: "n"}, {Literal: "b"}}},
		{"{{id}}", []Part{{Literal: "{id}"}}},
		{"{{{id}}}", []Part{{Literal: "{"}, {Placeholder: "id"}, {Literal: "}"}}},
		{"<a\x00 \xff", []Part{{Literal: "<a\x00 \xff"}}},
	}
	for _, c := range cases {
		got, err := Parts(c.template)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: %+v, %v", c.template, got, err)
		}
	}
	for template, offset := range map[string]int{"{": 0, "a}": 1, "ab{x}": 2, "{id": 0, "{i{d}": 0, "{}": 0, "{ID}": 0} {
		_, err := Parts(template)
		if e, ok := err.(*TemplateError); !ok || e.Offset != offset || e.Remedy == "" {
			t.Errorf("%q: %v", template, err)
		}
	}
}

func TestClosest(t *testing.T) {
	known := []string{"message", "presence", "ping", "roster", "raw"}
	for word, want := range map[string]string{"mesage": "message", "presnece": "presence", "PING": "ping", "rooster": "roster", "gnip": "", "x": "", "": "", "completely": ""} {
		if got := closest(word, known); got != want {
			t.Errorf("closest to %q is %q, want %q", word, got, want)
		}
	}
}
