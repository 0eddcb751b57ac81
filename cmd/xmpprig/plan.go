package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// loadPlan is a scenario whose load is to be varied.
type loadPlan struct {
	base     *scenarios.Scenario
	vary     string
	series   string
	assumed  bool
	rate     float64 // of the scenario, at its highest; 0: it has no open phase
	fixed    bool    // the rate stays as it is, however many sessions there are
	sessions int
	rooms    int // of the scenario
	each     int // occupants of a room
}

// plan reads the scenario and sees whether its load can be varied.
func (s *searching) plan(args []string) (*loadPlan, error) {
	given := s.load.o.Objectives
	s.load.o.Objectives = nil // judged beside those assumed
	if s.vary == "rooms" {
		s.growSessions(args)
	}
	base, err := s.load.scenario(args)
	if err != nil {
		return nil, err
	}
	p := &loadPlan{base: base, vary: s.vary, rate: highestRate(base), fixed: s.flags.Changed("rate"), sessions: base.Load.Sessions}
	if s.vary == "rooms" {
		if err := p.layRooms(s.flags.Changed("occupants")); err != nil {
			return nil, err
		}
	}
	if p.rate == 0 && s.vary != "sessions" && s.vary != "rooms" {
		return nil, &usageError{base.Name + " has no open phase, so it has no rate to vary", "vary its sessions"}
	}
	if s.vary == "login" && !logsInToWork(base) {
		return nil, &usageError{base.Name + " logs its sessions in before the load, so logins are no part of what is varied", "xmpprig capacity --vary login login-storm"}
	}
	p.series = mainSeries(base, s.vary == "login")
	if len(base.Objectives)+len(given) == 0 {
		given, p.assumed = assumed(p.series, s.vary == "login"), true
	}
	o := scenarios.Overrides{Objectives: given}
	if !s.flags.Changed("warm-up") {
		short := 2 * time.Second
		o.WarmUp = &short
	}
	p.base, err = base.With(o)
	return p, err
}

// assumed are the objectives where there are none.
func assumed(series string, login bool) []string {
	all := []string{"errors < 0.1%"}
	switch {
	case series == "":
	case login:
		all = append(all, series+" p90 < 1s")
	default:
		all = append(all, series+" p99 < 250ms")
	}
	return all
}

func highestRate(s *scenarios.Scenario) (most float64) {
	for _, p := range s.Load.Phases {
		if p.Open != nil {
			for _, piece := range p.Open.Pieces {
				most = max(most, piece.From, piece.To)
			}
		}
	}
	return most
}

// logsInToWork says that each arrival is a session of its own.
func logsInToWork(s *scenarios.Scenario) bool {
	is := func(step scenarios.Step) bool { _, ok := step.(scenarios.Login); return ok }
	return !slices.ContainsFunc(slices.Collect(scenarios.All(s.Session.Start)), is) && slices.ContainsFunc(slices.Collect(scenarios.All(s.Session.Work)), is)
}

// mainSeries is what the work is about: messages, else what is asked, else what is shown.
func mainSeries(s *scenarios.Scenario, login bool) string {
	best, rank := "", 0
	for step := range scenarios.All(s.Session.Work) {
		name, r := step.Common().Label, 0
		switch v := step.(type) {
		case scenarios.Login, scenarios.Reconnect:
			if r = 2; login {
				r = 9
			}
			if _, again := step.(scenarios.Reconnect); again {
				name = "login"
			}
		case scenarios.Message:
			name, r = "message.delivery", 5
		case scenarios.Groupchat:
			name, r = "groupchat.delivery", 5
		case scenarios.Ping, scenarios.Disco, scenarios.RosterGet, scenarios.RosterAdd, scenarios.Join:
			r = 4
		case scenarios.Presence:
			name, r = "presence.delivery", 3
		case scenarios.Raw:
			if v.Await {
				r = 4
			}
		}
		if r > rank {
			best, rank = name, r
		}
	}
	return best
}

// at is the scenario at a load, measured for so long.
func (p *loadPlan) at(load float64, length time.Duration) (*scenarios.Scenario, error) {
	o := scenarios.Overrides{Duration: &length}
	switch {
	case p.vary == "rooms":
		p.atRooms(&o, int(load))
	case p.vary != "sessions":
		o.Rate = load
	default:
		o.Sessions = int(load)
		if p.rate > 0 && !p.fixed {
			o.Rate = p.rate / float64(p.sessions) * load
		}
	}
	return p.base.With(o)
}

// head is the record before the first trial.
func (p *loadPlan) head(s *searching, within float64) results.Capacity {
	c := results.Capacity{
		Tool: tool(), Command: masked(os.Args), Started: time.Now(), Seed: s.seed, Vary: p.vary, Unit: "/s", Series: p.series, Assumed: p.assumed,
		Scenario: results.Scenario{Name: p.base.Name, SHA256: p.base.Hash, Source: disclosed(p.base)},
		Within:   within, TrialNS: int64(s.trial), ConfirmNS: int64(s.confirm), Unfinished: true,
		Environment: results.Environment{OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU()},
	}
	if p.vary == "sessions" || p.vary == "rooms" {
		c.Unit = " " + p.vary
	}
	for _, o := range p.base.Objectives {
		c.Objectives = append(c.Objectives, o.Text)
	}
	if p.vary != "login" && !p.fixed {
		c.PerSession = p.rate / float64(p.sessions)
	}
	return c
}

// shareOf reads "5%" as 0.05.
func shareOf(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	return v / 100, err == nil && strings.HasSuffix(s, "%")
}

func trialName(n int) string { return fmt.Sprintf("%03d", n) }
