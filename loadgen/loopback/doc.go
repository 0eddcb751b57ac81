// Package loopback is a small XMPP server, correct or faulty on request: a target that is always at hand, and one whose
// every misdeed is known beforehand.
//
//	s, err := loopback.New(loopback.Options{Users: loopback.UserPattern("user{n}", "secret", 1000)})
//	…
//	err = s.Listen("127.0.0.1:0") // and ListenTLS; or Dial, in memory
//	…
//	err = s.Close()
//	s.Tally() // what it did, exactly
//
// Clients that come with a request for WebSocket (RFC 7395) at /xmpp-websocket find it on the same ports,
// and so do those that come with requests of BOSH (XEP-0124, XEP-0206) for /http-bind.
//
// It speaks XMPP core and instant messaging (RFC 6120, RFC 6121) to clients of one domain: STARTTLS and direct TLS, SASL
// (PLAIN, SCRAM with and without channel binding, OAUTHBEARER, DIGEST-MD5, EXTERNAL, ANONYMOUS), binding, rosters, subscriptions, presence and
// messages, and of the extensions multi-user chat (XEP-0045), ping (XEP-0199), service discovery (XEP-0030), software version (XEP-0092) and, when asked,
// in-band registration (XEP-0077), SASL2 with Bind 2, FAST and upgrades of SCRAM (XEP-0388, XEP-0386, XEP-0484, XEP-0480), an archive (XEP-0313) and messages to those who are away, of which more than there is room for come back with resource-constraint. Its users have nodes
// (XEP-0163), a list of whom they block (XEP-0191, which keeps messages away, not presence) and a vCard (XEP-0054), there is a service with nodes at
// pubsub.DOMAIN (XEP-0060), and push notifications (XEP-0357) are agreed to, though none is sent. It keeps everything in memory.
// Of other domains it knows those of the external components (XEP-0114) that connect to it, and with Options.Federation it has streams
// with other servers: with STARTTLS, EXTERNAL (XEP-0178) and dialback (XEP-0220) in all its roles.
//
// # Choices
//
// Where the specifications leave the answer to the server:
//
//   - A message for a user who is offline, unavailable or unknown comes back with service-unavailable, unless Options.Offline
//     has it wait for a user who exists. One to a bare JID goes to every available session of non-negative priority.
//   - A resource that is bound already goes to the new session; the old one ends with conflict.
//   - A stanza whose from is neither the full nor the bare JID of its session ends the stream with invalid-from. On every other
//     the server puts the sender's full JID (the bare one on subscriptions), whatever from said.
//   - An iq request reaches another user only where that one shares presence with the sender.
//   - Rooms are at conference.DOMAIN. Whoever joins one first makes it and owns it; it is open to everybody as it is, shows who is who,
//     keeps the last twenty messages, and vanishes with its last occupant. Each copy of a message that it hands out is a message to
//     the faults and to the tally.
//   - A stream header must name the prefix stream, and may declare no further namespaces; the stream ends with
//     bad-namespace-prefix or invalid-namespace.
//   - Addresses are compared in lower case, full-width forms as ASCII; canonically equivalent spellings stay different.
//   - Stanza-ids (XEP-0359) that claim to be the server's or a user's of it are taken out of messages and iqs.
//   - Contacts of other domains are in no roster: whoever was approved sees presence as long as the server runs.
//   - A stream of another server is for pairs of domains, one of the server's and one that was proven. A stanza of any other pair ends
//     it: with not-authorized before any was, improper-addressing without both addresses, host-unknown to a domain that is not here, else
//     invalid-from. Answers of dialback that answer nothing are passed over.
//   - A third failed attempt to authenticate, or no session after Options.LoginTimeout, ends the stream with policy-violation.
//     Who has opened no stream by then is cut off without a word.
//   - A client that lets more than Options.Queue bytes wait is cut off without a word.
//   - The features tell how many bytes an element may have (XEP-0478), and, where Options.Bounds has such a limit, how long a session may
//     be silent: it is pinged then, and ends with connection-timeout where as much goes by again. The other bounds are of connections in
//     a row, recipients, and what is not acknowledged.
//
// # Faults
//
// [Faults] makes it lie in known ways, and [Tally] says how often it did. Everything that is held back leaves at its own
// moment: the Linux timer behind it is good to some ten microseconds on an idle machine, so that a distribution of delays comes
// back as it was drawn. Random delays do not keep order, neither between sessions nor within one, as that would change the
// distribution.
//
// # Defects
//
// [Defects] are bugs of the kinds that the public record of XMPP servers knows: expanded entities, limits that one transport lacks,
// stanzas routed before authentication, crashes on the unknown. Options.Defects switches them on by name; without, they cost a
// comparison. Each lies still until somebody sends what its Trigger says, and then shows in the way its Oracle names, so that
// whoever claims to find bugs can be examined:
//
//	s, err := loopback.New(loopback.Options{Defects: []string{"authzid-takeover"}, Log: os.Stderr})
//
// Some end the process, as a panic of a server does; others recover from one, write it to Options.Log with its stack, and let the
// server live. What they waste is bounded: two seconds of CPU for one input, 512 MiB of memory, 16 MiB for one element.
// deep-recursion lowers the largest stack of the whole process to 4 MiB.
package loopback
