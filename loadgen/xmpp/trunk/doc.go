// Package trunk carries the stanzas of many users over the streams that servers and components have with one another.
//
// An external component (XEP-0114) is one stream for a whole domain:
//
//	c, err := trunk.OpenComponent(ctx, conn, "bots.example.org", "secret", trunk.Limits{})
//	…
//	go c.Send(stanza) // from any goroutine; a stanza carries from and to
//	err = c.Run(func(e *wire.Element, at time.Time) { … })
//
// [AcceptComponent] is the server's end of it.
//
// A [Peer] is a server of many domains among servers: it opens streams and accepts them, and is the originating, the receiving and the
// authoritative server of dialback (XEP-0220). With PeerOptions.Security streams are encrypted (RFC 6120 §5), and domains proven by
// certificates too (XEP-0178). Several domains may share a stream. What others get wrong it answers as RFC 6120 §8.1 and XEP-0220 §2.5 ask.
//
//	p := trunk.NewPeer(trunk.PeerOptions{Local: isOurs, Dial: dial, Deliver: deliver})
//	p.Serve(listener)
//	err := p.Send("d7.peers.test", "example.org", stanza)
//
// Stanzas are sent as they are given, in the content namespace of the stream: whoever sends them has put from and to there. They
// leave in few pieces, by a goroutine of the stream, so that who sends waits for nobody as long as the peer keeps reading.
package trunk
