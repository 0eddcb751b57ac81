package loadgen

import (
	"context"
	"math/rand/v2"
	"slices"

	"xmpprig/scenarios"
)

// op is one step of a scenario, ready to be run.
type op interface {
	// run does the step. An error ends the iteration.
	run(ctx context.Context, s *session) error
	// rehearse makes the draws that run would make, in the same order, and
	// notes them: it is how a run's plan is known, and hashed, beforehand.
	rehearse(r *rehearsal)
}

// program is a scenario's session with every name resolved.
type program struct {
	start, work, stop []op
	series            []string
	mechanisms        []string // that login steps name
	messages          int      // series of message deliveries; -1: none are sent
	presences         int      // likewise of presence
	copies            int      // series of carbon copies; -1: none are followed
	rooms             roomSeries
	expects           []match
	caps              capabilities
	receipts          receipts
	registers         bool        // accounts are made
	uploads, fetches  bool        // files are put, and fetched
	extends           bool        // requests of extensions are made
	archives          bool        // archives are read
	publishes         bool        // items are published, and followed to those who watch
	resumed           loginSeries // of sessions that come back
	carbons           bool        // copies may come (XEP-0280)
	slots             bool        // sessions exist only within the work: logins come and go
	returns           bool        // the work logs in, so a session without a connection may get one
}

// compile turns the steps of a scenario into a program.
func compile(s *scenarios.Session, devices int) *program {
	p := &program{messages: -1, presences: -1, copies: -1, rooms: roomSeries{-1, -1, -1}, caps: newCapabilities(s.Features), receipts: receipts{receipt: -1, marker: -1, offline: -1}}
	p.start, p.work, p.stop = p.steps(s.Start), p.steps(s.Work), p.steps(s.Stop)
	p.slots, p.returns = !logsIn(p.start), mayLogIn(s.Work)
	if p.messages >= 0 && (p.slots || p.returns) { // recipients may be away
		p.receipts.offline = p.name(seriesOffline)
	}
	if p.messages >= 0 && p.carbons && devices > 1 {
		p.copies = p.name(seriesCarbon)
	}
	return p
}

// loginAt is the place of the first login in start, behind the making of accounts.
func (p *program) loginAt() int {
	return max(0, slices.IndexFunc(p.start, func(o op) bool { _, ok := o.(*login); return ok }))
}

// logsIn says whether the steps leave a session connected.
func logsIn(steps []op) bool {
	for _, o := range steps {
		if _, ok := o.(*login); ok {
			return true
		}
	}
	return false
}

// mayLogIn says whether there is a login among the steps or inside of them.
func mayLogIn(steps []scenarios.Step) bool {
	return slices.ContainsFunc(steps, func(st scenarios.Step) bool {
		switch st := st.(type) {
		case scenarios.Login, scenarios.Reconnect, scenarios.Resume:
			return true
		case scenarios.Repeat:
			return mayLogIn(st.Do)
		case scenarios.Every:
			return mayLogIn(st.Do)
		case scenarios.Choose:
			return slices.ContainsFunc(st.Options, func(o scenarios.Option) bool { return mayLogIn(o.Do) })
		}
		return false
	})
}

func (p *program) steps(steps []scenarios.Step) []op {
	ops := make([]op, 0, len(steps))
	for _, st := range steps {
		ops = append(ops, p.step(st))
	}
	return ops
}

// Names of series beside those of steps.
const (
	seriesLogin            = "login"
	seriesMessageDelivery  = "message.delivery"
	seriesPresenceDelivery = "presence.delivery"
	seriesCarbon           = "message.carbon" // of copies for other devices
)

