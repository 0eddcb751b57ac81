package program

import (
	"strings"
	"testing"
)

// judgedOver is a program whose operations are given, with commas between.
func judgedOver(t *testing.T, header, ops string) *Program {
	t.Helper()
	p, err := Parse("p", []byte("seed a\ntitle a\nstate a\n"+header+"\n"+strings.ReplaceAll(ops, ", ", "\n")+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func opsOf(p *Program) string {
	var all []string
	for _, op := range p.Ops {
		all = append(all, op.String())
	}
	return strings.Join(all, ", ")
}

func TestOver(t *testing.T) {
	for _, c := range []struct {
		header, ops string
		over        Transport
		want        string // or of the error
	}{
		{"", "attacker login, witness login, mark, attacker sync", WSS, "attacker login wss, witness login, mark, attacker sync"},
		{"", "attacker dial, attacker header, attacker starttls, attacker header, mark, accomplice dial", WSS, "attacker dial-wss, attacker header, mark, accomplice dial-wss"},
		{"", "attacker dial, mark, attacker header", WS, "attacker dial-ws, mark, attacker header"},
		{"", "attacker dial, attacker header, mark, attacker starttls", WS, "TLS is not negotiated there"},
		{"", "attacker dial, attacker header, attacker starttls, mark, attacker header", WS, "TLS is not negotiated there"},
		{"", "attacker dial-tls, mark", WSS, "connects by dial-tls"},
		{"", "attacker login wss, mark", WSS, "attacker login wss, mark"},
		{"", "attacker login tls, mark", TCP, "attacker login, mark"},
		{"only tcp\n", "attacker login, mark", WSS, "the program is about tcp"},
		{"only wss\n", "attacker login wss, mark", WSS, "attacker login wss, mark"},
	} {
		p := judgedOver(t, c.header, c.ops)
		before := p.String()
		q, err := Over(p, c.over)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = opsOf(q)
		}
		if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%s over %s: %s, want %s", c.ops, c.over, got, c.want)
		}
		if p.String() != before {
			t.Errorf("%s: the program was changed", c.ops)
		}
		if err == nil && q.Check() != nil {
			t.Errorf("%s: %v", c.ops, q.Check())
		}
	}
}
