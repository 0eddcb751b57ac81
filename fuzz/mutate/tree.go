package mutate

import "slices"

func treeOperations() []operation {
	return []operation{
		onTree("duplicate", (*draft).duplicateElement),
		onTree("reorder", (*draft).reorder),
		onTree("drop", (*draft).dropElement),
		onTree("nest", (*draft).nest),
		onTree("unwrap", (*draft).unwrap),
		onTree("stanza-in-stanza", (*draft).stanzaInStanza),
		onTree("graft", (*draft).graft),
		onTree("namespace", (*draft).changeNamespace),
		onTree("name", (*draft).changeName),
		onTree("kind", (*draft).changeKind),
		onTree("attribute", (*draft).changeAttribute),
		onTree("text", (*draft).changeText),
		onTree("forge", (*draft).forge),
		onTree("type", (*draft).changeType),
		onTree("id", (*draft).changeID),
		onTree("to", (*draft).changeTo),
		onTree("from", (*draft).changeFrom),
		onTree("two", (*draft).changeTwo),
		onTree("error", (*draft).errorOfError),
		onTree("number", (*draft).changeNumber),
		onTree("child", (*draft).addChild),
	}
}

// onTree is an operation on the tree of one thing that is sent.
func onTree(name string, change func(*draft, *node) bool) operation {
	return operation{name, func(d *draft) bool {
		all := d.sends()
		for _, i := range d.r.Perm(len(all)) {
			op := &d.p.Ops[all[i]]
			doc := parse(op.Arg)
			if !change(d, doc) {
				continue
			}
			if text := doc.print(); text != "" && text != op.Arg {
				op.Arg = text
				return true
			}
		}
		return false
	}}
}

// element draws an element; nil where there is none.
func (d *draft) element(doc *node) *node {
	all := doc.elements()
	if len(all) == 0 {
		return nil
	}
	return one(d.r, all)
}

// stanza draws an element of the first level, a stanza where there is one.
func (d *draft) stanza(doc *node) *node {
	var all, stanzas []*node
	for _, k := range doc.kids {
		if k.kind == element {
			all = append(all, k)
		}
		if k.isStanza() {
			stanzas = append(stanzas, k)
		}
	}
	switch {
	case len(stanzas) > 0:
		return one(d.r, stanzas)
	case len(all) > 0:
		return one(d.r, all)
	}
	return nil
}

// put places kids somewhere among those of n.
func (d *draft) put(n *node, kids ...*node) {
	at := d.r.IntN(len(n.kids) + 1)
	for _, k := range kids {
		k.up = n
	}
	n.kids = slices.Insert(n.kids, at, kids...)
}

func (d *draft) duplicateElement(doc *node) bool {
	e := d.element(doc)
	if e == nil {
		return false
	}
	at := e.at()
	for range one(d.r, []int{1, 1, 1, 2, 7}) {
		c := e.clone()
		c.up = e.up
		e.up.kids = slices.Insert(e.up.kids, at, c)
	}
	return true
}

// reorder shuffles the children of an element, or what is sent on the first level.
func (d *draft) reorder(doc *node) bool {
	var all []*node
	for _, n := range append(doc.elements(), doc) {
		if len(n.kids) > 1 {
			all = append(all, n)
		}
	}
	if len(all) == 0 {
		return false
	}
	kids := one(d.r, all).kids
	d.r.Shuffle(len(kids), func(i, j int) { kids[i], kids[j] = kids[j], kids[i] })
	return true
}

func (d *draft) dropElement(doc *node) bool {
	e := d.element(doc)
	if e == nil {
		return false
	}
	i := e.at()
	e.up.kids = slices.Delete(e.up.kids, i, i+1)
	return true
}

// nest puts an element into another, or a copy into itself.
func (d *draft) nest(doc *node) bool {
	e, into := d.element(doc), d.element(doc)
	if e == nil {
		return false
	}
	d.put(into, e.clone())
	if chance(d.r, 2) && e != into && !within(into, e) {
		i := e.at()
		e.up.kids = slices.Delete(e.up.kids, i, i+1)
	}
	return true
}

func within(n, outer *node) bool {
	for ; n != nil; n = n.up {
		if n == outer {
			return true
		}
	}
	return false
}

// unwrap puts what is in an element in its place.
func (d *draft) unwrap(doc *node) bool {
	e := d.element(doc)
	if e == nil || len(e.kids) == 0 {
		return false
	}
	i, up := e.at(), e.up
	for _, k := range e.kids {
		k.up = up
	}
	up.kids = slices.Replace(up.kids, i, i+1, e.kids...)
	return true
}

// stanzaInStanza hides a stanza inside of another (CVE-2022-20917).
func (d *draft) stanzaInStanza(doc *node) bool {
	s := d.stanza(doc)
	if s == nil {
		return false
	}
	into := s
	if all := s.elements(); len(all) > 0 && chance(d.r, 2) {
		into = one(d.r, all)
	}
	inner := s.clone()
	if chance(d.r, 2) {
		inner = parse(one(d.r, hiddenStanzas())).kids[0]
	}
	d.put(into, inner)
	return true
}

func hiddenStanzas() []string {
	return []string{
		"<message from='{domain}' to='{witness.jid}'><body>hidden</body></message>",
		"<message xmlns='jabber:client' from='{bystander.jid}' to='{witness.jid}'><body>hidden</body></message>",
		"<message xmlns='jabber:server' from='{domain}' to='{witness.jid}'><body>hidden</body></message>",
		"<iq type='set' from='{witness.bare}' id='hidden'><query xmlns='jabber:iq:roster'><item jid='a@{domain}'/></query></iq>",
		"<presence from='{bystander.bare}' to='{witness.jid}' type='unavailable'/>",
		"<stream:error xmlns:stream='http://etherx.jabber.org/streams'><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
		"<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' to='{domain}' version='1.0'/>",
	}
}

// graft takes an element from another program.
func (d *draft) graft(doc *node) bool {
	if len(d.m.Pool) == 0 {
		return false
	}
	q := one(d.r, d.m.Pool)
	all := sends(q)
	into := d.element(doc)
	if len(all) == 0 || into == nil {
		return false
	}
	graft := d.element(parse(q.Ops[one(d.r, all)].Arg))
	if graft == nil {
		return false
	}
	if chance(d.r, 3) {
		into = doc
	}
	d.put(into, graft)
	return true
}
