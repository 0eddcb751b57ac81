package mutate

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"xmpprig/fuzz/program"
)

// probe is a parent that every operation on texts can work on.
func probe(t testing.TB) *program.Program {
	t.Helper()
	p, err := program.Parse("probe.xp", []byte(`seed probe
title a probe
state bound

attacker login
witness login
mark
attacker send "<message id='probe' to='{witness.jid}' type='chat'><body>text</body><x xmlns='urn:example:x' n='1'><y/>u</x></message>"
attacker sync
attacker send "<iq type='get' id='next' to='{domain}'><ping xmlns='urn:xmpp:ping'/></iq>"
attacker sync
witness sync
`))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEveryOperation draws often enough that each operation of each layer must come up.
func TestEveryOperation(t *testing.T) {
	pool := append(rows(t), slices.Repeat([]*program.Program{probe(t)}, 10)...)
	m := testMaterial(pool)
	for _, l := range Layers() {
		seen := map[string]int{}
		r := rand.New(rand.NewPCG(7, 8))
		for range 2500 {
			if _, name, ok := mutate(r, l, one(r, pool), m); ok {
				seen[name]++
			}
		}
		for _, o := range l.operations() {
			if seen[o.name] == 0 {
				t.Errorf("%s: %s never came up", l, o.name)
			}
		}
	}
}

// TestVectors looks for what each operation is there for.
func TestVectors(t *testing.T) {
	for _, c := range []struct {
		layer     Layer
		operation string
		want      string
	}{
		{Order, "negotiate", "\nattacker header\n"},
		{Order, "negotiate", "\nattacker auth PLAIN\n"},
		{Order, "negotiate", "\nattacker bind\n"},
		{Order, "negotiate", "\nattacker starttls\n"},
		{Order, "insert", "<resume xmlns='urn:xmpp:sm:3'"},
		{Order, "repeat", "\nrepeat 50\n"},
		{Order, "cut", "\nattacker reset\n"},
		{Order, "cut", "\nattacker half-close\nattacker await closed\n"},
		{Order, "cross-wire", "to='{attacker.previous}'"},
		{Order, "earlier", "\nstate connected\n"},
		{Order, "earlier", "\nstate authenticated\n"},
		{Order, "same-resource", "<resource>{attacker.resource}</resource>"},
		{Order, "direct-tls", "\nattacker dial-tls\nattacker header\nattacker auth PLAIN\nattacker header\nattacker bind\n"},
		{Order, "company", "\nbystander login\nmark\n"},
		{Order, "again", "\nattacker reset\nattacker login\n"},
		{Tree, "nest", "<body>text<body>text</body></body>"},
		{Tree, "stanza-in-stanza", "<message from='{domain}' to='{witness.jid}'><body>hidden</body></message></message>"},
		{Tree, "namespace", "<body xmlns='jabber:server'>"},
		{Tree, "namespace", "<body xmlns=''>"},
		{Tree, "kind", "<presence id='probe'"},
		{Tree, "forge", "<stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='{domain}'/><stanza-id"},
		{Tree, "forge", "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>"},
		{Tree, "forge", "<status code='110'/>"},
		{Tree, "type", "<iq id='next' to"},
		{Tree, "type", "type=''"},
		{Tree, "type", "type='error'"},
		{Tree, "from", "from='{domain}'"},
		{Tree, "from", "from='{witness.bare}'"},
		{Tree, "to", "to=''"},
		{Tree, "to", "to='{witness.bare}/unknown'"},
		{Tree, "to", "\"<message id='probe' type='chat'>"},
		{Tree, "error", "<error type='wait'><error type='cancel'>"},
		{Tree, "number", "n='18446744073709551616'"},
		{Tree, "number", "n='-1'"},
		{Spelling, "quotes", `<ping xmlns=\"urn:xmpp:ping\"/>`},
		{Spelling, "prefix", "<p0:x xmlns:p0='urn:example:x' n='1'><p0:y/>u</p0:x>"},
		{Spelling, "empty-element", "<y></y>"},
		{Spelling, "cdata", "<body><![CDATA[text]]></body>"},
		{Spelling, "reference", "<body>te&#x78;t</body>"},
		{Spelling, "white-space", "</body\\n>"},
		{Spelling, "redeclaration", "<message id='probe' to='{witness.jid}' type='chat' xmlns='jabber:client'>"},
		{Spelling, "redeclaration", "<y xmlns='urn:example:x'/>"},
		{Syntax, "duplicate-attribute", "id='next' id='next'"},
		{Syntax, "duplicate-expanded", "<y xmlns:b='urn:example:a' xmlns:c='urn:example:a' b:d='e' c:d='f'/>"},
		{Syntax, "unbound-prefix", "<unbound:body>text</unbound:body>"},
		{Syntax, "reserved-prefix", "xmlns:xml='urn:example:a'"},
		{Syntax, "separator", `xmlns='jabber:client\nmessage'`},
		{Syntax, "name-character", "<1body>"},
		{Syntax, "unquoted", "type=chat>"},
		{Syntax, "other-quote", `id='probe\" from='{domain}' x=\"'`},
		{Syntax, "no-value", "<message id to="},
		{Syntax, "no-end", "<body>text<x "},
		{Syntax, "other-end", "<body>text</b>"},
		{Syntax, "unfinished", "<bo<x xmlns"},
		{Syntax, "raw-less-in-value", "type='ch<at'"},
		{Syntax, "comment", "te<!-- a -->xt"},
		{Syntax, "instruction", "te<?a b?>xt"},
		{Syntax, "doctype", "<!DOCTYPE a [<!ENTITY b 'c'>]>"},
		{Syntax, "entity", "te&nbsp;xt"},
		{Syntax, "cdata-end", "te]]>xt"},
		{Syntax, "stray-end", "</stream:stream>"},
		{Bytes, "overlong", `\xc0\xaf`},
		{Bytes, "surrogate", `\xed\xa0\x80`},
		{Bytes, "truncated", `\xe2\x82`},
		{Bytes, "beyond", `\xf4\x90\x80\x80`},
		{Bytes, "byte-order-mark", `\ufeff`},
		{Bytes, "null", `te\x00xt`},
		{Bytes, "null", "te&#0;xt"},
		{Bytes, "noncharacter", `\uffff`},
		{Bytes, "bidirectional", `\u202e`},
		{Bytes, "normalisation", `te\u0301`},
		{Bytes, "fullwidth", `\uff20`},
		{Bytes, "prohibited", `\u2665`},
		{Bytes, "confusable", `b\u043edy`},
		{Bytes, "flip", "text</cody>"},
		{Bytes, "delete", "<bdy>"},
		{Bytes, "duplicate", "<boddy>"},
		{Bytes, "cut-sequence", `\xf0\x9f\x98"`},
		{Bytes, "utf-16", `b\x00o\x00d\x00y\x00`},
		{Transport, "byte-at-a-time", "send by=1 "},
		{Transport, "split", "<message\"\n"},
		{Transport, "split-and-freeze", "\nattacker freeze 200ms\n"},
		{Transport, "coalesce", "</message><iq type"},
		{Transport, "slow-reader", "{1024*<iq type='get'"},
		{Transport, "keepalives", "\nattacker send \" \"\n"},
		{Volume, "text", "te{262144*x}xt"},
		{Volume, "text", "te{65535*x}xt"},
		{Volume, "name", "<body{16384*n}>"},
		{Volume, "value", "{65536*v}'"},
		{Volume, "attributes", " a4095=''>"},
		{Volume, "namespaces", " xmlns:n1023='urn:example:1023' n0:a=''"},
		{Volume, "children", "{292*<body>x</body>}"},
		{Volume, "nesting", "{5461*<a>}x{5461*</a>}"},
		{Volume, "endless", "{65536*x}\"\n"},
		{Volume, "copies", "*<iq type='get' id='next' to='{domain}'><ping xmlns='urn:xmpp:ping'/></iq>}\"\n"},
		{Volume, "repeat", "\nrepeat 500\n"},
		{Volume, "churn", "\nrepeat 100\naccomplice dial\naccomplice header\naccomplice reset\nend\n"},
		{Volume, "slow-write", "\nattacker freeze 20ms\n"},
	} {
		if n := c.layer.find(t, c.operation, c.want); n == 0 {
			t.Errorf("%s %s never gave %q", c.layer, c.operation, c.want)
		}
	}
}

// find counts the draws until an operation gives a mutant with a text in it; 0: it did not.
func (l Layer) find(t *testing.T, name, want string) int {
	t.Helper()
	p := probe(t)
	m := Material{Pool: []*program.Program{p}}
	r := rand.New(rand.NewPCG(11, 12))
	for _, o := range l.operations() {
		for n := 1; n <= 6000 && o.name == name; n++ {
			if q, ok := attempt(r, l, o, p, m); ok && strings.Contains(q.String(), want) {
				return n
			}
		}
	}
	return 0
}

func TestSplices(t *testing.T) {
	p := probe(t)
	other := func(head string) *program.Program {
		q, err := program.Parse("other.xp", []byte("seed other\ntitle other\n"+head))
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	alike := other("state bound\n\nbystander login\nattacker login\nmark\nattacker send \"<other to='{bystander.jid}'/>\"\nattacker sync\n")
	earlier := other("state secured\n\nattacker dial\nattacker header\nattacker starttls\nattacker header\nmark\nattacker send \"<earlier/>\"\nattacker await element\n")
	for _, c := range []struct {
		operation string
		pool      *program.Program
		want      []string
		not       []string
	}{
		{"splice", alike, []string{"state bound", "bystander login\nmark", "<other to='{bystander.jid}'/>"}, []string{"probe' to="}},
		{"append", alike, []string{"<message id='probe'", "<other to='{bystander.jid}'/>"}, nil},
		{"interleave", alike, []string{"<message id='probe'", "accomplice send \"<other", "accomplice login"}, nil},
		{"out-of-order", earlier, []string{"state bound", "attacker login", "<earlier/>"}, []string{"<message"}},
		{"out-of-order", earlier, []string{"state secured", "witness login", "attacker starttls", "<message", "attacker await element"}, []string{"<earlier/>", "attacker login"}},
	} {
		r := rand.New(rand.NewPCG(1, 2))
		found := false
		for range 200 {
			for _, o := range spliceOperations() {
				if q, ok := attempt(r, Order, o, p, Material{Pool: []*program.Program{c.pool}}); ok && o.name == c.operation {
					found = found || has(q.String(), c.want, c.not)
				}
			}
		}
		if !found {
			t.Errorf("%s never gave %q without %q", c.operation, c.want, c.not)
		}
	}
	for _, o := range spliceOperations()[:3] {
		if _, ok := attempt(rand.New(rand.NewPCG(1, 2)), Order, o, p, Material{Pool: []*program.Program{earlier}}); ok {
			t.Errorf("%s of another state", o.name)
		}
	}
}

func has(s string, want, not []string) bool {
	for _, w := range want {
		if !strings.Contains(s, w) {
			return false
		}
	}
	for _, n := range not {
		if strings.Contains(s, n) {
			return false
		}
	}
	return true
}
