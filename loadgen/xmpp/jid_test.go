package xmpp

import (
	"errors"
	"strings"
	"testing"
)

func TestParseJID(t *testing.T) {
	long := strings.Repeat("a", maxPart+1)
	for _, c := range []struct{ in, local, domain, resource string }{
		{"juliet@example.com", "juliet", "example.com", ""},
		{"juliet@example.com/foo", "juliet", "example.com", "foo"},
		{"juliet@example.com/foo bar", "juliet", "example.com", "foo bar"},
		{"juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar"},
		{"juliet@example.com/a/b", "juliet", "example.com", "a/b"},
		{`foo\20bar@example.com`, `foo\20bar`, "example.com", ""},
		{"fussball@example.com", "fussball", "example.com", ""},
		{"fußball@example.com", "fußball", "example.com", ""},
		{"π@example.com", "π", "example.com", ""},
		{"Σ@example.com/foo", "σ", "example.com", "foo"},
		{"σ@example.com", "σ", "example.com", ""},
		{"king@example.com/♚", "king", "example.com", "♚"},
		{"example.com", "", "example.com", ""},
		{"example.com/foobar", "", "example.com", "foobar"},
		{"a.example.com/b@example.net", "", "a.example.com", "b@example.net"},
		{"JULIET@Example.COM.", "juliet", "example.com", ""},
		{"a@xn--bcher-kva.example", "a", "bücher.example", ""},
		{"a@BÜCHER.example", "a", "bücher.example", ""},
		{"a@127.0.0.1", "a", "127.0.0.1", ""},
		{"a@[::1]/x", "a", "[::1]", "x"},
		{"a@[2001:DB8:0::1]", "a", "[2001:db8::1]", ""},
		{"ｊuliet@example.com", "juliet", "example.com", ""},
	} {
		j, err := ParseJID(c.in)
		if err != nil {
			t.Errorf("ParseJID(%q): %v", c.in, err)
			continue
		}
		if j.Local() != c.local || j.Domain() != c.domain || j.Resource() != c.resource {
			t.Errorf("ParseJID(%q) = %q %q %q", c.in, j.Local(), j.Domain(), j.Resource())
		}
		if got := j.Bare().String() + "/" + c.resource; strings.TrimSuffix(got, "/") != strings.TrimSuffix(j.String(), "/") {
			t.Errorf("Bare(%q) = %q", c.in, j.Bare())
		}
	}
	for _, c := range []struct{ in, part string }{
		{"", "domainpart"}, {"@example.com", "localpart"}, {"example.com/", "resourcepart"}, {"a@", "domainpart"},
		{`"juliet"@example.com`, "localpart"}, {"foo bar@example.com", "localpart"}, {"@/x", "localpart"},
		{"henryⅣ@example.com", "localpart"}, {"♚@example.com", "localpart"}, {"a@b@c", "domainpart"},
		{"juliet@example.com/ \x00", "resourcepart"}, {"a:b@example.com", "localpart"}, {"..", "domainpart"}, {"a..b", "domainpart"},
		{"a@[::1", "domainpart"}, {"a@[fe80::1%eth0]", "domainpart"}, {"a@ex ample", "domainpart"}, {"a@\xff", "domainpart"},
		{long + "@example.com", "localpart"}, {"a@example.com/" + long, "resourcepart"}, {"a@" + long, "domainpart"},
		{"ℵe", "domainpart"}, {"a\xff@example.com", "localpart"}, {"a@example.com/x\xff", "resourcepart"},
	} {
		_, err := ParseJID(c.in)
		e, ok := errors.AsType[*JIDError](err)
		if !ok || e.Part != c.part {
			t.Errorf("ParseJID(%.40q) = %v, want a wrong %s", c.in, err, c.part)
		}
	}
}

func FuzzJID(f *testing.F) {
	for _, s := range []string{"juliet@example.com/foo", "Σ@bücher.example/♚", "a@[::1]", "..", "ℵe", "a@xn--bcher-kva", "ﬀ@x/ﬀ", "א@x", "a@‌x", "Ⅷ.x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		j, err := ParseJID(s)
		if err != nil {
			return
		}
		again, err := ParseJID(j.String())
		if err != nil || again != j {
			t.Fatalf("%q gave %q, which gave %q, %v", s, j, again, err)
		}
		if join(j.Local(), j.Domain(), j.Resource()) != j {
			t.Fatalf("%q: parts %q %q %q do not join to it", s, j.Local(), j.Domain(), j.Resource())
		}
	})
}

// TestSecretNotUTF8 keeps two wrong passwords from being prepared to the same.
func TestSecretNotUTF8(t *testing.T) {
	if p, err := prepareSecret("pencil\xff"); err == nil {
		t.Errorf("prepared to %q", p)
	}
}
