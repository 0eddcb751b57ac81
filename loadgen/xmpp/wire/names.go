package wire

// Namespaces of RFC 6120, RFC 6121 and the extensions that both ends of a stream meet.
const (
	NSClient    = "jabber:client"                          // RFC 6120 §4.8.2
	NSServer    = "jabber:server"                          // RFC 6120 §4.8.2
	NSComponent = "jabber:component:accept"                // XEP-0114
	NSStream    = "http://etherx.jabber.org/streams"       // RFC 6120 §4.8.1
	NSStreams   = "urn:ietf:params:xml:ns:xmpp-streams"    // stream error conditions, RFC 6120 §4.9.2
	NSStanzas   = "urn:ietf:params:xml:ns:xmpp-stanzas"    // stanza error conditions, RFC 6120 §8.3.2
	NSTLS       = "urn:ietf:params:xml:ns:xmpp-tls"        // RFC 6120 §5
	NSSASL      = "urn:ietf:params:xml:ns:xmpp-sasl"       // RFC 6120 §6
	NSSASL2     = "urn:xmpp:sasl:2"                        // XEP-0388
	NSBind2     = "urn:xmpp:bind:0"                        // XEP-0386
	NSFAST      = "urn:xmpp:fast:0"                        // XEP-0484
	NSUpgrade   = "urn:xmpp:sasl:upgrade:0"                // XEP-0480
	NSUpgrSCRAM = "urn:xmpp:scram-upgrade:0"               // XEP-0480 §3
	NSSASLCB    = "urn:xmpp:sasl-cb:0"                     // XEP-0440
	NSBind      = "urn:ietf:params:xml:ns:xmpp-bind"       // RFC 6120 §7
	NSSession   = "urn:ietf:params:xml:ns:xmpp-session"    // RFC 3921 §3
	NSRoster    = "jabber:iq:roster"                       // RFC 6121 §2
	NSRosterVer = "urn:xmpp:features:rosterver"            // RFC 6121 §2.6
	NSPing      = "urn:xmpp:ping"                          // XEP-0199
	NSVersion   = "jabber:iq:version"                      // XEP-0092
	NSTime      = "urn:xmpp:time"                          // XEP-0202
	NSDelay     = "urn:xmpp:delay"                         // XEP-0203
	NSRegister  = "jabber:iq:register"                     // XEP-0077
	NSRegStream = "http://jabber.org/features/iq-register" // XEP-0077, stream feature
	NSDiscoInfo = "http://jabber.org/protocol/disco#info"  // XEP-0030
	NSDiscoItem = "http://jabber.org/protocol/disco#items" // XEP-0030
	NSMUC       = "http://jabber.org/protocol/muc"         // XEP-0045
	NSMUCUser   = "http://jabber.org/protocol/muc#user"    // XEP-0045
	NSMUCOwner  = "http://jabber.org/protocol/muc#owner"   // XEP-0045
	NSData      = "jabber:x:data"                          // XEP-0004
	NSSM        = "urn:xmpp:sm:3"                          // XEP-0198
	NSCarbons   = "urn:xmpp:carbons:2"                     // XEP-0280
	NSReceipts  = "urn:xmpp:receipts"                      // XEP-0184
	NSPubSub    = "http://jabber.org/protocol/pubsub"      // XEP-0060
	NSDialback  = "jabber:server:dialback"                 // XEP-0220
	NSDialFeat  = "urn:xmpp:features:dialback"             // XEP-0220, stream feature
	NSXML       = "http://www.w3.org/XML/1998/namespace"   // bound to the prefix xml
	nsXMLNS     = "http://www.w3.org/2000/xmlns/"          // bound to the prefix xmlns
)
