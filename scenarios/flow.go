package scenarios

import "fmt"

// online is what is known of a session between two steps.
type online int

const (
	offline online = iota
	connected
	unsure // logged in on some ways to here, not on others
)

// flow walks the steps as a session does and finds those that it cannot do.
type flow struct {
	*checker
	endless bool // an every without times has an end: the end of a closed phase
}

// checkFlow follows a session through start, work and stop.
func (k *checker) checkFlow() {
	f := &flow{checker: k}
	state := offline
	if start := k.Session.Start; len(start) > 0 {
		state = f.begin("start", start)
	} else if !beginsWithLogin(k.Session.Work) {
		f.refuse(k.Session.Work[0], "nobody has logged in", "begin session.start with login, or session.work where sessions come and go")
		return
	}
	f.endless = true
	after := f.steps(k.Session.Work, state, true)
	if after != state {
		last := k.Session.Work[len(k.Session.Work)-1]
		if state == connected {
			f.refuse(last, "work may leave the session logged out, and then begins again", "end it with reconnect")
		} else {
			f.refuse(last, "work begins with login and may leave the session logged in", "end it with logout or disconnect")
		}
	}
	f.endless = false
	f.steps(k.Session.Stop, state, true)
}

// begin follows start, which has to leave the session logged in.
func (f *flow) begin(block string, steps []Step) online {
	if !beginsWithLogin(steps) {
		f.refuse(steps[0], block+" does not begin with login", "put login first")
		return connected
	}
	if f.steps(steps, offline, true) != connected {
		f.refuse(steps[len(steps)-1], block+" may leave the session logged out", "end it with reconnect, or leave login to work")
	}
	return connected
}

func (f *flow) refuse(s Step, reason, remedy string) {
	f.add(conflict{pos: s.Common().Pos, reason: reason, remedy: remedy})
}

// steps returns the state after the steps; tail says that nothing follows them.
func (f *flow) steps(steps []Step, state online, tail bool) online {
	for i, s := range steps {
		state = f.step(s, state, tail && i == len(steps)-1)
	}
	return state
}

func (f *flow) step(s Step, state online, tail bool) online {
	switch v := s.(type) {
	case Login:
		if state != offline {
			f.refuse(s, "the session may be logged in here already", "use reconnect to log in again")
		}
		return connected
	case Reconnect, Resume:
		return connected
	case Register:
		if state != offline {
			f.refuse(s, "the session may be logged in here already", "make accounts before login, or behind logout or unregister")
		}
		return offline
	case Logout, Disconnect, Vanish, Unregister:
		f.needs(s, state)
		return offline
	case Wait:
		return state
	case Repeat:
		return f.loop(v, v.Do, state, v.Times > 1)
	case Every:
		f.every(v, tail)
		return f.loop(v, v.Do, state, v.Times != 1)
	case Choose:
		return f.choose(v, state, tail)
	}
	f.needs(s, state)
	return connected
}

// needs reports a step that has no session to work on.
func (f *flow) needs(s Step, state online) {
	switch state {
	case offline:
		f.refuse(s, fmt.Sprintf("the session is logged out before this %s", nameOf(s)), "put login or reconnect before it")
	case unsure:
		f.refuse(s, fmt.Sprintf("the session may be logged out before this %s", nameOf(s)), "put reconnect before it, or at the end of each way that leads here")
	}
}

// loop follows steps that are done again and again.
func (f *flow) loop(s Step, do []Step, state online, again bool) online {
	after := f.steps(do, state, false)
	if again && after != state {
		f.refuse(s, fmt.Sprintf("%s ends otherwise than it began: logged in or out", nameOf(s)), "let its steps end as they began")
	}
	return after
}

// every refuses what would never end, or never be reached.
func (f *flow) every(e Every, tail bool) {
	if e.Times > 0 {
		return
	}
	open := false
	for _, p := range f.Load.Phases {
		open = open || p.Open != nil
	}
	switch {
	case !f.endless:
		f.refuse(e, "this every never ends", "give it times; without, it lasts as long as a closed phase, in work alone")
	case open:
		f.refuse(e, "this every never ends, and an open phase runs work once for each arrival", "give it times, or make all phases closed")
	case !tail:
		f.refuse(e, "this every lasts until the phase ends, and what follows is never done", "give it times, or put it last")
	}
}

func (f *flow) choose(c Choose, state online, tail bool) online {
	after := f.steps(c.Options[0].Do, state, tail)
	for _, o := range c.Options[1:] {
		if f.steps(o.Do, state, tail) != after {
			after = unsure
		}
	}
	return after
}
