package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A conflict is two or more parts of a scenario that are each right and do not
// go together.
type conflict struct {
	pos            Position // of the step or phase; zero: path starts at the root
	path           []any
	reason, remedy string
	about          []string // what of Overrides can cause it, as flags
}

// check reports the conflicts of a file at their places. Where values are
// missing or wrong, rules that need them keep quiet.
func (c *reading) check(s *Scenario, root *node) {
	users, _ := root.at("users")
	session, whole := root.at("session")
	load, _ := root.at("load")
	k := &checker{Scenario: s, users: s.Load.Sessions > 0 && !users.bad, flow: whole && !session.bad && len(s.Session.Work) > 0}
	k.names = k.flow && !load.bad
	for _, x := range k.conflicts() {
		c.fail(x.place(root), x.reason, x.remedy)
	}
}

// place finds the position that a conflict is shown at.
func (x conflict) place(root *node) Position {
	from := root
	if x.pos != (Position{}) {
		phases, _ := root.at("load", "phases")
		i := slices.IndexFunc(phases.items, func(n *node) bool { return n.pos == x.pos })
		if i < 0 {
			return x.pos
		}
		from = phases.items[i]
	}
	n, _ := from.at(x.path...)
	return n.pos
}

// checker finds conflicts.
type checker struct {
	*Scenario
	users, flow, names bool // the parts that these rules look at are sound
	found              []conflict
}

func (k *checker) add(x conflict) { k.found = append(k.found, x) }

func (k *checker) conflicts() []conflict {
	if k.users {
		k.checkUsers()
	}
	k.checkDevices()
	k.checkTarget()
	k.checkElsewhere()
	k.checkPhases()
	k.checkSteps()
	k.checkRooms()
	if k.flow {
		k.checkFlow()
	}
	if k.names {
		k.checkObjectives()
	}
	return k.found
}

func (k *checker) checkUsers() {
	if k.Users.Count > 0 && k.Users.Count < k.neededUsers() {
		k.add(conflict{path: []any{"users", "count"}, about: []string{"sessions"},
			reason: fmt.Sprintf("%d users are too few for %d sessions", k.Users.Count, k.Load.Sessions),
			remedy: "every session needs a user of its own; leave count out to have as many"})
	}
	if k.Users.Name != "" && k.UserCount() > 1 && !strings.Contains(k.Users.Name, "{n}") {
		k.add(conflict{path: []any{"users", "name"}, about: []string{"user", "sessions"},
			reason: fmt.Sprintf("%d users would all be named %q", k.UserCount(), k.Users.Name),
			remedy: fmt.Sprintf("put {n}, the user's number, into the name: %q", k.Users.Name+"{n}")})
	}
}

// secured is the name of a transport over TLS.
func secured(transport string) string {
	if transport == BOSH {
		return "https"
	}
	return "wss"
}

// checkTarget refuses channel binding without a channel (RFC 5802 section 6),
// STARTTLS within HTTP (RFC 7395 section 3.9), and binding to one of several channels.
func (k *checker) checkTarget() {
	if k.Target.Transport != "" && k.Target.TLS == "starttls" {
		k.add(conflict{path: []any{"target", "tls"}, about: []string{"transport", "tls"},
			reason: "a stream over " + k.Target.Transport + " has no STARTTLS", remedy: "use direct, for " + secured(k.Target.Transport) + ", or none"})
	}
	if k.Target.Transport == BOSH && k.Target.StreamManagement != nil {
		k.add(conflict{path: []any{"target", "stream-management"}, about: []string{"transport", "stream-management"},
			reason: "a session over bosh acknowledges by itself (XEP-0124 section 9)", remedy: "use another transport, or stream-management: none"})
	}
	if k.Target.Transport == BOSH && strings.HasSuffix(k.Target.Mechanism, "-PLUS") {
		k.add(conflict{path: []any{"target", "mechanism"}, about: []string{"transport", "mechanism"},
			reason: k.Target.Mechanism + " binds to one connection, and a session over bosh has two", remedy: "use " + strings.TrimSuffix(k.Target.Mechanism, "-PLUS")})
	}
	k.checkLoginMode()
	if k.Target.TLS == "none" && k.Target.Mechanism == "EXTERNAL" {
		k.add(conflict{path: []any{"target", "mechanism"}, about: []string{"tls", "mechanism"},
			reason: "EXTERNAL goes by certificates of TLS, and tls is none", remedy: "use starttls or direct"})
	}
	k.checkAnonymous()
	if k.Target.TLS == "none" && strings.HasSuffix(k.Target.Mechanism, "-PLUS") {
		k.add(conflict{path: []any{"target", "mechanism"}, about: []string{"tls", "mechanism"},
			reason: k.Target.Mechanism + " binds to TLS, and tls is none",
			remedy: "use " + strings.TrimSuffix(k.Target.Mechanism, "-PLUS") + ", or starttls or direct"})
	}
}

