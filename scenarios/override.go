package scenarios

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Overrides is what the command line may change in a scenario. A zero value
// or nil changes nothing.
type Overrides struct {
	Sessions    int            // sessions of closed phases are clipped to it
	Rate        float64        // arrivals a second: of constant phases, and the highest of ramps and stairs
	Duration    *time.Duration // of all phases together; they keep their shares
	WarmUp      *time.Duration
	Rooms       int    // of a scenario with rooms
	Occupants   string // of each of them: a number, or a share such as 10%
	Transport   string // websocket and bosh have direct TLS in place of STARTTLS, unless TLS is given too
	TLS         string
	Login       string
	Mechanism   string
	Reconnect   bool
	Restart     *time.Duration // of the server; 0: none
	Management  string         // of streams: resume, acks or none
	Domain      string
	User        string   // pattern of the users' names
	Password    string   // pattern of their passwords
	Objectives  []string // more of them, as ParseObjective reads them
	PeerDomains int      // every second user is at so many domains of the rig
	Federate    string   // every second user is at this server, which is federated with the one under test
	PeerTLS     string   // how servers prove to one another who they are: none, dialback or external
	Component   string   // every second user is behind a component of this domain
	Server      string   // without Domain, a domain that followed from the server follows the new one
}

// OverrideError says that an override does not fit the scenario.
type OverrideError struct {
	Flag   string // as on the command line: "--sessions 3"; several where they clash together
	Reason string
	Remedy string // may be empty
}

func (e *OverrideError) Error() string {
	if e.Remedy == "" {
		return e.Flag + ": " + e.Reason
	}
	return e.Flag + ": " + e.Reason + " (" + e.Remedy + ")"
}

// With returns a copy of the scenario with the overrides in it. Source and Hash
// remain those of the file. The error joins *OverrideError values.
func (s *Scenario) With(o Overrides) (*Scenario, error) {
	w := &overriding{Scenario: s.copy(), flags: map[string]string{}}
	w.load(o)
	w.rooms(o)
	w.target(o)
	w.elsewhereFrom(o)
	w.objectives(o.Objectives)
	if len(w.failed) == 0 {
		w.conflicts()
	}
	if len(w.failed) > 0 {
		return nil, errors.Join(w.failed...)
	}
	return w.Scenario, nil
}

// copy copies what With changes; steps never change.
func (s *Scenario) copy() *Scenario {
	c := *s
	c.Load.Phases = slices.Clone(s.Load.Phases)
	for i := range c.Load.Phases {
		p := &c.Load.Phases[i]
		if p.Open != nil {
			p.Open = &Open{p.Open.Poisson, slices.Clone(p.Open.Pieces)}
		} else {
			p.Closed = &Closed{p.Closed.Sessions}
		}
	}
	c.Objectives = slices.Clone(s.Objectives)
	if s.Rooms != nil {
		r := *s.Rooms
		c.Rooms = &r
	}
	return &c
}

// overriding is a scenario on its way to being another.
type overriding struct {
	*Scenario
	flags  map[string]string // the flags in use and how they were given
	failed []error
}

func (w *overriding) refuse(flag, reason, remedy string) {
	w.failed = append(w.failed, &OverrideError{flag, reason, remedy})
}

// use notes a flag and checks its value with the form that files are read with.
func use[T any](w *overriding, flag, value string, f form[T]) bool {
	w.flags[flag] = "--" + flag + " " + value
	if flag == "password" {
		w.flags[flag] = "--password" // its value belongs in no message
	}
	c := &reading{}
	n := &node{kind: text, text: value}
	if f.schema["type"] == "integer" {
		n.kind = number
	}
	f.read(c, n)
	for _, e := range c.errors {
		w.refuse(w.flags[flag], e.Reason, e.Remedy)
	}
	return len(c.errors) == 0
}

func (w *overriding) load(o Overrides) {
	if o.Sessions != 0 && use(w, "sessions", fmt.Sprint(o.Sessions), integer(1, 1_000_000)) {
		w.Load.Sessions = o.Sessions
		for _, p := range w.Load.Phases {
			if p.Closed != nil {
				p.Closed.Sessions = min(p.Closed.Sessions, o.Sessions)
			}
		}
	}
	if o.Rate != 0 && use(w, "rate", printRate(o.Rate), rate(lowestRate)) {
		w.setRate(o.Rate)
	}
	if d := o.Duration; d != nil && use(w, "duration", d.String(), duration(shortestPhase, longestTime)) {
		w.stretch(*d)
	}
	if d := o.WarmUp; d != nil && use(w, "warm-up", d.String(), duration(0, longestTime)) {
		w.Load.WarmUp = *d
	}
	if d := o.Restart; d != nil && use(w, "restart-server-at", d.String(), duration(0, longestTime)) {
		w.Load.RestartServer = *d
	}
	w.Load.Reconnect = w.Load.Reconnect || o.Reconnect
}

