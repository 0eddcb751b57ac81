package loadgen

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/pace"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp"
	"xmpprig/results"
)

// Stages of a run. Sessions look at the stage whenever they may stop.
const (
	stageRise  int32 = iota // sessions come up
	stageLoad               // the phases have their times
	stageDrain              // the phases are over: what had come due is still begun, waits end
	stageCut                // no new work: answers to what was sent may still come
	stageLeave              // say goodbye
)

// engine is one run under way: what all its sessions share.
type engine struct {
	zero              time.Time
	seed              uint64
	size              int // sessions
	users             *population
	program           *program
	dialers           map[string]*xmpp.Dialer // by mechanism
	address           netip.Addr              // of the server, where known
	reconnect         bool                    // sessions whose connection is lost come back
	lanes             int                     // connections that a session has; 0: one
	polled            bool                    // sessions are sockets of the system
	beat              *metronome              // nil where sessions are pipes
	mechanism         string                  // that the first login negotiated
	means             xmpp.Means              // likewise
	alpn              string                  // likewise
	chosen            bool                    // the server makes the resources, not the client
	keeps             bool                    // sessions keep something from one login to the next
	logging           logging
	software, version string           // that the server gave for itself
	described         *results.Offered // what the server said it offers
	server            *target.Server   // nil: not watched

	rising     rising
	plan       []planned // by phase
	timeout    time.Duration
	patience   time.Duration // how late an arrival may begin
	loginLimit time.Duration

	board     *board
	ledger    *ledger
	rooms     *rooms     // nil: the scenario has none
	enrolment *enrolment // nil: it makes no accounts
	uploads   *uploads   // nil: it puts no files
	fanout    *fanout    // nil where nothing is published
	offers    offers
	// plainOptions has bookmarks published with fewer options, as the server refused some.
	plainOptions atomic.Bool
	errors       errorLog
	rec          *results.Recorder
	health       *health

	sessions []*session
	stage    atomic.Int32
	changed  atomic.Pointer[chan struct{}]

	turns      chan struct{} // taken while a session logs in at the start
	waiting    atomic.Int64  // sessions still coming up
	up         chan struct{} // closed when none is
	connected  atomic.Int64
	peak       atomic.Int64
	standing   atomic.Int64 // sessions that came up
	broken     atomic.Int64 // connections lost
	reconnects atomic.Int64 // sessions that came back
	resumes    atomic.Int64 // of stream management

	resumesFailed atomic.Int64

	recovery     recovery
	vanished     vanished
	logins       atomic.Int64
	loginsFailed atomic.Int64
}

// planned is what is to happen in a phase.
type planned struct {
	length  time.Duration
	open    *pace.Schedule
	hold    int // sessions at work in a closed phase
	offered offerings
}

func (e *engine) now() time.Duration { return time.Since(e.zero) }

// start is when phase i begins, once the stage is stageLoad.
func (e *engine) start(i int) time.Duration {
	return time.Duration(e.board.phases[i].start.Load())
}

func (e *engine) firstPhase() int { return 1 }
func (e *engine) drainPhase() int { return len(e.board.phases) - 1 }

func (e *engine) source(n int) net.Addr { return source(e.address, n) }

// advance moves the run to a stage and wakes every session to see it.
func (e *engine) advance(stage int32) {
	e.stage.Store(stage)
	next := make(chan struct{})
	close(*e.changed.Swap(&next))
	for _, s := range e.sessions {
		if c := s.conn.Load(); c != nil {
			c.Wake()
		}
	}
}

// abort drops every connection.
func (e *engine) abort() {
	for _, s := range e.sessions {
		if c := s.conn.Load(); c != nil {
			c.Abort()
		}
	}
}

// ready says that a session has come up, or failed to.
func (e *engine) ready() {
	if e.waiting.Add(-1) == 0 {
		close(e.up)
	}
}

func (e *engine) came() {
	e.logins.Add(1)
	n := e.connected.Add(1)
	e.recovery.moved(e.now(), 1)
	for {
		peak := e.peak.Load()
		if n <= peak || e.peak.CompareAndSwap(peak, n) {
			return
		}
	}
}

