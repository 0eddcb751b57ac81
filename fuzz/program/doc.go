// Package program is the language of what is sent to a server under test, and the transcript that comes of it.
//
// A program is a text file. Its first part says what is asked of the server; after an empty line follow the operations,
// one a line, of named actors: the attacker, who sends what is to be judged, the witness, to whom it may be addressed,
// the bystander, who has no part in it, and the accomplice, a second connection of the attacker's. Where the attacker comes as a server
// of another domain, the authority is whom the server under test asks about it.
//
//	row 28 undeclared-prefix
//	title a stanza with a prefix that is not bound
//	state bound
//	level MUST
//	clause RFC 6120 §11.3
//	conform attacker stream-error not-well-formed ; witness nothing
//	tolerate attacker error modify not-acceptable ; witness nothing
//
//	attacker login
//	witness login
//	mark
//	attacker send "<message id='probe' to='{witness.jid}'><x:y/></message>"
//	attacker sync
//	witness sync
//
// # Header
//
// The row is one of the table of required answers, and a name that tells the programs of a row apart. Level is what
// breaking it counts as: MUST, SHOULD or MAY. A line conform, tolerate, or deviate LEVEL is one acceptable or known
// outcome: for every actor that it names, the whole sequence of what the actor saw after the mark. Actors that it does not
// name saw nothing. The first line that fits decides; where none fits, the server deviates at the level of the row.
// Instead of a row may stand "class CODE NAME", a shape of bug in the public record (whose numbers "record N…" gives), or
// "seed NAME", a program that only leads somewhere; both need no level, clause or outcome. "origin TEXT" tells how a mutant came
// to be. "unless mechanism NAME" and "unless feature NAMESPACE" make the row not applicable where the last features before the mark
// offered that, "needs feature NAMESPACE" where no features that came before the mark, to whichever actor, had a child in that
// namespace; NAMESPACE#NAME is a child of such a child. "needs mechanism
// NAME" makes it so where no actor was offered that by SASL or SASL2. What SASL2 has inline counts as a feature. "needs service
// NAMESPACE at ADDRESS" asks the address before the mark, as the first actor with a session, whether it has a feature (XEP-0030). "needs
// setting NAME" keeps the program for servers that were set up with one of [Settings], such as a limit that is low enough to be met in
// seconds; texts then have its value as {setting.NAME}. "only TRANSPORT" keeps a program from
// being carried over to another one, and "except TRANSPORT" from being carried over to that one.
//
// What can be seen: nothing, header, features, stream-error CONDITIONS, closed (without a word), footer, sasl-failure CONDITIONS,
// success, challenge, proceed, tls-failure, error TYPE CONDITIONS (a stanza of type error), result (an iq), iq, message,
// presence, element (anything else), unanswered (a sync), garbage (no XMPP), and anything, which is whatever the actor saw; over WebSocket also refused STATUSES (of HTTP), close-frame
// STATUSES, which is closed too, and pong; between servers dialback
// result|verify|any CONDITIONS, which are valid, invalid, those of errors, and request for a key; over BOSH terminated CONDITIONS, which fits a stream error that means the same; under TLS
// handshaken, where it is negotiated anew. Conditions are alternatives a|b; "any" is
// each of them, and xml-not-well-formed, which RFC 3920 had for not-well-formed, is tolerated for it. A stream error counts only when the stream was closed after it. Headers and features that a line does not
// name are passed over. "many" before the kind is one or more of it, one after the other. After stanzas, headers and elements may stand NAME="VALUE" or NAME!="VALUE" for attributes (an absent
// one has the value ""), name= and xmlns= for the element's own name and namespace, body="TEXT", and has="XML" for a child that
// means the same, inside="XML" for one at whatever depth.
// What the authority sees counts only where a line names it, and then it saw that among other things, in this order; "authority
// nothing" is that it was not connected to.
//
// # Operations
//
//	dial          connect
//	dial-tls      connect with direct TLS
//	dial-ws, dial-wss   connect to WebSocket (RFC 7395), the second under TLS; "dial-ws chat" asks for another subprotocol than
//	              xmpp, "dial-ws none" for none
//	dial-bosh     connect for a session over BOSH (XEP-0124), under TLS; "dial-bosh keys" has keys protect its requests
//	header        open a stream, and wait for the features
//	starttls      negotiate TLS: ask for it, and then handshake
//	handshake     do a TLS handshake, whatever the server said
//	compress      negotiate compression by zlib (XEP-0138), after which all is compressed, each send up to a flush
//	dial-component  connect to where external components do (XEP-0114)
//	certificate "KIND=VALUE…"  show a certificate in the handshakes that follow, which says so, a claim a line; see [ClaimKinds]
//	auth NAME     authenticate with a SASL mechanism: PLAIN, EXTERNAL, SCRAM-SHA-1, -256 and -512, and these with -PLUS
//	authenticate NAME ["TEXT"]  authenticate by SASL2 (XEP-0388), and with HT-SHA-256-NONE by the last token (XEP-0484); TEXT is what is
//	              asked for inline
//	bind          bind a resource of the server's choice
//	login         all of these: dial header starttls header auth header bind. "login wss" does the same over another transport:
//	              tls, ws, wss or bosh; "login component" has the actor be the external component
//	send "TEXT"   send bytes; escapes are Go's. "send by=N" writes N bytes at a time
//	frame OPCODE "TEXT"   send one frame over WebSocket; see below
//	raw "TEXT"    send bytes below all framing and compression
//	post "TEXT"   send one request of BOSH (XEP-0124) on a connection of its own, and wait for the answer
//	request "TEXT"   send one request of the session over BOSH; see below
//	sync          ping the server and wait for the answer, which is not judged, or for the end of the stream
//	await WHAT    wait for an element (after a stream error: for the end), a header, the features, the end of the stream, or for
//	              the connection to be closed
//	renegotiate   ask for a TLS handshake under TLS, which is 1.2 then for the actor; nothing can be sent behind it
//	park          leave the connection open and unread until the end of the program, so that another can be made
//	half-close    end one's own direction of the connection
//	close, reset  end the connection, in order or with RST
//	freeze TIME   neither read nor write for a while; "freeze TEXT" for a time that a text becomes: "{attacker.idle+1}s"
//	learn NAME NAMESPACE PATH   keep a value of what came last on the stream, which texts then have as {ACTOR.NAME}; see below
//
// Between servers:
//
//	dial-s2s      connect to the port of servers; "header" then opens a stream from {attacker.domain}, or {accomplice.domain}, to
//	              {domain}, and "sync" has a dialback key verified that is none
//	dialback      prove the domain: send a key, have the authority say that it is valid, and wait for the result (XEP-0220 §2.1)
//	federate      all of these, under TLS where it is offered: dial-s2s header dialback
//	accept        of the authority: wait until the server connects and opens a stream to one of those domains; an earlier
//	              connection is parked. "header" then answers with a header and features. "accept 200ms" waits no longer than
//	              that, where the server need not connect
//	await verify, await result   wait for such an element of dialback, or for the end of the stream. The authority waits for it on any
//	              connection that the server makes, whose header it answers; where it waits for a key to verify, it believes the
//	              server meanwhile, as some ask only who does
//
// Nobody's are "mark", which stands before what is judged, and "repeat N" and "end": what stands between them is done N times.
//
// # WebSocket
//
// What an actor sends over WebSocket goes as messages, one of each element, as it would go over TCP: a stream header becomes <open/>, a
// footer <close/>, and stanzas get the declaration that they would take from the header, so that one program can be played over all
// transports ([Over]). What ends inside an element is a fragment, and the message goes on with what is sent next; what is no XML is one
// message as it is. A frame goes as it is said: its opcode (text, binary, continuation, close, ping, pong, or a number below 16), and what
// is odd about it: part (more of the message follows), unmasked, long (a length of 64 bits), reserved=1…7 (bits that must not be set),
// claims=N (another length than it has). The mask of all others is zero, so that a transcript can be read. Pings have a pong and close
// frames another without being told.
//
// # BOSH
//
// What an actor sends over BOSH goes as the <body/> of requests, one for each send, with the declarations that it would take from the
// header; a header becomes a request for a session, or for a restart of the stream, and a footer a terminate. What ends inside an element
// is held back until it is whole, or the actor does something else: then it goes as it is. At most two requests are under way; while the
// actor waits there is one, which is empty if need be. A request goes as it is said, at once, however many are under way: NAME="VALUE" is
// an attribute of its <body/> instead of the usual one, or besides, and no-NAME leaves one out. rid="+2" is two behind the next one, and
// rid="-1" the last one again; these leave what is next as it is. Of a sequence of keys (§15) {key:N:SEED} is the Nth. The bytes of a raw
// text are a request of HTTP of their own.
//
// # What is learned
//
// The path of learn leads from an element that came on the actor's stream, or a child of such an element, in the namespace, from child to
// child by local names, and ends at a text, or behind @ at an attribute. Where nothing of the kind came, the program is not applicable.
//
//	attacker learn limit urn:xmpp:stream-limits:0 limits/max-bytes
//	attacker send "{attacker.limit+1 bytes:<message to='{witness.jid}'><body>{fill}</body></message>}"
//
// # Texts
//
// In texts stand for what the run knows: {domain}, and of each actor, such as {witness.jid}: jid, bare, local, resource,
// password, stream (the id of the last stream), previous (of the one before), previd (by which a stream that was enabled is
// resumed, XEP-0198), sid (of the last session over BOSH), domain (what the attacker and the accomplice say they serve, new in every play),
// key and id (of the last dialback verify that it received, else "none"), shown (the key of the last result), nonce (of the last challenge), token (XEP-0484), exporter and endpoint (what a channel can be bound
// by); {component.domain} and {component.secret}. {attacker.proof:…} is the last message of SCRAM that begins so, with the proof by the
// actor's password for its exchange; {sha1:…} the hash in hexadecimal, {hmac:KEY TEXT} the code by SHA-256. {b64:…} is the Base64 of its inside, {upper:…} its upper case, {9*…} nine times its inside, {zlib:…} its inside as a zlib stream, {{ and }} a
// brace. {9 bytes:…} is its inside, nine bytes long: {fill}, which stands in it once, becomes as many x as that takes. What is learned or
// set may stand in place of the 9, and to all such a number may be added, as in {attacker.limit-1}. All waits are bounded.
package program
