package mutate

import (
	"strings"
	"testing"

	"xmpprig/fuzz/program"
)

func TestSettle(t *testing.T) {
	const bound, streaming, connected = "attacker login\nwitness login\nmark\n", "attacker dial\nattacker header\nmark\n", "attacker dial\nmark\n"
	for _, c := range []struct{ name, ops, want string }{
		{"nothing was looked at", bound + `attacker send "<a/>"`, bound + "attacker send \"<a/>\"\nattacker sync\nwitness sync"},
		{"the witness looked too early", bound + "witness sync\nattacker send \"<a/>\"\nattacker sync", bound + "attacker send \"<a/>\"\nattacker sync\nwitness sync"},
		{"no session, but a stream", streaming + `attacker send "<a/>"`, streaming + "attacker send \"<a/>\"\nattacker await element"},
		{"no stream", connected + `attacker send "<a/>"`, connected + "attacker send \"<a/>\"\nattacker await features"},
		{"the end may not come", connected + "attacker send \"<a/>\"\nattacker await end", connected + "attacker send \"<a/>\"\nattacker await features"},
		{"half-closed", bound + "attacker half-close\nattacker sync\nwitness sync", bound + "attacker half-close\nattacker await closed\nwitness sync"},
		{"closed", bound + "attacker reset\nattacker sync", bound + "attacker reset\nwitness sync"},
		{"one more connection", bound + "attacker reset\nattacker login\nattacker send \"<a/>\"", bound + "attacker reset\nattacker login\nattacker send \"<a/>\"\nattacker sync\nwitness sync"},
		{"somebody who is not there", streaming + "attacker send \"<a/>\"\nattacker await element\nwitness sync\naccomplice send \"<b/>\"", streaming + "attacker send \"<a/>\"\nattacker await element"},
		{"waits in a repeat", streaming + "repeat 50\nattacker send \"<a/>\"\nattacker await element\nend", streaming + "repeat 50\nattacker send \"<a/>\"\nend\nattacker await element"},
		{"waits in a repeat that connects", connected + "repeat 50\nattacker dial\nattacker await element\nend", connected + "repeat 50\nattacker dial\nattacker await element\nend"},
		{"nothing to wait for", streaming + "repeat 50\nattacker await element\nend\nattacker send \"<a/>\"\nattacker await element", streaming + "attacker send \"<a/>\"\nattacker await element"},
		{"what is not known", streaming + "attacker send \"{attacker.jid}{witness.resource}{attacker.previous}{attacker.stream}{{witness.jid}}\"\nattacker await element",
			streaming + "attacker send \"{attacker.bare}{witness.local}{attacker.local}{attacker.stream}{{witness.bare}}\"\nattacker await element"},
	} {
		p, err := program.Parse(c.name, []byte("seed x\ntitle x\nstate x\n\n"+c.ops+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		settle(p)
		_, got, _ := strings.Cut(p.String(), "\n\n")
		if strings.TrimSpace(got) != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}
