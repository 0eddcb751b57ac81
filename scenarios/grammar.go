package scenarios

import (
	"net"
	"strconv"
	"strings"
	"time"
)

// The defaults of the language.
const (
	defaultResource  = "xmpprig"
	defaultLoginRate = 100
	defaultWarmUp    = 5 * time.Second
	defaultDrain     = 5 * time.Second
	defaultTimeout   = 10 * time.Second
	ownDomain        = "localhost" // of the servers that the rig starts itself
)

const (
	labelPattern = `^[a-z0-9][a-z0-9._-]*$`
	userPattern  = "^[^\\x00-\\x20\\x7f\"&'/:<>@]+$" // RFC 7622 section 3.3.1
	textPattern  = `^[^\x00-\x1f\x7f]+$`
	hostPattern  = "^[^\\x00-\\x20\\x7f\"&'/<>@]+$"
	openPattern  = `` // any text
)

// mechanisms are the SASL mechanisms a scenario may name.
func mechanisms() []string {
	return []string{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS",
		"OAUTHBEARER", "DIGEST-MD5", "ANONYMOUS"}
}

// targetMechanisms are those of a whole run: EXTERNAL takes a certificate for each user.
func targetMechanisms() []string { return append(mechanisms(), "EXTERNAL") }

func label(what string) form[string] {
	return word(what+" of small letters, digits, dots, dashes and underscores", labelPattern, 64)
}

// scenarioForm is the whole language.
func scenarioForm() form[Scenario] {
	return object("a scenario", Scenario{Users: Users{Resource: defaultResource}},
		must("name", label("a name"), "The scenario's name, as it appears in records.", func(s *Scenario) *string { return &s.Name }),
		key("description", word("a sentence", textPattern, 1000), "What the scenario does, in a sentence.", func(s *Scenario) *string { return &s.Description }),
		must("users", usersForm(), "Who logs in.", func(s *Scenario) *Users { return &s.Users }),
		key("target", targetForm(), "Where the scenario wants to run. The command line overrides it.", func(s *Scenario) *Target { return &s.Target }),
		key("elsewhere", elsewhereForm(), "Where every second user is at home (1, 3, 5, …), if not at the server under test. Default: all are there.", func(s *Scenario) **Elsewhere { return &s.Elsewhere }),
		key("rooms", roomsForm(), "The rooms (XEP-0045) that sessions share. Default: none.", func(s *Scenario) **Rooms { return &s.Rooms }),
		must("load", loadForm(), "How many sessions there are, how fast they come, and the phases.", func(s *Scenario) *Load { return &s.Load }),
		must("session", sessionForm(), "What one session does.", func(s *Scenario) *Session { return &s.Session }),
		key("objectives", list("a list of 1 to 64 objectives", objectiveForm(), 1, 64), "Bounds that a run has to keep, each METRIC [STATISTIC] OP BOUND [over WINDOW [for SHARE]] [in PHASE] [abort after DELAY]. Default: none.", func(s *Scenario) *[]Objective { return &s.Objectives }),
	)
}

func usersForm() form[Users] {
	return object("the block users", Users{Resource: defaultResource},
		key("count", integer(1, 10_000_000), "How many users there are. Default: as many as load.sessions.", func(u *Users) *int { return &u.Count }),
		must("name", userForm(), "The local part of user n's address; {n} is the user's number, from 0.", func(u *Users) *string { return &u.Name }),
		must("password", passwordForm(), "User n's password; {n} is the user's number.", func(u *Users) *string { return &u.Password }),
		key("resource", word("a resource", textPattern, 500), "The resource to bind. Default: xmpprig.", func(u *Users) *string { return &u.Resource }),
		key("devices", devicesForm(), "How many sessions each user has, with resources of their own: xmpprig, xmpprig-2 and so on. Default: 1.", func(u *Users) *int { return &u.Devices }),
	)
}

func userForm() form[string] {
	return numbered(word("the local part of an address, such as user{n}", userPattern, 500))
}

func passwordForm() form[string] { return numbered(word("a password", textPattern, 500)) }
func domainForm() form[string]   { return word("a domain", hostPattern, 1023) }
func tlsForm() form[string]      { return oneOf("none", "starttls", "direct") }

// Transports beside TCP.
const (
	WebSocket = "websocket" // RFC 7395
	BOSH      = "bosh"      // XEP-0124, XEP-0206
)

// transportForm reads tcp, which is what the model leaves empty, or another transport.
func transportForm() form[string] {
	return become(oneOf("tcp", WebSocket, BOSH), func(_ *reading, _ *node, s string) string {
		if s == "tcp" {
			return ""
		}
		return s
	})
}

// numbered allows the placeholder {n} and no other brace.
func numbered(f form[string]) form[string] {
	return become(f, func(c *reading, n *node, s string) string {
		if strings.ContainsAny(strings.ReplaceAll(s, "{n}", ""), "{}") {
			c.fail(n.pos, "only the placeholder {n} is known here", "write {n} for the user's number, and no other braces")
		}
		return s
	})
}

