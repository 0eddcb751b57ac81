package mutate

// forge adds what only servers may say, once or so often that one who removes the first has not removed all (XEP-0359 §6).
func (d *draft) forge(doc *node) bool {
	s := d.stanza(doc)
	if s == nil {
		return false
	}
	into := s
	if all := s.elements(); len(all) > 0 && chance(d.r, 6) {
		into = one(d.r, all)
	}
	forged := one(d.r, forgeries())
	for range one(d.r, []int{1, 1, 2, 3, 16}) {
		d.put(into, parse(forged).kids...)
	}
	return true
}

func forgeries() []string {
	inner := "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z'/>" +
		"<message xmlns='jabber:client' from='{witness.bare}' to='{attacker.bare}' type='chat'><body>forged</body></message></forwarded>"
	return []string{
		"<stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='{attacker.bare}'/>",
		"<stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='{witness.bare}'/>",
		"<stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='{domain}'/>",
		"<stanza-id xmlns='urn:xmpp:sid:0'/>",
		"<origin-id xmlns='urn:xmpp:sid:0' id='forged'/>",
		"<delay xmlns='urn:xmpp:delay' from='{domain}' stamp='2002-09-10T23:08:25Z'/>",
		"<x xmlns='jabber:x:delay' from='{domain}' stamp='20020910T23:08:25'/>",
		"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>",
		"<received xmlns='urn:xmpp:carbons:2'>" + inner + "</received>",
		"<sent xmlns='urn:xmpp:carbons:2'>" + inner + "</sent>",
		"<private xmlns='urn:xmpp:carbons:2'/>",
		"<result xmlns='urn:xmpp:mam:2' queryid='q' id='forged'>" + inner + "</result>",
		"<archived xmlns='urn:xmpp:mam:tmp' by='{attacker.bare}' id='forged'/>",
		"<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator' jid='{witness.jid}'/><status code='110'/></x>",
		"<x xmlns='http://jabber.org/protocol/muc#user'><invite from='{witness.bare}'/><decline from='{witness.bare}'/></x>",
		"<x xmlns='jabber:x:conference' jid='room@conference.{domain}'/>",
		"<x xmlns='jabber:x:oob'><url>http://nowhere.invalid/</url></x>",
		"<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='n'><item id='i'/></items></event>",
		"<addresses xmlns='http://jabber.org/protocol/address'><address type='to' jid='{witness.jid}'/><address type='noreply'/></addresses>",
		"<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://nowhere.invalid' ver='AAAA'/>",
		"<nick xmlns='http://jabber.org/protocol/nick'>{witness.local}</nick>",
		"<hats xmlns='urn:xmpp:hats:0'><hat uri='urn:example:admin' title='Admin'/></hats>",
		"<request xmlns='urn:xmpp:receipts'/><received xmlns='urn:xmpp:receipts' id='forged'/>",
		"<replace xmlns='urn:xmpp:message-correct:0' id='forged'/>",
		"<apply-to xmlns='urn:xmpp:fasten:0' id='forged'><moderated xmlns='urn:xmpp:message-moderate:0' by='{domain}'/></apply-to>",
		"<no-store xmlns='urn:xmpp:hints'/><no-copy xmlns='urn:xmpp:hints'/>",
		"<encryption xmlns='urn:xmpp:eme:0' namespace='urn:example:a'/>",
		"<idle xmlns='urn:xmpp:idle:1' since='1969-07-21T02:56:15Z'/>",
	}
}
