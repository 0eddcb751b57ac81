package scenarios

import (
	"slices"
	"time"
)

// Request asks for something that an extension offers, and waits for the
// answer. All requests are of this one type; Kind tells them apart, and a kind
// uses the fields that its keys stand for.
type Request struct {
	Base
	Kind    string        // the step's name, such as archive or block
	To      *Peer         // whose account or node it is, a service or a room; nil: one's own account
	Service bool          // at: service: the node is at the publish-subscribe service that the server offers
	Node    string        // {n} is the number of the node's user
	With    *Peer         // archive: messages exchanged with this user alone
	Newest  bool          // archive: from the newest page backwards
	Max     int           // the most items or messages of a page; 0: as many as the server gives
	Pages   int           // archive: the most pages; 0: until it is complete
	Room    string        // bookmark: the room's address
	Size    Dist          // bytes of what is sent
	Payload string        // publish: the payload itself, with placeholders, in place of Size
	Within  time.Duration // how long to try again while there is no such node, or the server asks to
}

// requestKind is one kind of request in the language.
type requestKind struct {
	name, doc, example string
	keys               []string
	need               []string // keys that have to be there
	oneOf              []string // of these keys exactly one has to be there
	timed              []string // series beside the step's own: the label with this behind
}

// requestKinds is the table of all requests.
func requestKinds() []requestKind {
	node := []string{"node"}
	return []requestKind{
		{name: "archive", doc: "Fetches messages from the archive (XEP-0313), page by page, each of which is timed as LABEL.page.", example: "archive",
			keys: []string{"to", "with", "newest", "max", "pages"}, timed: []string{".page"}},
		{name: "publish", doc: "Publishes an item (XEP-0060, XEP-0163), which is followed to those who watch the node.", example: "publish: {node: news, size: 200B}",
			keys: []string{"node", "to", "at", "size", "payload"}, need: node, oneOf: []string{"size", "payload"}},
		{name: "items", doc: "Fetches the items of a node (XEP-0060).", example: "items: {node: news}",
			keys: []string{"node", "to", "at", "max"}, need: node},
		{name: "node-create", doc: "Creates a node (XEP-0060).", example: "node-create: {node: news, at: service}",
			keys: []string{"node", "to", "at", "within"}, need: node},
		{name: "node-subscribe", doc: "Subscribes to a node (XEP-0060).", example: "node-subscribe: {node: news, to: random}",
			keys: []string{"node", "to", "at", "within"}, need: node},
		{name: "node-unsubscribe", doc: "Ends the subscription to a node (XEP-0060).", example: "node-unsubscribe: {node: news, to: random}",
			keys: []string{"node", "to", "at"}, need: node},
		{name: "node-delete", doc: "Deletes a node (XEP-0060).", example: "node-delete: {node: news, at: service}",
			keys: []string{"node", "to", "at", "within"}, need: node},
		{name: "blocklist", doc: "Fetches the list of those who are blocked (XEP-0191).", example: "blocklist"},
		{name: "block", doc: "Blocks somebody (XEP-0191).", example: "block: {to: random}", keys: []string{"to"}, need: []string{"to"}},
		{name: "unblock", doc: "Blocks somebody no more, or nobody where there is no to (XEP-0191).", example: "unblock", keys: []string{"to"}},
		{name: "vcard", doc: "Fetches a vCard: vCard4 (XEP-0292) where accounts have nodes, else vcard-temp (XEP-0054).", example: "vcard", keys: []string{"to"}},
		{name: "vcard-set", doc: "Sets one's own vCard, in the form that vcard fetches, with a note of some size.", example: "vcard-set: {size: 200B}",
			keys: []string{"size", "within"}, need: []string{"size"}},
		{name: "bookmarks", doc: "Fetches one's bookmarks (XEP-0402).", example: "bookmarks"},
		{name: "bookmark", doc: "Keeps a room among one's bookmarks (XEP-0402).", example: "bookmark: {room: room@conference.example.org}",
			keys: []string{"room", "within"}, need: []string{"room"}},
		{name: "push", doc: "Asks for push notifications through a service (XEP-0357).", example: "push: {to: push.example.org, node: device}",
			keys: []string{"to", "node"}, need: []string{"to", "node"}},
		{name: "push-disable", doc: "Asks for push notifications no more (XEP-0357).", example: "push-disable: {to: push.example.org}",
			keys: []string{"to"}, need: []string{"to"}},
	}
}

