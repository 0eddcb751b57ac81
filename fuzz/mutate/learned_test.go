package mutate

import (
	"testing"

	"xmpprig/fuzz/program"
)

// TestNumbered has a number in place of what is neither learned nor set before it is called.
func TestNumbered(t *testing.T) {
	for _, c := range []struct{ before, text, want string }{
		{"", "{attacker.limit+1 bytes:<a>{fill}</a>}", "{1000 bytes:<a>{fill}</a>}"},
		{"", "{attacker.limit}|{setting.max-bytes-2*x}|{attacker.jid}|{domain}", "1000|{1000*x}|{attacker.jid}|{domain}"},
		{"attacker learn limit urn:x a", "{attacker.limit-1*x}{attacker.limit}{witness.limit}", "{attacker.limit-1*x}{attacker.limit}1000"},
		{"witness learn limit urn:x a", "{b64:{attacker.limit}}", "{b64:1000}"},
	} {
		p := &program.Program{}
		if c.before != "" {
			head, err := program.Parse("p", []byte("seed a\ntitle a\nstate a\n\n"+c.before+"\nmark\n"))
			if err != nil {
				t.Fatal(err)
			}
			p.Ops = head.Ops[:1]
		}
		p.Ops = append(p.Ops, send(program.Attacker, c.text))
		number(p)
		if got := p.Ops[len(p.Ops)-1].Arg; got != c.want {
			t.Errorf("%s behind %q becomes %s, not %s", c.text, c.before, got, c.want)
		}
	}
}