func (p *program) step(st scenarios.Step) op {
	label := st.Common().Label
	switch st := st.(type) {
	case scenarios.Login:
		p.mechanisms = append(p.mechanisms, st.Mechanism)
		return &login{mechanism: st.Mechanism, series: p.loginSeries(label)}
	case scenarios.Reconnect:
		return &reconnect{login{series: p.loginSeries(seriesLogin)}}
	case scenarios.Presence:
		o := &presence{st, p.name(label)}
		p.presences = p.name(seriesPresenceDelivery)
		return o
	case scenarios.RosterGet:
		return &request{series: p.name(label), payload: rosterGet}
	case scenarios.RosterAdd:
		return &rosterAdd{st, p.name(label)}
	case scenarios.Subscribe:
		return &subscribe{st, p.name(label)}
	case scenarios.Message:
		o := &message{Message: st, series: p.name(label), body: parseTemplate(st.Body)}
		p.messages = p.name(seriesMessageDelivery)
		p.receipts.note(p, &st)
		return o
	case scenarios.Ping:
		return &request{series: p.name(label), to: st.To, payload: ping}
	case scenarios.Disco:
		return &request{series: p.name(label), to: st.To, payload: disco}
	case scenarios.Request:
		return p.request(st)
	case scenarios.Raw:
		return &raw{Raw: st, series: p.name(label), text: parseTemplate(st.XML)}
	case scenarios.Join:
		return &join{st, p.name(label)}
	case scenarios.Leave:
		return &leave{st, p.name(label)}
	case scenarios.Groupchat:
		p.rooms = p.roomSeries()
		return &groupchat{st, p.name(label), parseTemplate(st.Body)}
	case scenarios.Wait:
		return wait{st.For}
	case scenarios.Expect:
		p.expects = append(p.expects, newMatch(st.Match))
		return &expect{st, len(p.expects) - 1, p.name(label)}
	case scenarios.Repeat:
		return &repeat{st.Times, p.steps(st.Do)}
	case scenarios.Every:
		return &every{st.Interval, st.Poisson, st.Times, p.steps(st.Do)}
	case scenarios.Choose:
		return p.choose(st)
	case scenarios.Logout:
		return logout{p.name(label)}
	case scenarios.Disconnect:
		return disconnect{}
	case scenarios.StopReading:
		return stopReading{st.For}
	case scenarios.Vanish:
		return vanish{}
	case scenarios.Resume:
		return &resume{login{series: p.loginSeries(label)}}
	case scenarios.Carbons:
		p.carbons = true
		return carbons{p.name(label)}
	case scenarios.Upload:
		return p.upload(st)
	case scenarios.Register:
		p.registers = true
		return &register{st, p.name(label), p.name(label + ".account")}
	case scenarios.Unregister:
		return unregister{p.name(label)}
	case scenarios.CSI:
		return csi{st, p.name(label)}
	}
	panic("no op for a step type") // a step type was added without its op: TestEveryStepHasAnOp
}

func (p *program) choose(st scenarios.Choose) op {
	c := &choose{}
	for _, o := range st.Options {
		c.total += o.Weight
		c.upTo = append(c.upTo, c.total)
		c.options = append(c.options, p.steps(o.Do))
	}
	return c
}

// name returns the number of a series, new or known.
func (p *program) name(series string) int {
	for i, known := range p.series {
		if known == series {
			return i
		}
	}
	p.series = append(p.series, series)
	return len(p.series) - 1
}

func (p *program) loginSeries(label string) loginSeries {
	return loginSeries{
		all:     p.name(label),
		connect: p.name(label + ".connect"),
		tls:     p.name(label + ".tls"),
		resumed: p.name(label + ".resumed"),
		upgrade: p.name(label + ".upgrade"),
		sasl:    p.name(label + ".sasl"),
		fast:    p.name(label + ".fast"),
		bind:    p.name(label + ".bind"),
	}
}

// drawOption draws one of the options by weight.
func (c *choose) drawOption(r *rand.Rand) []op {
	x := r.Float64() * c.total
	for i, up := range c.upTo {
		if x < up {
			return c.options[i]
		}
	}
	return c.options[len(c.options)-1]
}
