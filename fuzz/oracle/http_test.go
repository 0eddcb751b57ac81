package oracle

import (
	"fmt"
	"strings"
	"testing"

	"xmpprig/fuzz/program"
)

// A server may answer in HTTP to what is HTTP, on a port for XMPP too.
func TestAnswersOfHTTP(t *testing.T) {
	for _, c := range []struct{ came, want string }{
		{"HTTP/1.1 403 Forbidden\r\nServer: x\r\n\r\n", "[refused 403]"},
		{"HTTP/1.0 200 OK\r\n\r\n<html/>", "[refused 200]"},
		{"HTTP/1.1 none\r\n\r\n", "[garbage closed]"},
		{"HTTP/", "[garbage closed]"},
		{open, "[header closed]"},
		{"", "[closed]"},
	} {
		var b strings.Builder
		b.WriteString("0.000000 attacker stream\n1.000000 - mark\n")
		for i := range c.came { // in the smallest pieces that there are
			fmt.Fprintf(&b, "2.000000 attacker received %q\n", c.came[i:i+1])
		}
		b.WriteString("3.000000 attacker ended \"EOF\"\n")
		tr, err := program.ParseTranscript("t", []byte(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(Look(tr, program.Attacker)); got != c.want {
			t.Errorf("%q is %s, want %s", c.came, got, c.want)
		}
	}
}
