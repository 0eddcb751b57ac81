package scenarios

import "strconv"

func printSteps(steps []Step) *node {
	l := listOf()
	for _, s := range steps {
		l.items = append(l.items, printStep(s))
	}
	return l
}

// printStep spells a step as shortly as the language lets it.
func printStep(s Step) *node {
	name, body := nameOf(s), printBody(s)
	if name == rosterAddLabel {
		name = "roster"
	}
	if label := s.Common().Label; label != nameOf(s) {
		if body.kind != mapping || bodyIsValue(s) {
			body = mapOf().put(mainKey(s), body)
		}
		body.put("as", quoted(label))
	}
	if body.kind == mapping && len(body.keys) == 0 {
		return bare(name)
	}
	return mapOf().put(name, body)
}

// bodyIsValue says whether printBody returned the step's main value alone.
func bodyIsValue(s Step) bool {
	switch v := s.(type) {
	case Subscribe:
		return v.Within == 0
	case Ping:
		return v.To != nil
	case Disco:
		return v.To != nil
	}
	return false
}

// mainKey is the key of a step's main value.
func mainKey(s Step) string {
	switch s.(type) {
	case Login:
		return "mechanism"
	case Presence:
		return "show"
	case Expect:
		return "stanza"
	case Raw:
		return "xml"
	case CSI:
		return "state"
	}
	return "to"
}

// printBody returns what stands after the step's name: its main value where
// that is all there is, else a mapping, which may be empty.
func printBody(s Step) *node {
	m := mapOf()
	switch v := s.(type) {
	case Login:
		return m.put("mechanism", quoted(v.Mechanism))
	case Presence:
		return v.printBody()
	case CSI:
		return bare(v.state())
	case RosterAdd:
		return m.put("add", v.Peer.print()).put("group", quoted(v.Group))
	case Subscribe:
		if v.Within == 0 {
			return v.To.print()
		}
		return m.put("to", v.To.print()).put("within", lasting(v.Within))
	case Message:
		return v.printBody()
	case Ping:
		return orNothing(printPeer(v.To))
	case Disco:
		return orNothing(printPeer(v.To))
	case Request:
		return v.printBody()
	case Upload:
		return v.printBody()
	case Register:
		return v.printBody()
	case Raw:
		return v.printBody()
	case Join:
		return v.printBody()
	case Groupchat:
		return v.printBody()
	case Expect:
		return m.put("stanza", quoted(v.Match.Stanza)).put("type", quoted(v.Match.Type)).put("from", quoted(v.Match.From)).
			put("contains", quoted(v.Match.Contains)).put("within", lasting(v.Within))
	}
	return printControl(s)
}

func orNothing(n *node) *node {
	if n == nil {
		return mapOf()
	}
	return n
}

func (p Presence) printBody() *node {
	show := p.Show
	if p.Unavailable {
		show = "unavailable"
	}
	if show != "" && p.Status == "" && p.To == nil {
		return bare(show)
	}
	return mapOf().put("show", quoted(show)).put("status", quoted(p.Status)).put("to", printPeer(p.To))
}

func (m Message) printBody() *node {
	n := mapOf().put("to", m.To.print())
	if m.Type != "chat" {
		n.put("type", quoted(m.Type))
	}
	if m.MessageExtras.print(n); m.bodyless() {
		return n
	}
	if m.Body != "" {
		return n.put("body", quoted(m.Body))
	}
	return n.put("size", m.Size.print(bytesOf))
}

func (r Raw) printBody() *node {
	if r.Peer == nil && !r.Await {
		return quoted(r.XML)
	}
	n := mapOf().put("xml", quoted(r.XML)).put("peer", printPeer(r.Peer))
	if r.Await {
		n.put("await", bare("true"))
	}
	return n
}

// printControl spells the steps that hold others, and wait.
func printControl(s Step) *node {
	m := mapOf()
	switch v := s.(type) {
	case Wait:
		return v.For.print(secondsOf)
	case StopReading:
		return v.For.print(secondsOf)
	case Repeat:
		return m.put("times", whole(v.Times)).put("do", printSteps(v.Do))
	case Every:
		return m.put("interval", lasting(v.Interval)).put("arrivals", printArrivals(v.Poisson)).
			put("times", whole(v.Times)).put("do", printSteps(v.Do))
	case Choose:
		l := listOf()
		for _, o := range v.Options {
			weight := bare(strconv.FormatFloat(o.Weight, 'f', -1, 64))
			l.items = append(l.items, mapOf().put("weight", weight).put("do", printSteps(o.Do)))
		}
		return l
	}
	return m
}
