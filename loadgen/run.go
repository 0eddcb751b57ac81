package loadgen

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"xmpprig/loadgen/openmetrics"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// Options says what to run against what.
type Options struct {
	Scenario  *scenarios.Scenario
	Dialer    *xmpp.Dialer         // how sessions log in; its Addr is the server's address
	Server    *target.Server       // watched while the run goes on; may be nil
	Elsewhere *Elsewhere           // nil: all users are the server's
	Own       *openmetrics.Scraper // what the server says of itself is asked there each second; nil: nowhere
	Seed      uint64
	Record    string      // directory of the record, which must not hold anything yet
	Head      results.Run // what the caller knows of the run: tool, command, target, scenario text

	// Reconnect has sessions that lost their connection log in again, or resume, for as long
	// as the phases last, and the run outlive its server: for servers that are
	// expected to die and be restarted. See comeback.go. What they do meanwhile
	// fails as it does without. That the server crashed is then no reason for
	// the verdict.
	Reconnect bool

	Progress func(Progress) // called each second; may be nil
	// Interrupt makes the run drain and report, to end with the code received; with ExitPass it is over in good order.
	// The end of ctx stops it at once.
	Interrupt <-chan results.ExitCode
}

// SetupError is a failure before any load: the server could not be reached,
// or the machine cannot hold so many sessions.
type SetupError struct {
	Class  string // an error class, "limit", or "feature"
	Err    error
	Remedy string
}

func (e *SetupError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *SetupError) Unwrap() error { return e.Err }

// Hint says how to mend it.
func (e *SetupError) Hint() string { return e.Remedy }

// Run takes a scenario through all its phases and leaves a record, which it
// also returns. The error is a *SetupError, or one of the record's files; how
// the run itself went is the record's Verdict.
func Run(ctx context.Context, o Options) (*results.Run, error) {
	w, err := prepare(ctx, &o)
	if err != nil {
		return nil, err
	}
	return w.run(ctx)
}

// prepare does all that comes before the first session.
func prepare(ctx context.Context, o *Options) (*watch, error) {
	e := newEngine(o)
	if o.Scenario.Load.RestartServer > 0 && (o.Server == nil || o.Server.Exited() == nil) {
		return nil, &SetupError{"limit", errors.New("the server was not started by the rig, which cannot restart it"),
			"leave restart-server out (--restart-server-at 0s), and restart it yourself"}
	}
	if err := e.preflight(ctx, o); err != nil {
		return nil, err
	}
	own, err := askOwn(ctx, o.Own)
	if err != nil {
		return nil, err
	}
	head := o.Head
	head.Seed, head.Sessions.Wanted = o.Seed, e.size
	head.Environment = environment()
	head.PlanHash = e.rehearse()
	e.zero = time.Now()
	head.Started = e.zero
	rec, err := results.Create(o.Record, head)
	if err != nil {
		return nil, err
	}
	e.rec = rec
	e.board.lay(rec)
	e.health = newHealth(e)
	w := &watch{engine: e, o: o, head: head, next: time.Second, own: own}
	w.windows = w.layWindows()
	return w, nil
}

// watch is the run's coordinator: it moves the stages on, and once a second
// writes down how things stand.
type watch struct {
	*engine
	o         *Options
	head      results.Run
	next      time.Duration // when the next tick is due
	recordErr error
	reasons   []string // why the run is incomplete
	exit      results.ExitCode
	reborn    serverRestart
	windows   []*windows // of the objectives; nil where one has none
	abortion  *abortion  // nil while no objective has ended the run
	own       *ownFigures
}

func (w *watch) run(ctx context.Context) (*results.Run, error) {
	var sessions sync.WaitGroup
	killing, kill := context.WithCancelCause(ctx)
	defer kill(nil)
	beating, hush := context.WithCancel(killing)
	defer hush()
	w.own.begin(killing)
	defer w.own.end()
	w.launch(killing, beating, &sessions)
	over := make(chan struct{})
	go func() { sessions.Wait(); close(over) }()

	w.load(killing)
	hush()
	w.drain(killing)
	w.recovery.close(w.now())
	w.advance(stageLeave)
	w.until(killing, w.now()+w.leavePatience(), over)
	kill(errStopped) // 1. whoever is still here goes now
	w.abort()
	<-over // 2. nothing moves any more
	w.vanished.close()
	w.settleRestart()
	return w.finish()
}

// leavePatience is how long sessions may take to say goodbye.
func (w *watch) leavePatience() time.Duration {
	if w.enrolment != nil { // accounts are removed, too
		return 2*w.timeout + time.Second
	}
	return w.timeout + time.Second
}

// load brings the sessions up and takes them through the phases.
func (w *watch) load(ctx context.Context) {
	if !w.rise(ctx) {
		w.cut()
		return
	}
	if w.allGone() || !w.program.slots && w.logins.Load() == 0 {
		w.incomplete("no session came up")
		w.cut()
		return
	}
	// What the logins left behind is no cost of the sessions, and is not to be
	// collected while something is measured.
	debug.FreeOSMemory()
	// On a whole second, so that a tick never spans two phases; not too soon,
	// so that every session has heard of it.
	start := (w.now() + 300*time.Millisecond).Truncate(time.Second) + time.Second
	end := w.timePhases(start)
	w.tellWork()
	if !w.program.slots {
		w.recovery.begin(w.now())
	}
	w.restart(ctx)
	w.advance(stageLoad)
	if !w.until(ctx, end, nil) {
		w.cut()
		return
	}
	w.stage.Store(stageLoad)
}