func targetForm() form[Target] {
	return object("the block target", Target{},
		key("server", serverForm(), "The server: loopback, prosody, ejabberd, jabberd2 (the rig starts these), or HOST[:PORT]. Default: loopback.", func(t *Target) *string { return &t.Server }),
		key("domain", domainForm(), "The domain that the users belong to. Default: localhost for servers that the rig starts, else the host.", func(t *Target) *string { return &t.Domain }),
		key("transport", transportForm(), "What the stream goes over: tcp, websocket (RFC 7395) or bosh (XEP-0124). Default: tcp.", func(t *Target) *string { return &t.Transport }),
		key("tls", tlsForm(), "Whether the stream is encrypted: not, by STARTTLS (RFC 6120 section 5), or from the first byte (XEP-0368; with websocket or bosh: wss or https). Default: starttls, with websocket and bosh direct.", func(t *Target) *string { return &t.TLS }),
		key("login", loginModeForm(), "By which protocol sessions authenticate and bind: "+loginModeWords+" Default: classic.", func(t *Target) *string { return &t.Login }),
		key("mechanism", oneOf(targetMechanisms()...), "The SASL mechanism. Default: the strongest that the server offers.", func(t *Target) *string { return &t.Mechanism }),
		key("stream-management", managementForm(), "Whether sessions acknowledge, and can be resumed (XEP-0198): resume, acks or none, or a mapping. Default: none.", func(t *Target) **StreamManagement { return &t.StreamManagement }),
	)
}

// servers are those that the rig can start.
func servers() []string { return []string{"loopback", "prosody", "ejabberd", "jabberd2"} }

func serverForm() form[string] {
	return become(word("a server", hostPattern, 1023), func(c *reading, n *node, s string) string {
		if reason := wrongServer(s); reason != "" {
			c.fail(n.pos, reason, suggestion(s, servers())+" (a host is written with a dot or a port)")
		}
		return s
	})
}

// wrongServer says why s is no server, or "".
func wrongServer(s string) string {
	if isStarted(s) || s == ownDomain {
		return ""
	}
	if !strings.ContainsAny(s, ".:") {
		return show(s) + " is neither a server that can be started nor a host"
	}
	if net.ParseIP(s) != nil || !strings.Contains(s, ":") {
		return ""
	}
	host, port, err := net.SplitHostPort(s)
	if number, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || number == 0 || host == "" {
		return show(s) + " is not HOST:PORT"
	}
	return ""
}

func isStarted(server string) bool {
	for _, s := range servers() {
		if s == server {
			return true
		}
	}
	return false
}

// domainOf returns the domain that a server's users belong to unless the
// scenario says otherwise.
func domainOf(server string) string {
	if isStarted(server) {
		return ownDomain
	}
	if host, _, err := net.SplitHostPort(server); err == nil {
		return host
	}
	return server
}

func loadForm() form[Load] {
	start := Load{Login: LoginPace{Rate: defaultLoginRate}, WarmUp: defaultWarmUp, Drain: defaultDrain, Timeout: defaultTimeout}
	return object("the block load", start,
		must("sessions", integer(1, 1_000_000), "How many sessions there are.", func(l *Load) *int { return &l.Sessions }),
		key("login", loginForm(), "How fast the sessions come up, before any phase. Default: {rate: 100/s, arrivals: constant}.", func(l *Load) *LoginPace { return &l.Login }),
		key("warm-up", duration(0, longestTime), "A run-up to the first phase, at its first rate: recorded, tagged and left out of the figures. Default: 5s.", func(l *Load) *time.Duration { return &l.WarmUp }),
		key("drain", duration(0, longestTime), "The longest wait for late answers after the last phase. Default: 5s.", func(l *Load) *time.Duration { return &l.Drain }),
		key("timeout", duration(time.Millisecond, longestTime), "The longest wait for one answer. Default: 10s.", func(l *Load) *time.Duration { return &l.Timeout }),
		key("reconnect", truth(), "Whether sessions that lose their connection come back, after delays that grow from 200ms to 5s. Default: false.", func(l *Load) *bool { return &l.Reconnect }),
		key("restart-server", duration(time.Second, longestTime), "How long after the beginning of the measured phases the rig restarts the server that it started; sessions reconnect. Default: never.", func(l *Load) *time.Duration { return &l.RestartServer }),
		must("phases", list("a list of 1 to 64 phases", phaseForm(), 1, 64), "The measured stretches, one after the other.", func(l *Load) *[]Phase { return &l.Phases }),
	)
}

// arrivals says whether arrivals come at random.
func arrivals() form[bool] {
	return into(oneOf("constant", "poisson"), func(s string) bool { return s == "poisson" })
}

