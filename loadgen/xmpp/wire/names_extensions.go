package wire

// Namespaces of the extensions that clients of today use.
const (
	NSBlocking    = "urn:xmpp:blocking"                        // XEP-0191
	NSArchive     = "urn:xmpp:mam:2"                           // XEP-0313
	NSPaging      = "http://jabber.org/protocol/rsm"           // XEP-0059
	NSForward     = "urn:xmpp:forward:0"                       // XEP-0297
	NSPubSubOwner = "http://jabber.org/protocol/pubsub#owner"  // XEP-0060
	NSPubSubEvent = "http://jabber.org/protocol/pubsub#event"  // XEP-0060
	NSPubSubError = "http://jabber.org/protocol/pubsub#errors" // XEP-0060
	NSCaps        = "http://jabber.org/protocol/caps"          // XEP-0115
	NSVCardTemp   = "vcard-temp"                               // XEP-0054
	NSVCard4      = "urn:ietf:params:xml:ns:vcard-4.0"         // RFC 6351
	NSVCard4Node  = "urn:xmpp:vcard4"                          // XEP-0292, the node
	NSBookmarks   = "urn:xmpp:bookmarks:1"                     // XEP-0402
	NSPush        = "urn:xmpp:push:0"                          // XEP-0357
	NSUpload      = "urn:xmpp:http:upload:0"                   // XEP-0363
	NSMarkers     = "urn:xmpp:chat-markers:0"                  // XEP-0333
	NSReactions   = "urn:xmpp:reactions:0"                     // XEP-0444
	NSRetract     = "urn:xmpp:message-retract:1"               // XEP-0424
	NSHints       = "urn:xmpp:hints"                           // XEP-0334
	NSOOB         = "jabber:x:oob"                             // XEP-0066
	NSStanzaID    = "urn:xmpp:sid:0"                           // XEP-0359
)
