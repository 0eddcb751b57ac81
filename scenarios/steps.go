package scenarios

import (
	"slices"
	"strings"
	"time"
)

// An entry is one step of the language.
type entry struct {
	name    string
	doc     string
	example string // how it is spelt; its bare name where that is a step
	form    form[Step]
}

// alone says whether the bare name is a step.
func (e entry) alone() bool { return e.example == e.name }

// stepsForm is a list of steps, which may hold lists of steps.
func stepsForm() form[[]Step] {
	var do form[[]Step]
	inner := form[[]Step]{
		what: "a list of steps", schema: schema{"$ref": "#/$defs/steps"}, fits: isSequence,
		read: func(c *reading, n *node) []Step { return do.read(c, n) },
	}
	do = list("a list of steps", stepForm(entries(inner)), 1, 10_000)
	return do
}

// entries is the table of all steps.
func entries(do form[[]Step]) []entry {
	return slices.Concat(sessionEntries(), registrationEntries(), managementEntries(), stanzaEntries(), requestEntries(), roomEntries(), controlEntries(do))
}

// sessionEntries are the steps that begin and end sessions.
func sessionEntries() []entry {
	return []entry{
		{"login", "Connects, secures the stream, authenticates and binds.", "login", short(
			oneOf(mechanisms()...), func(b Base, s string) Step { return Login{b, s} },
			measured(func(s *Login) *Base { return &s.Base },
				key("mechanism", oneOf(mechanisms()...), "The SASL mechanism. Default: the target's.", func(s *Login) *string { return &s.Mechanism })))},
		{"logout", "Closes the stream as RFC 6120 section 4.4 says.", "logout",
			measured(func(s *Logout) *Base { return &s.Base })},
		{"disconnect", "Drops the connection without a word.", "disconnect",
			unmeasured(func(s *Disconnect) *Base { return &s.Base })},
		{"reconnect", "Drops the connection if there is one, and logs in again, which is recorded as login.", "reconnect",
			unmeasured(func(s *Reconnect) *Base { return &s.Base })},
	}
}

// stanzaEntries are the steps that send stanzas.
func stanzaEntries() []entry {
	return []entry{
		{"presence", "Sends presence.", "presence", short(showForm(), func(b Base, s string) Step { return shown(b, s) },
			become(measured(func(s *presenceStep) *Base { return &s.Base },
				key("show", showForm(), "The availability. Default: available.", func(s *presenceStep) *string { return &s.show }),
				key("status", word("a sentence", textPattern, 1000), "A sentence for people to read.", func(s *presenceStep) *string { return &s.Status }),
				key("to", somebody(), "Whom to tell. Default: all who subscribed.", func(s *presenceStep) **Peer { return &s.To })),
				func(_ *reading, _ *node, s Step) Step { return s.(presenceStep).step() }))},
		{"roster", "Fetches the roster, or adds to it, and waits for the answer.", "roster", rosterForm()},
		{"subscribe", "Asks for presence; every session approves what reaches it.", "subscribe: {ring: 10}", short(
			peerForm(), func(b Base, p Peer) Step { return Subscribe{Base: b, To: p} },
			measured(func(s *Subscribe) *Base { return &s.Base },
				must("to", peerForm(), "Whose presence to ask for; a ring asks all its users.", func(s *Subscribe) *Peer { return &s.To }),
				key("within", duration(time.Millisecond, longestTime), "Wait until all have approved, this long at most. Default: go on at once.", func(s *Subscribe) *time.Duration { return &s.Within })))},
		{"message", "Sends a message, which is followed to its recipient.", "message: {to: random, size: 120B}", messageForm()},
		uploadEntry(),
		{"ping", "Sends a ping (XEP-0199) and waits for the answer.", "ping", short(
			somebody(), func(b Base, p *Peer) Step { return Ping{b, p} },
			measured(func(s *Ping) *Base { return &s.Base },
				key("to", somebody(), "Whom to ping. Default: the server.", func(s *Ping) **Peer { return &s.To })))},
		{"disco", "Asks for disco#info (XEP-0030) and waits for the answer.", "disco", short(
			somebody(), func(b Base, p *Peer) Step { return Disco{b, p} },
			measured(func(s *Disco) *Base { return &s.Base },
				key("to", somebody(), "Whom to ask. Default: the server.", func(s *Disco) **Peer { return &s.To })))},
		{"raw", "Sends text as it stands, well-formed or not.", `raw: "<presence id='{id}'/>"`, short(
			template(), func(b Base, s string) Step { return Raw{Base: b, XML: s} },
			measured(func(s *Raw) *Base { return &s.Base },
				must("xml", template(), "The text to send, with placeholders.", func(s *Raw) *string { return &s.XML }),
				key("peer", somebody(), "Who {peer} is.", func(s *Raw) **Peer { return &s.Peer }),
				key("await", truth(), "Whether to wait for the iq result or error with the same {id}. Default: false.", func(s *Raw) *bool { return &s.Await })))},
	}
}