// setRate scales the open phases so that their highest rate is r.
func (w *overriding) setRate(r float64) {
	open := 0
	for _, p := range w.Load.Phases {
		if p.Open != nil {
			p.Open.peak(r)
			open++
		}
	}
	if open == 0 {
		w.refuse(w.flags["rate"], "the scenario has no open phase", "closed phases go as fast as the server answers; --sessions changes them")
	}
}

// peak makes r the highest rate.
func (o *Open) peak(r float64) {
	first, last := &o.Pieces[0], &o.Pieces[len(o.Pieces)-1]
	from, to := first.From, last.To
	highest := max(from, to)
	scale := func(v float64) float64 {
		if v == highest {
			return r // without rounding
		}
		return v / highest * r
	}
	from, to = scale(from), scale(to)
	if len(o.Pieces) == 1 {
		first.From, first.To = from, to
		return
	}
	for i, p := range stairs(from, to, len(o.Pieces)) {
		o.Pieces[i].From, o.Pieces[i].To = p.From, p.To
	}
}

// stretch makes the phases last d together.
func (w *overriding) stretch(d time.Duration) {
	total := time.Duration(0)
	for _, p := range w.Load.Phases {
		total += p.Duration
	}
	before, start := time.Duration(0), time.Duration(0)
	for i := range w.Load.Phases {
		p := &w.Load.Phases[i]
		before += p.Duration
		high, low := bits.Mul64(uint64(d), uint64(before))
		end, _ := bits.Div64(high, low, uint64(total))
		p.Duration = time.Duration(end) - start
		start = time.Duration(end)
		if p.Duration < shortestPhase {
			w.refuse(w.flags["duration"], fmt.Sprintf("the phase %s would last %v", p.Name, p.Duration), fmt.Sprintf("%v is the least", shortestPhase))
		}
		if p.Open != nil {
			p.Open.fill(p.Duration)
		}
	}
}

func (w *overriding) target(o Overrides) {
	if o.Server != "" && use(w, "server", o.Server, serverForm()) {
		if w.Target.Domain == domainOf(w.Target.Server) {
			w.Target.Domain = domainOf(o.Server)
		}
		w.Target.Server = o.Server
	}
	if o.Domain != "" && use(w, "domain", o.Domain, domainForm()) {
		w.Target.Domain = o.Domain
	}
	if o.Transport != "" && use(w, "transport", o.Transport, transportForm()) {
		w.Target.Transport = o.Transport
		if o.Transport == "tcp" {
			w.Target.Transport = ""
		}
		if w.Target.Transport != "" && o.TLS == "" && w.Target.TLS == "starttls" {
			w.Target.TLS = "direct"
		}
	}
	if o.TLS != "" && use(w, "tls", o.TLS, tlsForm()) {
		w.Target.TLS = o.TLS
	}
	w.loginMode(o.Login)
	if o.Mechanism != "" && use(w, "mechanism", o.Mechanism, oneOf(targetMechanisms()...)) {
		w.Target.Mechanism = o.Mechanism
	}
	if o.Management != "" && use(w, "stream-management", o.Management, oneOf("resume", "acks", "none")) {
		w.manage(o.Management)
	}
	if o.User != "" && use(w, "user", o.User, userForm()) {
		w.Users.Name = o.User
	}
	if o.Password != "" && use(w, "password", o.Password, passwordForm()) {
		w.Users.Password = o.Password
	}
}

// objectives adds to the scenario's own.
func (w *overriding) objectives(texts []string) {
	for _, text := range texts {
		flag := "--objective " + strconv.Quote(clip(text))
		o, err := ParseObjective(text)
		if e, ok := err.(*ObjectiveError); ok {
			w.refuse(flag, fmt.Sprintf("column %d: %s", e.Column, e.Reason), e.Remedy)
			continue
		}
		w.flags[objectiveFlag(o)] = flag
		w.Objectives = append(w.Objectives, o)
	}
}

// conflicts checks again what goes together, and blames the flags.
func (w *overriding) conflicts() {
	k := &checker{Scenario: w.Scenario, users: true, names: true}
	var said []string
	for _, x := range k.conflicts() {
		var blamed []string
		for _, flag := range x.about {
			if given, ok := w.flags[flag]; ok {
				blamed = append(blamed, given)
			}
		}
		if !slices.Contains(said, x.reason) {
			w.refuse(strings.Join(blamed, " "), x.reason, x.remedy)
			said = append(said, x.reason)
		}
	}
}
