// Package crowd has users who have no streams of their own: those of an external component, or of the domains of a server that is
// the rig itself. All they say goes over the streams of a [Carrier].
//
//	c := crowd.New(carrier, "jabber:component:accept")
//	go component.Run(c.Deliver)
//	conn, jid, err := c.Join("user7", "bots.example.org", "rig")
//
// The connection is one that a client would have after binding, so that whoever drives clients drives these too: what is written
// are stanzas without from, what is read are those that came for the user, and the footer takes leave.
//
// # The part of a server
//
// A crowd does what a server would do for its users, and no more: it puts their address on what they send, broadcasts their presence
// to whom they have approved, answers probes (RFC 6121 §4.3.2), requests to their accounts and to its domains (ping, disco#info,
// the roster, which is empty), keeps requests for subscription for who has not come yet, and sends back what comes for nobody. Who was approved is forgotten when the user leaves.
package crowd