func (k *checker) checkPhases() {
	total := time.Duration(0)
	var seen []string
	for _, p := range k.Load.Phases {
		total += p.Duration
		switch {
		case p.Name == "login", p.Name == "warm-up", p.Name == "drain":
			k.add(conflict{pos: p.Pos, path: []any{"name"}, reason: fmt.Sprintf("the phase name %q is taken", p.Name),
				remedy: "every run has a phase of that name; choose another"})
		case slices.Contains(seen, p.Name):
			k.add(conflict{pos: p.Pos, path: []any{"name"}, reason: fmt.Sprintf("a second phase is named %q", p.Name),
				remedy: "records tell phases apart by name; choose another"})
		}
		seen = append(seen, p.Name)
		if p.Closed != nil && k.Load.Sessions > 0 && p.Closed.Sessions > k.Load.Sessions {
			k.add(conflict{pos: p.Pos, path: []any{"closed", "sessions"}, about: []string{"sessions"},
				reason: fmt.Sprintf("%d sessions of a closed phase are more than the %d that there are", p.Closed.Sessions, k.Load.Sessions),
				remedy: "raise load.sessions, or write all"})
		}
	}
	if total > longestTime {
		k.add(conflict{path: []any{"load", "phases"}, about: []string{"duration"},
			reason: fmt.Sprintf("the phases last %v together, and %v is the most", total, longestTime)})
	}
}

// checkSteps looks at each step on its own.
func (k *checker) checkSteps() {
	kinds := map[string]string{rosterAddLabel: rosterAddLabel}
	for _, e := range entries(form[[]Step]{schema: schema{}}) {
		kinds[e.name] = e.name
	}
	for _, steps := range [][]Step{k.Session.Start, k.Session.Work, k.Session.Stop} {
		for s := range All(steps) {
			k.checkLabel(s, kinds)
			k.checkStep(s)
			if p := peerOf(s); p != nil && k.users {
				k.checkPeer(s, *p)
			}
		}
	}
}

// checkLabel keeps different operations out of one series.
func (k *checker) checkLabel(s Step, kinds map[string]string) {
	b, kind := s.Common(), nameOf(s)
	for _, end := range append(loginParts(), ".delivery", ".page", accountSuffix, slotSuffix, putSuffix, getSuffix, ".first", ".last", serviceSuffix) {
		if strings.HasSuffix(b.Label, end) {
			k.add(conflict{pos: b.Pos, reason: fmt.Sprintf("the label %q ends in %s", b.Label, end),
				remedy: "the rig itself names series like that; choose another"})
		}
	}
	if other, ok := kinds[b.Label]; ok && other != kind {
		k.add(conflict{pos: b.Pos, reason: fmt.Sprintf("the label %q is that of the step %s", b.Label, other),
			remedy: "one series for different operations would mislead; choose another label"})
	}
	kinds[b.Label] = kind
}

