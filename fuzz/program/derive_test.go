package program

import "testing"

// TestDerive expands the functions of templates. The hash is that of XEP-0114 §3, the code RFC 4231 §4.3's.
func TestDerive(t *testing.T) {
	known := func(name string) (string, bool) {
		switch name {
		case "attacker.stream":
			return "3BF96D32", true
		case "attacker.proof:c=biws,r=3BF96D32":
			return "proven", true
		}
		return "", false
	}
	for _, c := range []struct{ template, want string }{
		{"{sha1:{attacker.stream}test}", "aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e"},
		{"{b64:{hmac:Jefe what do ya want for nothing?}}", "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="},
		{"{upper:{sha1:}}", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"},
		{"{attacker.proof:c=biws,r={attacker.stream}}", "proven"},
	} {
		if got, err := Expand(c.template, known); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.template, got, err, c.want)
		}
	}
	for _, template := range []string{"{sha256:x}", "{nobody.proof:x}", "{hmac:{nobody} x}", "{attacker.proof:other}"} {
		if got, err := Expand(template, known); err == nil {
			t.Errorf("%s: %q", template, got)
		}
	}
}