// newEngine lays out a run; nothing has been started.
func newEngine(o *Options) *engine {
	s := o.Scenario
	e := &engine{
		seed:       o.Seed,
		size:       s.Load.Sessions,
		users:      newPopulation(s.Users, s.Load.Sessions, o.Dialer.Domain, o.Elsewhere),
		program:    compile(&s.Session, s.Users.PerUser()),
		server:     o.Server,
		rising:     newRising(s, o.Seed),
		timeout:    s.Load.Timeout,
		patience:   s.Load.Timeout,
		loginLimit: max(loginPatience, s.Load.Timeout),
		polled:     o.Dialer.Addr != "",
		reconnect:  o.Reconnect || s.Load.Reconnect || s.Load.RestartServer > 0,
		up:         make(chan struct{}),
		turns:      make(chan struct{}, atOnce),
	}
	if o.Dialer.BOSH != "" {
		e.lanes = 2
	}
	if host, _, err := net.SplitHostPort(o.Dialer.Addr); err == nil {
		e.address, _ = netip.ParseAddr(host)
	}
	changed := make(chan struct{})
	e.changed.Store(&changed)
	e.waiting.Store(int64(e.size))
	e.ledger = newLedger(mark(o.Seed, time.Now()), e.size, e.users.address)
	e.ledger.devices.perUser = e.users.devices
	e.rooms = newRooms(s.Rooms, e.size, e.ledger)
	if e.program.uploads {
		e.uploads = newUploads(o, e.address)
	}
	if e.program.registers {
		e.enrolment = &enrolment{word: strconv.FormatUint(uint64(e.ledger.run), 36)}
		e.users.made = make([]atomic.Pointer[made], e.users.size)
	}
	e.chosen = o.Dialer.LoginMode != xmpp.ClassicLogin
	e.keeps = o.Dialer.ResumeTLS || o.Dialer.LoginMode == xmpp.FASTLogin || o.Dialer.LoginMode == xmpp.AutoLogin
	if o.Dialer.StreamManagement != nil {
		e.ledger.isManaged = true
		e.program.resumed = e.program.loginSeries(seriesResume)
	}
	e.dialers = dialers(o.Dialer, e.program.mechanisms)
	e.layPhases(s, o.Seed)
	if p := e.program; p.publishes {
		e.fanout = newFanout(e.size, e.board)
		e.fanout.delivery, e.fanout.first, e.fanout.last = p.name(seriesPublishDelivery), p.name(seriesPublishFirst), p.name(seriesPublishLast)
	}
	return e
}

// loginPatience is the least time limit of a login: key derivation and a
// queue before the server's worker are no reason to give up.
const loginPatience = 30 * time.Second

// dialers makes one dialer for each mechanism that a step names.
func dialers(base *xmpp.Dialer, mechanisms []string) map[string]*xmpp.Dialer {
	all := map[string]*xmpp.Dialer{"": base}
	for _, m := range mechanisms {
		if all[m] == nil {
			all[m] = withMechanism(base, m)
		}
	}
	return all
}

func withMechanism(d *xmpp.Dialer, mechanism string) *xmpp.Dialer {
	return &xmpp.Dialer{
		Dial: d.Dial, Join: d.Join, Addr: d.Addr, Domain: d.Domain, Lang: d.Lang, WebSocket: d.WebSocket, BOSH: d.BOSH, TLS: d.TLS, TLSConfig: d.TLSConfig,
		LoginMode: d.LoginMode, ResumeTLS: d.ResumeTLS, Certificates: d.Certificates, StreamManagement: d.StreamManagement, Mechanism: mechanism, AllowPlainWithoutTLS: d.AllowPlainWithoutTLS, Keys: d.Keys,
		MinIterations: d.MinIterations, MaxIterations: d.MaxIterations, Limits: d.Limits, Timeout: d.Timeout,
	}
}

// launch sets every session going, and until still is done the metronome.
func (e *engine) launch(ctx, still context.Context, g *sync.WaitGroup) {
	e.sessions = make([]*session, e.size)
	for n := range e.sessions {
		e.sessions[n] = e.newSession(n)
	}
	if e.polled { // over pipes there is no poller to wake
		e.beat = newMetronome(e.zero)
		g.Go(func() { e.beat.run(still) })
	}
	for _, s := range e.sessions {
		g.Go(func() { s.live(ctx) })
	}
	if e.program.fetches {
		for range fetchers {
			g.Go(func() { e.fetching(ctx) })
		}
	}
}