const arrivalsDoc = "How arrivals come: at constant intervals, or at random as a Poisson process. Default: constant."

func loginForm() form[LoginPace] {
	return object("the pace of logins", LoginPace{Rate: defaultLoginRate},
		key("rate", rate(lowestRate), "Logins a second. Default: 100/s.", func(l *LoginPace) *float64 { return &l.Rate }),
		key("arrivals", arrivals(), arrivalsDoc, func(l *LoginPace) *bool { return &l.Poisson }),
	)
}

func phaseForm() form[Phase] {
	f := exactly(object("a phase", Phase{},
		must("name", label("a name"), "The phase's name, as it appears in records; login, warm-up and drain are taken.", func(p *Phase) *string { return &p.Name }),
		must("duration", duration(shortestPhase, longestTime), "How long the phase lasts.", func(p *Phase) *time.Duration { return &p.Duration }),
		key("open", openForm(), "An open phase offers arrivals at a rate, whether or not the server keeps up. Each arrival runs session.work once.", func(p *Phase) **Open { return &p.Open }),
		key("closed", closedForm(), "A closed phase holds sessions, each of which runs session.work again and again.", func(p *Phase) **Closed { return &p.Closed }),
	), "open", "closed")
	return become(f, func(_ *reading, n *node, p Phase) Phase {
		p.Pos = n.pos
		if p.Open != nil {
			p.Open.fill(p.Duration)
		}
		return p
	})
}

// profile is how the rate of an open phase is spelt.
type profile struct {
	poisson      bool
	rate         float64
	ramp, stairs *climb
}

type climb struct {
	from, to float64
	steps    int
}

func openForm() form[*Open] {
	rampOf := nonzero(object("a ramp", climb{},
		must("from", rate(0), "The rate at the beginning.", func(r *climb) *float64 { return &r.from }),
		must("to", rate(0), "The rate at the end.", func(r *climb) *float64 { return &r.to })))
	stairsOf := nonzero(object("stairs", climb{},
		must("from", rate(0), "The rate of the first step.", func(r *climb) *float64 { return &r.from }),
		must("to", rate(0), "The rate of the last step.", func(r *climb) *float64 { return &r.to }),
		must("steps", integer(2, 1000), "How many steps there are, equally long.", func(r *climb) *int { return &r.steps })))
	f := exactly(object("an open phase", profile{},
		key("rate", rate(lowestRate), "A constant rate.", func(p *profile) *float64 { return &p.rate }),
		key("ramp", rampOf, "A rate that goes in a straight line.", func(p *profile) **climb { return &p.ramp }),
		key("stairs", stairsOf, "A rate that goes in equal steps.", func(p *profile) **climb { return &p.stairs }),
		key("arrivals", arrivals(), arrivalsDoc, func(p *profile) *bool { return &p.poisson }),
	), "rate", "ramp", "stairs")
	return into(f, profile.open)
}

func nonzero(f form[climb]) form[*climb] {
	return become(f, func(c *reading, n *node, r climb) *climb {
		if r.from == 0 && r.to == 0 {
			c.fail(n.pos, "the rate is zero throughout", "make from or to larger")
		}
		return &r
	})
}

// open returns the pieces, each of them for now one unit of time long.
func (p profile) open() *Open {
	o := &Open{Poisson: p.poisson}
	switch {
	case p.ramp != nil:
		o.Pieces = []Piece{{From: p.ramp.from, To: p.ramp.to}}
	case p.stairs != nil:
		o.Pieces = stairs(p.stairs.from, p.stairs.to, p.stairs.steps)
	default:
		o.Pieces = []Piece{{From: p.rate, To: p.rate}}
	}
	return o
}

// stairs returns level pieces from one rate to another.
func stairs(from, to float64, steps int) []Piece {
	pieces := make([]Piece, steps)
	for i := range pieces {
		r := from + (to-from)*float64(i)/float64(steps-1)
		pieces[i] = Piece{From: r, To: r}
	}
	pieces[steps-1] = Piece{From: to, To: to} // without the rounding
	return pieces
}

// fill makes the pieces equally long so that together they last d.
func (o *Open) fill(d time.Duration) {
	n := time.Duration(len(o.Pieces))
	for i := range o.Pieces {
		k := time.Duration(i)
		o.Pieces[i].Duration = d*(k+1)/n - d*k/n
	}
}

func closedForm() form[*Closed] {
	everyone := into(oneOf("all"), func(string) int { return 0 })
	everyone.fits = func(n *node) bool { return n.kind == text && n.text == "all" }
	sessions := either("a number of sessions, or all", everyone, integer(1, 1_000_000))
	f := object("a closed phase", Closed{},
		key("sessions", sessions, "How many sessions take part. Default: all.", func(c *Closed) *int { return &c.Sessions }))
	return into(f, func(c Closed) *Closed { return &c })
}
