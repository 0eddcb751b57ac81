package loopback

import (
	"slices"
	"strings"
	"testing"
)

// TestDefects holds each defect to its meaning: what it does wrong shows on a server that has it, and on none else.
func TestDefects(t *testing.T) {
	shown := map[string]func(*testing.T, string) bool{}
	for _, cases := range []map[string]func(*site) bool{xmlCases, relayCases, loginCases, identityCases, exhaustionCases, serviceCases, webCases, managedCases, roomCases, archiveCases,
		inlineCases, scramCases, externalCases, componentCases, carbonCases, boshCases, serverCases} {
		for name, show := range cases {
			shown[name] = func(t *testing.T, defect string) bool {
				if defect == "" {
					return show(newSite(t))
				}
				return show(newSite(t, defect))
			}
		}
	}
	for name, show := range compressCases {
		shown[name] = func(t *testing.T, defect string) bool {
			if defect == "" {
				return show(t)
			}
			return show(t, defect)
		}
	}
	for name, act := range deadlyCases {
		shown[name] = dies(act)
	}
	for name, b := range boundsCases {
		shown[name] = b.on
	}
	for _, d := range Defects() {
		t.Run(d.Name, func(t *testing.T) {
			show := shown[d.Name]
			if show == nil {
				t.Fatal("no case shows it")
			}
			if !show(t, d.Name) {
				t.Error("it does not show on a server that has it")
			}
			if show(t, "") {
				t.Error("it shows on a correct server")
			}
		})
		delete(shown, d.Name)
	}
	for name := range shown {
		t.Errorf("%s: a case for no defect", name)
	}
}

func TestDefectTable(t *testing.T) {
	seen := map[string]bool{}
	classes, shapes := map[string]bool{}, map[string]bool{}
	for _, d := range Defects() {
		if seen[d.Name] || strings.ToLower(d.Name) != d.Name {
			t.Errorf("%s: the name is taken or not in kebab-case", d.Name)
		}
		seen[d.Name], classes[d.Class], shapes[d.Shape] = true, true, true
		if !slices.Contains(Oracles(), d.Oracle) || !slices.Contains([]string{"MUST", "SHOULD", "MAY"}, d.Level) {
			t.Errorf("%s: no oracle %q, or no level %q", d.Name, d.Oracle, d.Level)
		}
		if d.Meaning == "" || d.Trigger == "" || strings.Contains(d.Meaning+d.Trigger, "\n") || len(d.Record) == 0 {
			t.Errorf("%s: meaning, trigger or record is missing", d.Name)
		}
	}
	for _, c := range strings.Fields("EE PX SM AU ST ID UN RX SL EX LP LG WS ZB DB") {
		if !classes[c] {
			t.Errorf("no defect of class %s", c)
		}
	}
	for _, s := range strings.Fields("a b c d e f g") {
		if !shapes[s] {
			t.Errorf("no defect of shape %s", s)
		}
	}
	for _, o := range Oracles() {
		if !slices.ContainsFunc(Defects(), func(d Defect) bool { return d.Oracle == o }) {
			t.Errorf("no defect for the oracle %s", o)
		}
	}
}

func TestDefectsUnknown(t *testing.T) {
	_, err := New(Options{Defects: []string{"log-flood", "logflood", "x"}})
	if err == nil {
		t.Fatal("unknown names are taken")
	}
	for _, part := range []string{`"logflood"`, `"x"`, "log-flood", "entity-expansion"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v lacks %s", err, part)
		}
	}
}

const (
	ping = "<ping xmlns='urn:xmpp:ping'/>"
	sasl = " xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
)

// deadlyCases are of defects that end the process.
var deadlyCases = map[string]func(*site){
	"deep-recursion": func(x *site) {
		x.session(0, "r").says("<message>" + strings.Repeat("<a>", 20000) + strings.Repeat("</a>", 20000) + "</message>")
	},
	"unknown-namespace-crash":    func(x *site) { x.session(0, "r").says("<iq type='get' id='1'><x xmlns='y'/></iq>") },
	"version-crash":              func(x *site) { x.dial().prolog(strings.Replace(header, "'1.0'>", "'1'>", 1)) },
	"bad-base64-crash":           sayEarly("<auth mechanism='PLAIN'" + sasl + "/><response" + sasl + ">*</response>"),
	"response-before-auth-crash": sayEarly("<response" + sasl + "/>"),
	"stream-error-crash":         func(x *site) { x.session(0, "r").says("<a></b>") },
	"empty-to-crash":             func(x *site) { x.session(0, "r").says("<message to=''/>") },
}

// sayEarly says text after the first header, and reads until a ping ends the stream.
func sayEarly(text string) func(*site) {
	return func(x *site) {
		c := x.dial()
		c.open()
		c.says(text)
	}
}

// xmlCases are those of xmlDefects.
var xmlCases = map[string]func(*site) bool{
	"entity-expansion":         spends(func(x *site) { x.dial().prolog(laughs(8) + header) }),
	"dtd-accepted":             prolog("<!DOCTYPE x [<!ENTITY a 'b'>]>"+header, "<stream:features"),
	"dtd-on-direct-tls":        dtdOnDirectTLS,
	"unbounded-attributes":     spends(func(x *site) { x.session(0, "r").says(manyAttributes(25000)) }),
	"quadratic-token":          spends(func(x *site) { x.session(0, "r").says("<message id='" + strings.Repeat("x", 200<<10) + "'/>") }),
	"quadratic-children":       spends(func(x *site) { x.session(0, "r").says("<message>" + strings.Repeat("<a/>", 20000) + "</message>") }),
	"lang-crash":               func(x *site) bool { return x.longLang() },
	"second-declaration-crash": tracebacks("<?xml version='1.0'?>"),
	"comment-accepted":         answers("<!-- x --><iq type='get' id='after'>"+ping+"</iq>", "id='after'"),
	"instruction-accepted":     answers("<?x y?><iq type='get' id='after'>"+ping+"</iq>", "id='after'"),
	"mismatched-tag-hang":      mismatchedTagHang,
	"chunk-seam":               chunkSeam,
	"split-name":               func(x *site) bool { return !answers("<iq\ttype='get' id='1'>"+ping+"</iq>", "id='1'")(x) },
}

// relayCases are those of relayDefects.
var relayCases = map[string]func(*site) bool{
	"control-relayed":      poisons("<message to='W'><body>&#1;</body></message>"),
	"bad-utf8-relayed":     poisons("<message to='W'><body>\xc3</body></message>"),
	"quote-relayed":        poisons("<message to='W' id=\"it's\"/>"),
	"markup-relayed":       poisons("<message to='W'><subject/><body>&lt;b&gt;</body></message>"),
	"prefix-relayed":       poisons("<message to='W'><x:y/></message>"),
	"nested-stanza-routed": reaches("<message to='nobody@localhost'><x xmlns='a'><message xmlns='jabber:client' to='W'/></x></message>", "<message"),
	"cdata-lost":           reaches("<message to='W'><body>a<![CDATA[b]]>c</body></message>", "<body>ac</body>"),
	"duplicate-delivery":   reaches("<message to='W'><subject/><thread/></message>", "<thread", "<thread"),
	"misdelivery":          reaches("<message to='user0@localhost/W'><body/></message>", "<body"),
}