func (k *checker) checkStep(s Step) {
	add := func(reason, remedy string) {
		k.add(conflict{pos: s.Common().Pos, reason: reason, remedy: remedy, about: []string{"tls"}})
	}
	switch v := s.(type) {
	case Login:
		if k.Target.TLS == "none" && strings.HasSuffix(v.Mechanism, "-PLUS") {
			add(v.Mechanism+" binds to TLS, and tls is none", "use "+strings.TrimSuffix(v.Mechanism, "-PLUS"))
		}
	case Message:
		checkExtras(v, add)
		if v.Size.Kind == Exponential && v.Size.B == 0 && v.Size.A > largestBody/25 {
			add(fmt.Sprintf("bodies with a mean of %s can grow beyond what servers accept", printSize(int(v.Size.A))),
				fmt.Sprintf("add max, at most %s", printSize(largestBody)))
		}
	case Subscribe:
		if v.To.Mode == Self {
			add("nobody subscribes to himself (RFC 6121 section 3)", "ask for the presence of random, paired, {ring: N} …")
		}
	case RosterAdd:
		if v.Peer.Mode == Self {
			add("nobody is in his own roster (RFC 6121 section 2)", "add random, paired, {ring: N} …")
		}
	case Request:
		checkRequest(v, add)
	case Raw:
		k.checkRaw(v, add)
	case Expect:
		checkMatch(v.Match, add)
	case Resume:
		k.checkManagement(v)
	case Upload:
		checkUpload(v, add)
	case Register:
		k.checkRegister(v, add)
	case Unregister:
		k.checkUnregister(add)
	}
}

// checkRaw makes sure that a raw step can do what it says.
func (k *checker) checkRaw(r Raw, add func(reason, remedy string)) {
	parts, _ := Parts(r.XML) // checked when the file was read
	if uses(parts, "peer") && r.Peer == nil {
		add("the text holds {peer}, and no peer is given", "say who it is: peer: random")
	}
	if r.Await && !uses(parts, "id") {
		add("there is no {id} to await an answer for", "put id='{id}' into the iq")
	}
}

func uses(parts []Part, placeholder string) bool {
	return slices.ContainsFunc(parts, func(p Part) bool { return p.Placeholder == placeholder })
}

// checkMatch wants something to match, and a type that the stanza can have.
func checkMatch(m Match, add func(reason, remedy string)) {
	types := map[string][]string{
		"message":  {"chat", "error", "groupchat", "headline", "normal"},
		"presence": {"error", "probe", "subscribe", "subscribed", "unavailable", "unsubscribe", "unsubscribed"},
		"iq":       {"error", "get", "result", "set"},
	}
	known := types[m.Stanza]
	if m.Stanza == "" {
		known = slices.Concat(types["message"], types["presence"], types["iq"])
	}
	switch {
	case m == Match{}:
		add("the step expects nothing in particular", "say stanza, type, from or contains")
	case m.Type != "" && !slices.Contains(known, m.Type):
		add(fmt.Sprintf("no %s has the type %q (RFC 6121)", cmp.Or(m.Stanza, "stanza"), m.Type), suggestion(m.Type, known))
	}
}

// checkPeer makes sure that there is somebody to talk to.
func (k *checker) checkPeer(s Step, p Peer) {
	n := k.UserCount()
	reason := ""
	switch {
	case p.Mode == Random && n < 2:
		reason = "random needs at least 2 users"
	case p.Mode == Remote && k.Elsewhere == nil:
		reason = "remote needs users elsewhere"
	case p.Mode == Paired && n%2 != 0:
		reason = fmt.Sprintf("paired needs an even number of users, and there are %d", n)
	case p.Mode == Fixed && p.JID == "" && p.N >= n:
		reason = fmt.Sprintf("user %d is not among the %d users, who are numbered from 0", p.N, n)
	case p.Mode == Ring && p.Span >= n:
		reason = fmt.Sprintf("a ring of %d needs more than %d users", p.Span, n)
	default:
		return
	}
	k.add(conflict{pos: s.Common().Pos, reason: reason, remedy: "change users.count, load.sessions, elsewhere or the peer", about: []string{"sessions"}})
}
