package main

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"xmpprig/results"
	"xmpprig/scenarios"
)

// overriding is the flags that change a scenario.
type overriding struct {
	o        scenarios.Overrides
	rate     string
	duration time.Duration
	warmUp   time.Duration
	restart  time.Duration
	flags    *pflag.FlagSet
}

// loadFlags declares the flags that change a scenario.
func loadFlags(f *pflag.FlagSet) *overriding {
	v := &overriding{flags: f}
	f.StringVar(&v.o.Server, "server", "", "loopback, prosody, ejabberd, jabberd2 (started for the run), or `HOST[:PORT]` of one that runs")
	f.IntVar(&v.o.Sessions, "sessions", 0, "number of sessions")
	f.StringVar(&v.rate, "rate", "", "arrivals of open phases, such as `100/s`; ramps and stairs are scaled to it at their highest")
	f.DurationVar(&v.duration, "duration", 0, "length of all measured phases together, such as 30s")
	f.DurationVar(&v.warmUp, "warm-up", 0, "length of the warm-up, which is recorded but not counted")
	f.IntVar(&v.o.Rooms, "rooms", 0, "number of rooms, of a scenario that has any")
	f.StringVar(&v.o.Occupants, "occupants", "", "sessions in each room: a `NUMBER`, or a share such as 10%")
	f.StringVar(&v.o.Transport, "transport", "", "tcp, websocket (RFC 7395) or bosh (XEP-0124); of run also several, with commas between, side by side")
	f.StringVar(&v.o.TLS, "tls", "", "none, starttls or direct")
	f.StringVar(&v.o.Login, "login", "", "how sessions authenticate and bind: "+strings.Join(scenarios.LoginModes(), ", ")+"; default: classic")
	f.StringVar(&v.o.Mechanism, "mechanism", "", "SASL `MECHANISM`; default: the strongest offered")
	f.BoolVar(&v.o.Reconnect, "reconnect", false, "have sessions that lose their connection come back, by resuming where --stream-management lets them")
	f.DurationVar(&v.restart, "restart-server-at", 0, "restart the server that was started so long after the beginning of the measured phases; implies --reconnect; 0: do not")
	f.StringVar(&v.o.Management, "stream-management", "", "resume, acks or none (XEP-0198)")
	f.StringVar(&v.o.Domain, "domain", "", "the server's XMPP `DOMAIN`")
	f.IntVar(&v.o.PeerDomains, "peer-domains", 0, "have every second user at so many domains whose server is the rig itself, federated with the one under test")
	f.StringVar(&v.o.PeerTLS, "peer-tls", "", "how servers prove to one another who they are: none, dialback or external (by certificates); see go doc ./scenarios")
	f.StringVar(&v.o.Federate, "federate", "", "have every second user at another `SERVER`, loopback, prosody, ejabberd or jabberd2, which is federated with the one under test")
	f.StringVar(&v.o.Component, "component", "", "have every second user behind an external component that serves `DOMAIN`, such as bots")
	f.StringVar(&v.o.User, "user", "", "`PATTERN` of user names; {n} is a number from 0")
	f.StringVar(&v.o.Password, "password", "", "`PATTERN` of passwords; better given in $XMPPRIG_PASSWORD")
	f.StringArrayVar(&v.o.Objectives, "objective", nil, "a bound to keep, such as `'ping p99 < 250ms in steady'`, beside those of the scenario; may be given again")
	return v
}

// The length of runs of which many are to be made in a few minutes: long enough for a thousand answers at a modest rate.
const (
	shortRun    = 8 * time.Second
	shortWarmUp = 2 * time.Second
)

// shorten makes runs short, unless the flags say how long they are.
func (v *overriding) shorten() {
	if length := shortRun; !v.flags.Changed("duration") {
		v.o.Duration = &length
	}
	if length := shortWarmUp; !v.flags.Changed("warm-up") {
		v.o.WarmUp = &length
	}
}

// scenario reads the one scenario named and applies the flags.
func (v *overriding) scenario(args []string) (*scenarios.Scenario, error) {
	if len(args) != 1 {
		var names []string
		for _, s := range scenarios.Shipped() {
			names = append(names, s.Name)
		}
		return nil, &usageError{"one SCENARIO is needed, got " + strconv.Itoa(len(args)), "a file, or one of " + strings.Join(names, ", ")}
	}
	s, err := scenarios.Read(args[0])
	if err != nil {
		if is[*fs.PathError](err) {
			err = &exitError{results.ExitConfig, err}
		}
		return nil, err
	}
	if err := v.values(); err != nil {
		return nil, err
	}
	return s.With(v.o)
}

// values takes over what needs more than the flag's own check. Zeros and
// empty texts change nothing in a scenario, so they are refused here.
func (v *overriding) values() (err error) {
	if err := wellWritten(v.flags, "server", "occupants", "transport", "tls", "login", "mechanism", "stream-management", "domain", "federate", "peer-tls", "component", "user", "password"); err != nil {
		return err
	}
	if v.flags.Changed("sessions") && v.o.Sessions == 0 {
		return atLeast(1, 0, "sessions")
	}
	if v.flags.Changed("rooms") && v.o.Rooms == 0 {
		return atLeast(1, 0, "rooms")
	}
	if v.flags.Changed("rate") {
		if v.o.Rate, err = scenarios.ParseRate(v.rate); err != nil {
			return &usageError{fmt.Sprintf("--rate %q: %v", v.rate, err), "a rate is written 100/s or 6000/m"}
		}
	}
	if v.flags.Changed("duration") {
		v.o.Duration = &v.duration
	}
	if v.flags.Changed("warm-up") {
		v.o.WarmUp = &v.warmUp
	}
	if v.flags.Changed("restart-server-at") {
		v.o.Restart = &v.restart
	}
	return nil
}
