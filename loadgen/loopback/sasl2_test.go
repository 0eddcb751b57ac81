package loopback

import (
	"crypto/tls"
	"encoding/base64"
	"strings"
	"testing"
)

// inlineClient is a client under TLS that has read the features.
func inlineClient(t *testing.T, s *Server, from string) (*client, string) {
	t.Helper()
	c := dialTCP(t, s.TLSAddr())
	c.conn = tls.Client(c.conn, &tls.Config{InsecureSkipVerify: true})
	c.send("%s", strings.Replace(header, " to=", from+" to=", 1))
	c.expect("<stream:stream")
	return c, c.expect("<stream:features>")
}

// TestInlineRefusals has clients that do what SASL2 does not let them: each is told so, and lives as long as the rules allow.
func TestInlineRefusals(t *testing.T) {
	s := newServer(t, Options{SASL2: true, FAST: true, Upgrades: []string{"SCRAM-SHA-512"}, Mechanisms: append(DefaultMechanisms(), "DIGEST-MD5")})
	if err := s.ListenTLS("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	const space = " xmlns='urn:xmpp:sasl:2'"
	plain := base64.StdEncoding.EncodeToString([]byte("\x00user1\x00pw1"))
	good := "<authenticate" + space + " mechanism='PLAIN'><initial-response>" + plain + "</initial-response>"
	for _, c := range []struct {
		name, sends string
		want        []string // one for each answer
	}{
		{"abort of nothing", "<abort" + space + "/>", []string{"<aborted"}},
		{"response to nothing", "<response" + space + ">AA==</response>", []string{"<malformed-request"}},
		{"task of nobody", "<next" + space + " task='UPGR-SCRAM-SHA-512'/>", []string{"<malformed-request"}},
		{"unknown mechanism", "<authenticate" + space + " mechanism='X'/>", []string{"<invalid-mechanism"}},
		{"no mechanism", "<authenticate" + space + "/>", []string{"<invalid-mechanism"}},
		{"not base64", "<authenticate" + space + " mechanism='PLAIN'><initial-response>*</initial-response></authenticate>", []string{"<incorrect-encoding"}},
		{"wrong password", "<authenticate" + space + " mechanism='PLAIN'><initial-response>" + base64.StdEncoding.EncodeToString([]byte("\x00user1\x00pw2")) + "</initial-response></authenticate>", []string{"<not-authorized"}},
		{"answer in another profile", "<authenticate" + space + " mechanism='DIGEST-MD5'/><response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>AA==</response>", []string{"<challenge", "<malformed-request"}},
		{"token without FAST", "<authenticate" + space + " mechanism='HT-SHA-256-NONE'><initial-response>AA==</initial-response></authenticate>", []string{"<malformed-request"}},
		{"FAST without token", good + "<fast xmlns='urn:xmpp:fast:0'/></authenticate>", []string{"<malformed-request"}},
		{"token of nobody", "<authenticate" + space + " mechanism='HT-SHA-256-NONE'><initial-response>bm9ib2R5AHg=</initial-response><user-agent id='a'/><fast xmlns='urn:xmpp:fast:0'/></authenticate>", []string{"<not-authorized"}},
		{"token that is none", "<authenticate" + space + " mechanism='HT-SHA-256-NONE'><initial-response>dXNlcjEAeA==</initial-response><user-agent id='a'/><fast xmlns='urn:xmpp:fast:0'/></authenticate>", []string{"<not-authorized"}},
		{"token of no client", "<authenticate" + space + " mechanism='HT-SHA-256-NONE'><initial-response>dXNlcjEAeA==</initial-response><fast xmlns='urn:xmpp:fast:0'/></authenticate>", []string{"<malformed-request"}},
		{"upgrade, another task", good + "<upgrade xmlns='urn:xmpp:sasl:upgrade:0'>UPGR-SCRAM-SHA-512</upgrade></authenticate><next" + space + " task='X'/>", []string{"<continue", "<malformed-request"}},
		{"upgrade, no hash", good + "<upgrade xmlns='urn:xmpp:sasl:upgrade:0'>UPGR-SCRAM-SHA-512</upgrade></authenticate><next" + space + " task='UPGR-SCRAM-SHA-512'/><task-data" + space + "/>", []string{"<continue", "iterations='4096'", "<malformed-request"}},
		{"upgrade, wrong hash", good + "<upgrade xmlns='urn:xmpp:sasl:upgrade:0'>UPGR-SCRAM-SHA-512</upgrade></authenticate><next" + space + " task='UPGR-SCRAM-SHA-512'/><task-data" + space + "><hash xmlns='urn:xmpp:scram-upgrade:0'>AAAA</hash></task-data>", []string{"<continue", "<salt", "<not-authorized"}},
		{"message before success", "<message/>", []string{"not-authorized"}},
		{"again after success", good + "</authenticate>" + good + "</authenticate>", []string{"<authorization-identifier>user1@localhost</authorization-identifier></success>", "<stream:features><bind", "not-authorized"}},
		{"again when bound", good + "<bind xmlns='urn:xmpp:bind:0'/></authenticate>" + good + "</authenticate>", []string{"<bound", "<stream:features>", "unsupported-stanza-type"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, features := inlineClient(t, s, " from='user1@localhost'")
			for _, part := range []string{"<mechanism>SCRAM-SHA-256</mechanism>", "<bind xmlns='urn:xmpp:bind:0'/>", "HT-SHA-256-EXPR", ">UPGR-SCRAM-SHA-512<"} {
				if !strings.Contains(features, part) {
					t.Fatalf("features without %s: %s", part, features)
				}
			}
			p.send("%s", c.sends)
			for _, want := range c.want {
				p.expect(want)
			}
		})
	}
	if _, features := inlineClient(t, s, ""); strings.Contains(features, "UPGR-") {
		t.Errorf("an upgrade is offered to nobody: %s", features)
	}
	c := dial(t, s)
	c.send("%s", header)
	c.expect("<stream:stream")
	if features := c.expect("<stream:features>"); strings.Contains(features, "urn:xmpp:sasl:2") {
		t.Errorf("SASL2 is offered unencrypted: %s", features)
	}
}
