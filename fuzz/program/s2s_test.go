package program

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseServers(t *testing.T) {
	const text = "row 131 a\ntitle t\nstate s2s-features\nlevel MUST\nclause c\nunless feature urn:xmpp:features:dialback\n" +
		"conform attacker dialback result valid|item-not-found from=\"{domain}\" ; accomplice anything ; authority nothing\n\n" +
		"accomplice federate\nattacker dial-s2s\nattacker header\nattacker dialback\nmark\nauthority accept\nauthority accept 200ms\nauthority header\nauthority await verify\n" +
		"authority send \"<db:verify id='{authority.id}'>{authority.key}{authority.shown}{attacker.domain}</db:verify>\"\nattacker await result\nauthority close\n"
	p, err := Parse("p", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if p.String() != text || !p.BetweenServers() || !reflect.DeepEqual(p.Lacks, []string{"urn:xmpp:features:dialback"}) {
		t.Errorf("%s\nbecomes\n%s", text, p)
	}
	if s := p.Lines[0].Seen[0]; s.Type != "result" || !s.Allows("item-not-found") {
		t.Errorf("%+v", s)
	}
	for op, want := range map[string]string{
		"authority dial":                          "does no such thing",
		"authority login":                         "does no such thing",
		"authority sync":                          "does no such thing",
		"authority dial-s2s":                      "are servers that connect",
		"witness federate":                        "are servers that connect",
		"bystander dialback":                      "are servers that connect",
		"attacker accept":                         "only the authority",
		"authority accept x":                      "how long to wait",
		"attacker await reply":                    "await is followed by",
		"attacker send \"{authority.password2}\"": "not known",
	} {
		_, err := Parse("p", []byte("seed a\ntitle a\nstate a\n\n"+op+"\nmark\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", op, err, want)
		}
	}
}

// TestServersStayOnTheirTransport keeps streams between servers from being carried to where there are none.
func TestServersStayOnTheirTransport(t *testing.T) {
	for _, ops := range []string{"attacker federate, mark", "attacker dial-s2s, mark, attacker header", "accomplice federate, mark"} {
		if q, err := Over(judgedOver(t, "", ops), WSS); err == nil {
			t.Errorf("%s becomes %s", ops, opsOf(q))
		}
	}
}