func requestKindNamed(name string) requestKind {
	all := requestKinds()
	return all[slices.IndexFunc(all, func(k requestKind) bool { return k.name == name })]
}

// requestEntries are the steps of the table.
func requestEntries() []entry {
	var all []entry
	for _, k := range requestKinds() {
		all = append(all, entry{k.name, k.doc, k.example, k.form()})
	}
	return all
}

// form reads one kind of request.
func (k requestKind) form() form[Step] {
	var fields []field[Request]
	for _, f := range requestFields() {
		if slices.Contains(k.keys, f.key) {
			f.need = slices.Contains(k.need, f.key)
			fields = append(fields, f)
		}
	}
	f := measured(func(r *Request) *Base { return &r.Base }, fields...)
	if len(k.oneOf) > 0 {
		f = exactly(f, k.oneOf...)
	}
	return become(f, func(_ *reading, _ *node, s Step) Step {
		r := s.(Request)
		r.Kind = k.name
		return r
	})
}

// requestFields are the keys of all kinds.
func requestFields() []field[Request] {
	return []field[Request]{
		key("to", somebody(), "Whose account or node it is, or the address of a service or room; in node-subscribe a ring stands for all its users, one request each. Default: one's own account; block and push need it.", func(r *Request) **Peer { return &r.To }),
		key("at", atForm(), "Where the node is: at an account, or at the publish-subscribe service that the server offers. Default: account.", func(r *Request) *bool { return &r.Service }),
		key("node", numbered(word("the name of a node", textPattern, 1000)), "The node; {n} is the number of its user.", func(r *Request) *string { return &r.Node }),
		key("with", somebody(), "Whom the messages were exchanged with. Default: anybody.", func(r *Request) **Peer { return &r.With }),
		key("newest", truth(), "Whether to begin with the newest page and go back. Default: false.", func(r *Request) *bool { return &r.Newest }),
		key("max", integer(1, 10_000), "The most items, or messages of a page. Default: as many as the server gives.", func(r *Request) *int { return &r.Max }),
		key("pages", integer(1, 100_000), "The most pages. Default: until there are no more.", func(r *Request) *int { return &r.Pages }),
		key("room", word("the address of a room", "^"+addressPattern+"$", 3071), "The room.", func(r *Request) *string { return &r.Room }),
		key("size", sizeDist(), "The size of what is sent.", func(r *Request) *Dist { return &r.Size }),
		key("payload", template(), "The item's payload itself, XML with placeholders.", func(r *Request) *string { return &r.Payload }),
		key("within", duration(time.Millisecond, longestTime), "How long to try again while there is no such node, or the server asks to try later. Default: not at all.", func(r *Request) *time.Duration { return &r.Within }),
	}
}

func atForm() form[bool] {
	return into(oneOf("account", "service"), func(s string) bool { return s == "service" })
}

// printBody spells the keys that the kind has.
func (r Request) printBody() *node {
	m := mapOf().put("node", quoted(r.Node)).put("to", printPeer(r.To)).put("with", printPeer(r.With)).
		put("room", quoted(r.Room))
	if r.Service {
		m.put("at", bare("service"))
	}
	if r.Newest {
		m.put("newest", bare("true"))
	}
	m.put("max", whole(r.Max)).put("pages", whole(r.Pages)).put("payload", quoted(r.Payload))
	if r.Within > 0 {
		m.put("within", lasting(r.Within))
	}
	if slices.Contains(requestKindNamed(r.Kind).keys, "size") && r.Payload == "" {
		m.put("size", r.Size.print(bytesOf))
	}
	return m
}

// times are the labels under which the request's times are recorded.
func (r Request) times() []string {
	all := []string{r.Label}
	for _, end := range requestKindNamed(r.Kind).timed {
		all = append(all, r.Label+end)
	}
	if r.Kind == "publish" {
		all = append(all, "publish.delivery", "publish.first", "publish.last")
	}
	return all
}

// checkRequest makes sure that a request can do what it says.
func checkRequest(r Request, add func(reason, remedy string)) {
	if r.Service && r.To != nil && r.To.JID != "" {
		add("both the server's service and an address are given", "keep one of at and to, or say whose node it is")
	}
	if r.Kind == "block" && r.To != nil && r.To.Mode == Self {
		add("nobody blocks himself", "block random, paired, user N …")
	}
}