// controlEntries are the steps that wait for and order others.
func controlEntries(do form[[]Step]) []entry {
	return []entry{
		{"wait", "Lets time pass; what arrives meanwhile is handled.", "wait: 1s",
			built(timeDist(), func(b Base, d Dist) Step { return Wait{b, d} })},
		{"expect", "Waits until a stanza has matched, since the iteration began or since the session last passed this step.", "expect: message", short(
			oneOf("message", "presence", "iq"), func(b Base, s string) Step { return Expect{Base: b, Match: Match{Stanza: s}} },
			measured(func(s *Expect) *Base { return &s.Base },
				key("stanza", oneOf("message", "presence", "iq"), "What kind of stanza. Default: any.", func(s *Expect) *string { return &s.Match.Stanza }),
				key("type", word("a stanza's type", `^[a-z]+$`, 64), "Its type attribute. Default: any.", func(s *Expect) *string { return &s.Match.Type }),
				key("from", word("an address", `^[^\s{}]+$`, 3071), "Its sender, a bare or a full address. Default: any.", func(s *Expect) *string { return &s.Match.From }),
				key("contains", word("some text", openPattern, 10_000), "Bytes that its text must hold as received. Default: any.", func(s *Expect) *string { return &s.Match.Contains }),
				key("within", duration(time.Millisecond, longestTime), "The longest wait. Default: load.timeout.", func(s *Expect) *time.Duration { return &s.Within })))},
		{"repeat", "Does steps a number of times.", "repeat: {times: 3, do: [ping]}", built(object("the step repeat", Repeat{},
			must("times", integer(1, 1_000_000), "How many times.", func(s *Repeat) *int { return &s.Times }),
			must("do", do, "The steps.", func(s *Repeat) *[]Step { return &s.Do })),
			func(b Base, s Repeat) Step { s.Base = b; return s })},
		{"every", "Does steps at an interval, each due at its time whether or not the one before is done.", "every: {interval: 30s, do: [ping]}", built(object("the step every", Every{},
			must("interval", duration(time.Millisecond, 24*time.Hour), "The interval, or its mean.", func(s *Every) *time.Duration { return &s.Interval }),
			key("arrivals", arrivals(), arrivalsDoc, func(s *Every) *bool { return &s.Poisson }),
			key("times", integer(1, 1_000_000), "How many times. Default: until the phase ends.", func(s *Every) *int { return &s.Times }),
			must("do", do, "The steps.", func(s *Every) *[]Step { return &s.Do })),
			func(b Base, s Every) Step { s.Base = b; return s })},
		{"choose", "Does one of several lists of steps, by weight.", "choose: [{weight: 3, do: [ping]}, {weight: 1, do: [disco]}]", built(list("a list of options {weight: N, do: [STEP, …]}", optionForm(do), 1, 1000),
			func(b Base, o []Option) Step { return Choose{b, o} })},
	}
}

func optionForm(do form[[]Step]) form[Option] {
	return object("an option", Option{Weight: 1},
		key("weight", positive(1_000_000), "How often it is chosen, beside the others' weights. Default: 1.", func(o *Option) *float64 { return &o.Weight }),
		must("do", do, "The steps.", func(o *Option) *[]Step { return &o.Do }))
}

// presenceStep is Presence as it is spelt.
type presenceStep struct {
	Presence
	show string
}

func showForm() form[string] {
	return oneOf("available", "away", "chat", "dnd", "xa", "unavailable")
}

func shown(b Base, show string) Presence {
	switch show {
	case "available":
		return Presence{Base: b}
	case "unavailable":
		return Presence{Base: b, Unavailable: true}
	}
	return Presence{Base: b, Show: show}
}

func (s presenceStep) step() Step {
	p := shown(s.Base, s.show)
	p.Status, p.To = s.Status, s.To
	return p
}

// rosterStep is RosterGet or RosterAdd as they are spelt.
type rosterStep struct {
	RosterAdd
	peer *Peer
}

func rosterForm() form[Step] {
	full := measured(func(s *rosterStep) *Base { return &s.Base },
		key("add", somebody(), "Whom to add; a ring adds all its users, one request each. Default: the roster is fetched.", func(s *rosterStep) **Peer { return &s.peer }),
		key("group", word("a group", textPattern, 1000), "The group to add to. Default: none.", func(s *rosterStep) *string { return &s.Group }))
	full = become(full, func(c *reading, n *node, step Step) Step {
		s := step.(rosterStep)
		if s.peer != nil {
			s.Peer = *s.peer
			if !n.has("as") {
				s.Label = rosterAddLabel
			}
			return s.RosterAdd
		}
		if s.Group != "" {
			c.fail(n.pos, "group needs add", "say whom to add to the group")
		}
		return RosterGet{s.Base}
	})
	return short(oneOf("get"), func(b Base, _ string) Step { return RosterGet{b} }, full)
}

