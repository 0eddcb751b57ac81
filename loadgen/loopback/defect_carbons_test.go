package loopback

import "strings"

// carbonCases are of defects of copies (XEP-0280).
var carbonCases = map[string]func(*site) bool{
	"carbon-to-another": func(x *site) bool {
		attacker, witness := x.pair()
		other := x.session(2, "o")
		enableCopies(witness)
		attacker.says("<message type='chat' to='" + other.jid + "'><body>x</body></message>")
		got, _ := witness.drain()
		return strings.Contains(strings.Join(got, ""), "<sent ")
	},
	"carbon-from-sender": func(x *site) bool {
		attacker, witness := x.pair()
		second := x.session(1, "second")
		enableCopies(second)
		attacker.says("<message type='chat' to='" + witness.jid + "'><body>x</body></message>")
		got, _ := second.drain()
		all := strings.Join(got, "")
		return strings.HasPrefix(all, "<message") && !strings.Contains(all[:strings.IndexByte(all, '>')], "from='user1@localhost'")
	},
}

func enableCopies(c *client) {
	c.says("<presence/><iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>")
}
