package loopback

import (
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	long := strings.Repeat("a", maxPart)
	for _, test := range []struct{ in, want string }{
		{"localhost", "localhost"}, {"LocalHost.", "localhost"}, {"User@Host/Res", "user@host/Res"}, {"a@b/c/d@e", "a@b/c/d@e"},
		{"host/a@b", "host/a@b"}, {"Ünï@exämple", "ünï@exämple"}, {"\uff21\uff22@host", "ab@host"}, {"a@[::1]", "a@[::1]"}, {"a@127.0.0.1", "a@127.0.0.1"},
		{"a@b/x\u00a0y", "a@b/x y"}, {"a@b/" + long, "a@b/" + long}, {long + "@b", long + "@b"},
	} {
		a, err := parseAddress([]byte(test.in))
		if err != nil || a.String() != test.want {
			t.Errorf("%q: %q, %v", test.in, a.String(), err)
		}
		if again, err := parseAddress([]byte(a.String())); err != nil || again.String() != test.want {
			t.Errorf("%q is not stable: %q, %v", test.want, again.String(), err)
		}
	}
	for _, bad := range []string{
		"", "@", "@b", "a@", "/", "a@b/", "a@/r", "a b@c", "a@b c", "a@@b", "a:b@c", "a&b@c", "a'b@c", "a\"b@c", "a<b@c", "a>b@c", "a\x7f@b",
		"a@b..c", "a@.b", "a@-\u2603", "a\u2603@b", "a\uff20b@c", "\uff1aa@b", "a@b/\x00", "a@b/\u0085", "a@[::1", "a@[x]", "a@b:5222", "\xff@b", "a@\xff", "a@b/\xff",
		long + "a@b", "a@b/" + long + "a", "a@" + long + "a", ".",
	} {
		if a, err := parseAddress([]byte(bad)); err == nil {
			t.Errorf("%q is taken for %q", bad, a.String())
		}
	}
}

// TestAddressAllocations keeps the way of a message free of them.
func TestAddressAllocations(t *testing.T) {
	jid := []byte("user1234@localhost/load-1234")
	if n := testing.AllocsPerRun(100, func() {
		if _, err := parseAddress(jid); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("parsing an address allocates %v times", n)
	}
}
