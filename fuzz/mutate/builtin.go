package mutate

// The words that are drawn from where the material has none, and beside it where it has some.

func namespaces() []string {
	return []string{"", "jabber:client", "jabber:server", "jabber:component:accept", "http://etherx.jabber.org/streams",
		"urn:ietf:params:xml:ns:xmpp-streams", "urn:ietf:params:xml:ns:xmpp-stanzas", "urn:ietf:params:xml:ns:xmpp-tls",
		"urn:ietf:params:xml:ns:xmpp-sasl", "urn:ietf:params:xml:ns:xmpp-bind", "urn:ietf:params:xml:ns:xmpp-session", "urn:xmpp:sasl:2",
		"jabber:iq:roster", "jabber:iq:auth", "jabber:iq:register", "jabber:iq:private", "jabber:iq:version", "jabber:iq:last", "vcard-temp",
		"jabber:x:data", "urn:xmpp:ping", "urn:xmpp:time", "urn:xmpp:sm:3", "urn:xmpp:carbons:2", "urn:xmpp:mam:2", "urn:xmpp:blocking",
		"http://jabber.org/protocol/disco#info", "http://jabber.org/protocol/disco#items", "http://jabber.org/protocol/muc",
		"http://jabber.org/protocol/muc#user", "http://jabber.org/protocol/muc#owner", "http://jabber.org/protocol/muc#admin",
		"http://jabber.org/protocol/pubsub", "http://jabber.org/protocol/pubsub#owner", "http://jabber.org/protocol/commands",
		"http://jabber.org/protocol/rsm", "http://jabber.org/protocol/compress", "http://jabber.org/protocol/address",
		"http://jabber.org/protocol/bytestreams", "jabber:server:dialback", "urn:xmpp:http:upload:0", "urn:xmpp:push:0", "urn:xmpp:csi:0",
		"http://www.w3.org/XML/1998/namespace", "http://www.w3.org/1999/xhtml", "urn:example:unknown"}
}

func names() []string {
	return []string{"message", "presence", "iq", "error", "body", "subject", "thread", "show", "status", "priority", "query", "item", "group",
		"ping", "bind", "resource", "session", "auth", "response", "abort", "success", "failure", "challenge", "starttls", "proceed", "features",
		"mechanism", "enable", "enabled", "resume", "resumed", "r", "a", "pubsub", "publish", "subscribe", "items", "retract", "create", "configure",
		"x", "field", "value", "set", "max", "after", "before", "fin", "result", "forwarded", "received", "sent", "private", "delay", "stanza-id",
		"vCard", "html", "storage", "command", "compress", "block", "unblock", "blocklist", "active", "inactive", "identity", "feature", "a\u00e9"}
}

func attributes() []string {
	return []string{"to", "from", "id", "type", "xml:lang", "xml:base", "xml:space", "version", "jid", "node", "name", "subscription", "ask",
		"mechanism", "code", "by", "stamp", "h", "previd", "max", "location", "resume", "affiliation", "role", "nick", "action", "sessionid",
		"status", "var", "category", "hash", "ver", "ext", "sid", "queryid", "index", "first", "seconds", "xmlns"}
}

func values() []string {
	return []string{"", " ", "true", "false", "1", "0", "none", "both", "remove", "to", "from", "subscribe", "owner", "admin", "member", "moderator",
		"de", "x-x-x-x", "get", "set", "result", "error", "execute", "1.0", "2.0", "{attacker.stream}", "{attacker.previous}", "{witness.stream}",
		"null", "undefined", "nil", "../../etc/x", "%s%n", "$(x)", "a b", "AA==", "2002-09-10T23:08:25Z", "2002-13-40T25:61:61Z", "-0001-01-01",
		"00000000-0000-0000-0000-000000000000", "{64*a}"}
}

func mechanisms() []string {
	return []string{"PLAIN", "plain", "", "X-UNKNOWN", "ANONYMOUS", "EXTERNAL", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS",
		"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI", "X-OAUTH2", "JABBER-PASSWORD", "PLAIN ", "{21*A}"}
}

func addresses() []string {
	return []string{"", "{witness.jid}", "{witness.bare}", "{witness.bare}/unknown", "{bystander.jid}", "{bystander.bare}", "{accomplice.jid}",
		"{attacker.jid}", "{attacker.bare}", "{attacker.bare}/unknown", "{domain}", "{domain}/r", "nowhere.invalid", "romeo@nowhere.invalid/r",
		"nobody-at-all@{domain}", "nobody-at-all@{domain}/r", "conference.{domain}", "room@conference.{domain}", "room@conference.{domain}/nick",
		"pubsub.{domain}", "localhost", "127.0.0.1", "[::1]", "@{domain}", "{witness.local}@", "/r", "@", "/", "{witness.bare}/", "a@b@{domain}",
		" {witness.bare}", "{witness.bare} ", "a b@{domain}", "{upper:{witness.bare}}", "{upper:{domain}}", "{domain}.", "{witness.local}@{domain}./r",
		"{witness.local}\uff20{domain}", "{witness.bare}/a/b@c", "{1023*a}@{domain}", "{1024*a}@{domain}", "{witness.bare}/{1024*r}",
		"{64*a.}{domain}", "xn--a@{domain}", "a@xn--{domain}", "{witness.local}%{domain}@{domain}", "\\20a@{domain}"}
}

func numbers() []string {
	return []string{"-1", "0", "1", "127", "128", "255", "256", "32767", "32768", "65535", "65536", "2147483647", "2147483648", "-2147483649",
		"4294967295", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
		"18446744073709551615", "18446744073709551616", "1e309", "1e9", "NaN", "0x10", "010", "+1", "1.0", "1,000", " 1", "1 ", "", "-0", "{40*9}",
		"\u0661\u0662", "\uff11"}
}

func texts() []string {
	return []string{"", " ", "x", "&lt;", "&amp;lt;", "]]&gt;", "<message/>", "</stream:stream>", "'", "\"", "a\nb", "a&#13;b", "2002-09-10T23:08:25Z",
		"1969-07-21T02:56:15Z", "9999-12-31T24:00:00Z", "2002-02-30T23:08:25.{30*9}Z", "00000000-0000-0000-0000-000000000000", "AA==", "AA=", "====",
		"!!!!", "{b64:\x00{witness.local}\x00wrong}", "{b64:n,,n=a,r=b}", "{b64:y,,n=,r=}",
		"{b64:{300*a}}", "{attacker.stream}", "{witness.jid}", "{512*x}", "\u00e9\U0001f600"}
}