// rosterAddLabel keeps additions to the roster apart from fetching it.
const rosterAddLabel = "roster-add"

func messageForm() form[Step] {
	fields := append(extrasFields(),
		must("to", peerForm(), "Whom to write to.", func(s *Message) *Peer { return &s.To }),
		key("type", oneOf("chat", "normal", "headline"), "The message's type. Default: chat.", func(s *Message) *string { return &s.Type }),
		key("size", sizeDist(), "The size of the body.", func(s *Message) *Dist { return &s.Size }),
		key("body", template(), "The body itself, with placeholders.", func(s *Message) *string { return &s.Body }),
	)
	return become(exactly(measured(func(s *Message) *Base { return &s.Base }, fields...), "size", "body", "reaction", "retract"), func(_ *reading, _ *node, step Step) Step {
		m := step.(Message)
		if m.Type == "" {
			m.Type = "chat"
		}
		return m
	})
}

// template is text with placeholders.
func template() form[string] {
	text := word("some text", openPattern, 200_000)
	text.schema["minLength"] = 1
	return become(text, func(c *reading, n *node, s string) string {
		if s == "" {
			c.fail(n.pos, "the text is empty", "write some, or leave the key out")
		}
		if _, err := Parts(s); err != nil {
			e := err.(*TemplateError) // the only one Parts returns
			c.fail(n.pos, e.Reason, e.Remedy)
		}
		return s
	})
}

// measured is a step whose times are recorded under its label.
func measured[S Step](base func(*S) *Base, fields ...field[S]) form[Step] {
	return unmeasured(base, append(fields,
		key("as", label("a label"), "The name of the step's series in the record. Default: the step's own.",
			func(s *S) *string { return &base(s).Label }))...)
}

// unmeasured is a step without a label of its own choice.
func unmeasured[S Step](base func(*S) *Base, fields ...field[S]) form[Step] {
	var start S
	return become(object("the step", start, fields...), func(c *reading, _ *node, s S) Step {
		b := base(&s)
		b.Pos = c.base.Pos
		if b.Label == "" {
			b.Label = c.base.Label
		}
		return s
	})
}

// built is a step made of one value.
func built[T any](f form[T], build func(Base, T) Step) form[Step] {
	return become(f, func(c *reading, _ *node, v T) Step { return build(c.base, v) })
}

// short is a step that may be spelt by its main value alone.
func short[T any](value form[T], build func(Base, T) Step, full form[Step]) form[Step] {
	return either(value.what+", or "+full.what, built(value, build), full)
}

// stepForm is one step: a word, or one key with what the step needs.
func stepForm(table []entry) form[Step] {
	return form[Step]{"a step", stepSchema(table), func(*node) bool { return true }, func(c *reading, n *node) Step {
		name, body := n, &node{kind: mapping, pos: n.pos}
		switch {
		case n.kind == mapping && len(n.keys) == 1:
			name, body = n.keys[0], n.items[0]
		case n.kind == mapping && len(n.keys) > 1:
			c.fail(n.keys[1].pos, "a step has one key, and "+show(n.keys[1].text)+" follows "+show(n.keys[0].text),
				"indent what belongs to "+show(n.keys[0].text)+" below it, and begin each step with -")
			return nil
		case n.kind != text:
			c.wrong(n, "a step, such as ping or {wait: 1s}")
			return nil
		}
		return c.step(table, n, name, body)
	}}
}

func (c *reading) step(table []entry, n, name, body *node) Step {
	var known []string
	for _, e := range table {
		if e.name == name.text {
			return c.known(e, n, name, body)
		}
		known = append(known, e.name)
	}
	c.fail(name.pos, "unknown step "+show(name.text), suggestion(name.text, known))
	return nil
}

func (c *reading) known(e entry, n, name, body *node) Step {
	switch {
	case n.kind == text && !e.alone():
		c.fail(n.pos, e.name+" needs more than its name", "for example "+e.example)
		return nil
	case body.kind == null && !body.bad:
		c.fail(name.pos, show(e.name)+" has no value", "for example "+e.example)
		return nil
	}
	outer := c.base
	c.base = Base{Pos: name.pos, Label: e.name}
	s := readInto(c, e.form, body)
	c.base = outer
	if body.bad {
		n.bad = true
	}
	return s
}

func stepSchema(table []entry) schema {
	var all []any
	var words []string
	for _, e := range table {
		if e.alone() {
			words = append(words, e.name)
		}
		all = append(all, schema{"type": "object", "properties": schema{e.name: e.form.described(e.doc).schema},
			"required": []string{e.name}, "additionalProperties": false})
	}
	bare := schema{"enum": words, "description": "A step that needs nothing more: " + strings.Join(words, ", ") + "."}
	return schema{"anyOf": append([]any{bare}, all...)}
}