// risePatience is how long the login phase may go without a session coming
// up or a stanza coming in.
const risePatience = 90 * time.Second

// rise waits until every session has come up or failed to; false where the
// run has to end.
func (w *watch) rise(ctx context.Context) bool {
	for left, heard := w.waiting.Load(), int64(0); ; {
		limit := max(w.now(), w.rising.length) + risePatience
		if w.until(ctx, limit, w.up) {
			return true
		}
		now := w.waiting.Load()
		in, _ := w.board.stanzas()
		if w.exit != results.ExitPass || now == left && in == heard {
			if w.exit == results.ExitPass {
				w.incomplete("%d of %d sessions had not come up, and nothing more happened for %v", now, w.size, risePatience)
			}
			return false
		}
		left, heard = now, in
	}
}

func (w *watch) cut() {
	w.cutPhases(w.now())
	w.advance(stageCut)
}

// drain waits for what is still under way.
func (w *watch) drain(ctx context.Context) {
	if w.stage.Load() < stageDrain {
		w.advance(stageDrain)
	}
	w.board.phases[w.drainPhase()].start.CompareAndSwap(0, int64(w.now()))
	limit := w.now() + w.o.Scenario.Load.Drain
	for w.now() < limit && !w.quiet() {
		if !w.until(ctx, min(limit, w.now()+50*time.Millisecond), nil) {
			break
		}
	}
	w.board.phases[w.drainPhase()].end.Store(int64(w.now()))
}

// quiet says that nothing is under way any more, nor about to be begun.
func (w *watch) quiet() bool {
	for i := w.firstPhase(); i < w.drainPhase(); i++ {
		p := &w.board.phases[i]
		begun := p.begun.Load()
		if begun > p.completed.Load()+p.failed.Load() || w.stage.Load() < stageCut && w.waitingToBegin(i, begun) {
			return false
		}
	}
	return w.ledger.outstanding() <= 0 && w.fanout.settled() && w.ledger.receipts.outstanding() <= 0 && w.uploads.outstanding() <= 0 || w.connected.Load() == 0
}

// waitingToBegin says that arrivals of phase i, which is over, wait for their
// sessions.
func (w *watch) waitingToBegin(i int, begun int64) bool {
	p := &w.board.phases[i]
	return w.plan[i].open != nil && begun+p.dropped.Load()+p.cut.Load() < w.offered(i, w.now())
}

// allGone says that no session is left, nor will be.
func (w *watch) allGone() bool {
	return w.connected.Load() == 0 && !w.program.slots && !w.program.returns && !w.reconnect && w.waiting.Load() <= 0
}

// until ticks each second until the time limit (true) or until done is closed
// (true). It returns false when the run has to end instead.
func (w *watch) until(ctx context.Context, limit time.Duration, done <-chan struct{}) bool {
	interrupt, exited := w.o.Interrupt, w.exited()
	if w.stage.Load() >= stageDrain { // ending already
		interrupt, exited = nil, nil
	}
	for {
		timer := time.NewTimer(min(limit, w.next) - w.now())
		select {
		case <-done:
			timer.Stop()
			return true
		case code := <-interrupt:
			timer.Stop()
			w.exit = results.Worst(w.exit, code)
			if code != results.ExitPass {
				w.incomplete("interrupted")
			}
			return false
		case <-exited:
			timer.Stop()
			w.incomplete("the server under test died")
			return false
		case <-ctx.Done():
			timer.Stop()
			w.incomplete("stopped: %v", context.Cause(ctx))
			return false
		case <-timer.C:
		}
		if w.now() >= w.next {
			w.tick()
		}
		if w.now() >= limit {
			return done == nil || isClosed(done)
		}
		if w.stage.Load() == stageLoad && w.abortion != nil {
			return false
		}
		if w.stage.Load() == stageLoad && w.allGone() {
			w.incomplete("every session lost its connection")
			return false
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (w *watch) exited() <-chan struct{} {
	if w.server == nil || w.reconnect { // it may come back
		return nil
	}
	return w.server.Exited()
}

func (w *watch) incomplete(format string, args ...any) {
	w.exit = results.Worst(w.exit, results.ExitIncomplete)
	if why := fmt.Sprintf(format, args...); !slices.Contains(w.reasons, why) {
		w.reasons = append(w.reasons, why)
	}
}

// finish closes the record.
func (w *watch) finish() (*results.Run, error) {
	w.tick()
	run := w.final()
	if err := w.rec.Close(run); err != nil && w.recordErr == nil {
		w.recordErr = err
	}
	if w.recordErr != nil {
		return &run, fmt.Errorf("write the record: %w", w.recordErr)
	}
	rec, err := results.Open(w.o.Record)
	if err != nil {
		return &run, errors.Join(errors.New("read the record back"), err)
	}
	return &rec.Run, nil
}
