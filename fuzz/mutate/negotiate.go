package mutate

import "xmpprig/fuzz/program"

// negotiate has a step of the negotiation where it does not belong: a second header, another login, binding, TLS in TLS, compression.
func (d *draft) negotiate() bool {
	op := program.Op{Actor: program.Attacker, Verb: one(d.r, []program.Verb{program.Open, program.Auth, program.Authenticate, program.Bind, program.StartTLS, program.Compress})}
	switch op.Verb {
	case program.Auth:
		op.Arg = one(d.r, []string{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "EXTERNAL"})
	case program.Authenticate:
		op.Mechanism, op.Arg = one(d.r, program.Mechanisms()), one(d.r, inlines())
	}
	at := d.place()
	for range one(d.r, []int{1, 1, 2}) {
		d.insert(at, op)
	}
	return true
}

// insertSend sends something that is known to matter in some state.
func (d *draft) insertSend() bool {
	d.insert(d.place(), send(program.Attacker, d.known()))
	return true
}

// known draws something that servers act upon.
func (d *draft) known() string {
	all := knownSends()
	if chance(d.r, 6) {
		return "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" + d.mechanism() + "'>" + d.words() + "</auth>"
	}
	return one(d.r, all)
}

func knownSends() []string {
	return []string{
		"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{domain}' version='1.0'>",
		"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='nowhere.invalid' version='1.0'>",
		"</stream:stream>",
		"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
		"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><message to='{witness.jid}'><body>x</body></message>",
		"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
		"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'/>",
		"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{b64:\x00{attacker.local}\x00{attacker.password}}</auth>",
		"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{b64:{witness.bare}\x00{attacker.local}\x00{attacker.password}}</auth>",
		"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>{b64:n,,n={attacker.local},r=fyko}</auth>",
		"<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
		"<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'/>",
		"<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>{b64:\x00{attacker.local}\x00{attacker.password}}</initial-response><bind xmlns='urn:xmpp:bind:0'/></authenticate>",
		"<abort xmlns='urn:xmpp:sasl:2'/>",
		"<response xmlns='urn:xmpp:sasl:2'>=</response>",
		"<next xmlns='urn:xmpp:sasl:2' task='UPGR-SCRAM-SHA-256'/>",
		"<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
		"<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
		"<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>",
		"<iq type='set' id='again'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
		"<iq type='set' id='again'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{witness.resource}</resource></bind></iq>",
		"<iq type='set' id='session'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>",
		"<iq type='get' id='old'><query xmlns='jabber:iq:auth'><username>{witness.local}</username></query></iq>",
		"<iq type='set' id='old'><query xmlns='jabber:iq:auth'><username>{witness.local}</username><password>x</password><resource>r</resource></query></iq>",
		"<iq type='get' id='register'><query xmlns='jabber:iq:register'/></iq>",
		"<enable xmlns='urn:xmpp:sm:3' resume='true'/>",
		"<resume xmlns='urn:xmpp:sm:3' previd='{attacker.previous}' h='0'/>",
		"<resume xmlns='urn:xmpp:sm:3' previd='unknown' h='4294967296'/>",
		"<r xmlns='urn:xmpp:sm:3'/>",
		"<a xmlns='urn:xmpp:sm:3' h='4294967295'/>",
		"<a xmlns='urn:xmpp:sm:3'/>",
		"<inactive xmlns='urn:xmpp:csi:0'/>",
		"<presence/>",
		"<presence type='unavailable'/>",
		"<presence><priority>-128</priority></presence>",
		"<presence type='subscribe' to='{witness.bare}'/>",
		"<presence to='room@conference.{domain}/nick'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
		"<iq type='set' id='carbons'><enable xmlns='urn:xmpp:carbons:2'/></iq>",
		"<iq type='get' id='info' to='{domain}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
		"<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>",
		"<iq type='set' id='archive'><query xmlns='urn:xmpp:mam:2' queryid='q'><set xmlns='http://jabber.org/protocol/rsm'><max>-1</max><after>unknown</after></set></query></iq>",
		"<iq type='set' id='publish'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish><item/></publish></pubsub></iq>",
		"<iq type='get' id='card' to='{witness.bare}'><vCard xmlns='vcard-temp'/></iq>",
		"<db:result xmlns:db='jabber:server:dialback' from='nowhere.invalid' to='{domain}'>key</db:result>",
		"<message to='{witness.jid}'><body>between</body></message>",
	}
}
