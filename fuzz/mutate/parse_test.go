package mutate

import "testing"

func TestParsePrintsTheSame(t *testing.T) {
	for _, p := range rows(t) {
		for _, i := range sends(p) {
			if s := p.Ops[i].Arg; parse(s).print() != s {
				t.Errorf("%q became %q", s, parse(s).print())
			}
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		s        string
		elements int
		texts    int
	}{
		{"", 0, 0},
		{"a", 0, 1},
		{"<a/>", 1, 0},
		{"<a>b<c/>d</a>", 2, 2},
		{"<a b = 'c' d=\"'\" ><e></e ></a>", 2, 0},
		{"<a><b></a>", 2, 0},
		{"<a></b>", 1, 0},
		{"<a b=c/>", 0, 1},
		{"<a b='{b64:<x>'}'>{3*<y/>}</a>", 1, 1},
		{"<a {{='}}'/>", 1, 0},
		{"<!-- <a/> --><?b <a/>?><![CDATA[<a/>]]><!DOCTYPE a [<!ENTITY b 'c'>]><d/>", 1, 0},
		{"<a", 0, 1},
		{"<a b", 0, 1},
		{"</", 0, 0},
		{"<a><", 1, 0},
		{"<1a/>", 0, 1},
	} {
		doc := parse(c.s)
		if got := doc.print(); got != c.s {
			t.Errorf("%q became %q", c.s, got)
		}
		if e, n := len(doc.elements()), len(doc.texts()); e != c.elements || n != c.texts {
			t.Errorf("%q: %d elements and %d texts, want %d and %d", c.s, e, n, c.elements, c.texts)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range rows(f) {
		for _, i := range sends(p) {
			f.Add(p.Ops[i].Arg)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc := parse(s)
		if got := doc.print(); got != s {
			t.Errorf("%q became %q", s, got)
		}
		if got := doc.clone().print(); got != s {
			t.Errorf("%q was copied as %q", s, got)
		}
	})
}
