package loadgen

import (
	"slices"
	"time"

	"xmpprig/results"
)

// Progress is how a run stands.
type Progress struct {
	At         time.Duration
	Phase      string
	PhaseStart time.Duration
	PhaseEnd   time.Duration // 0 while not known
	RunEnd     time.Duration // 0 while not known
	Sessions   int64
	Wanted     int
	Count      results.Phase // of the phase
	Stanzas    int64         // received and sent, by all sessions
	Errors     int64
	ServerCPU  float64 // CPUs; negative: not seen
	RigCPU     float64
	Reconnects int64 // sessions that came back so far, with Options.Reconnect

	Last    LastSecond
	Metrics []results.Metric // as in the record's series.csv
}

// LastSecond is the response times, answered − due, of all operations of all
// sessions that were answered since the Progress before: logins and deliveries
// as well as requests. Percentiles are 0 where Count is.
type LastSecond struct {
	Count         int64
	P50, P99, Max time.Duration // to three significant digits
}

// tick writes one second down.
func (w *watch) tick() {
	now := w.now()
	w.next = now.Truncate(time.Second) + time.Second
	// A late tick still belongs to the phase that most of its second lay in.
	i := w.board.at((w.health.last + now) / 2)
	w.health.sample(now, w.board.phases[i].measured())
	t := results.Tick{At: now, Phase: w.board.phases[i].name, Metrics: w.metrics(i, now)}
	t.Metrics = append(t.Metrics, w.own.take(now, w.board.phases[i].measured())...)
	sofar := w.sofar(now)
	w.glance(now, &sofar)
	w.rec.Amend(func(r *results.Run) { *r = sofar })
	if err := w.rec.Tick(t); err != nil && w.recordErr == nil {
		w.recordErr = err
		w.incomplete("%v", err)
	}
	if w.o.Progress != nil {
		p := w.progress(i, now)
		p.Metrics = t.Metrics
		w.o.Progress(p)
	}
}

// metrics are the figures of the record's series.csv; counts are of the whole run.
func (w *watch) metrics(phase int, now time.Duration) []results.Metric {
	var offered, completed, failed, dropped int64
	for i := range w.board.phases {
		c := w.counts(i, now)
		offered += c.Offered
		completed += c.Completed
		failed += c.Failed
		dropped += c.Dropped
	}
	in, out := w.board.stanzas()
	bytesIn, bytesOut := w.board.bytes()
	l := w.ledger.running()
	m := []results.Metric{
		{Name: "offered", Value: float64(offered)}, {Name: "completed", Value: float64(completed)},
		{Name: "failed", Value: float64(failed)}, {Name: "dropped", Value: float64(dropped)},
		{Name: "sessions", Value: float64(w.connected.Load())},
		{Name: "in_flight", Value: float64(w.inFlight())},
		{Name: "stanzas_in", Value: float64(in)}, {Name: "stanzas_out", Value: float64(out)},
		{Name: "bytes_in", Value: float64(bytesIn)}, {Name: "bytes_out", Value: float64(bytesOut)},
		{Name: "ledger.sent", Value: float64(l.Sent)}, {Name: "ledger.delivered", Value: float64(l.Delivered)},
		{Name: "ledger.duplicated", Value: float64(l.Duplicated)}, {Name: "ledger.reordered", Value: float64(l.Reordered)},
		{Name: "ledger.misdelivered", Value: float64(l.Misdelivered)}, {Name: "ledger.refused", Value: float64(l.Refused)},
	}
	for _, c := range w.errors.list() {
		m = append(m, results.Metric{Name: "error:" + c.Class, Value: float64(c.Count)})
	}
	return append(m, w.health.metrics()...)
}

func (w *watch) inFlight() (n int64) {
	for i := range w.board.phases {
		p := &w.board.phases[i]
		n += p.begun.Load() - p.completed.Load() - p.failed.Load()
	}
	return n
}

// sofar is the run as known now.
func (w *watch) sofar(now time.Duration) results.Run {
	r := w.head
	r.ElapsedNS = int64(now)
	r.Phases = make([]results.Phase, 0, len(w.board.phases))
	for i := range w.board.phases {
		r.Phases = append(r.Phases, w.counts(i, now))
	}
	r.Sessions = results.Sessions{
		Wanted: w.size, Peak: w.peak.Load(), Opened: w.logins.Load(), Failed: w.loginsFailed.Load(), Lost: w.broken.Load(),
		Reconnected: w.reconnects.Load(), Resumed: w.resumes.Load(), ResumesFailed: w.resumesFailed.Load(),
	}
	r.Logins, r.Target.ALPN = w.kinds(), w.alpn
	r.Target.Mechanism, r.Target.Login, r.Target.Offered = w.mechanism, w.means.String(), w.described
	if keys := w.dialers[""].Keys; keys != nil {
		r.Target.KeysRenewed = keys.Renewed()
	}
	if r.Target.Software == "" {
		r.Target.Software, r.Target.Version = w.software, w.version
	}
	r.Ledger = w.ledger.running()
	r.Rooms = w.roomAccount(false)
	if away := w.users.away; away != nil && away.Federation != nil {
		r.Federation = away.Federation()
	}
	r.Enrolment = w.enrolment.account()
	r.Ledger.Uploads = w.uploads.account()
	r.Ledger.Nodes = w.fanout.accounts()
	r.Errors = w.errors.list()
	r.Generator = w.health.generator()
	r.Server = w.health.serverCost()
	w.own.account(&r.Server)
	for _, s := range w.servers() {
		for _, c := range s.Crashes() {
			r.Server.Crashes = append(r.Server.Crashes, results.Crash{AtNS: int64(c.At.Sub(w.zero)), Title: c.Kind, Text: c.Text})
		}
	}
	return r
}

func (w *watch) progress(i int, now time.Duration) Progress {
	p := &w.board.phases[i]
	in, out := w.board.stanzas()
	progress := Progress{
		At: now, Phase: p.name, PhaseStart: time.Duration(p.start.Load()), PhaseEnd: time.Duration(p.end.Load()),
		RunEnd: time.Duration(w.board.phases[w.drainPhase()].start.Load()), Sessions: w.connected.Load(), Wanted: w.size,
		Count: w.counts(i, now), Stanzas: in + out, ServerCPU: w.health.serverCPU, RigCPU: w.health.cpu,
		Reconnects: w.reconnects.Load(), Last: w.lastSecond(),
	}
	for _, c := range w.errors.list() {
		progress.Errors += c.Count
	}
	return progress
}

func (w *watch) lastSecond() LastSecond {
	h := w.rec.Recent(results.Response)
	l := LastSecond{Count: h.TotalCount()}
	if l.Count > 0 {
		l.P50, l.P99, l.Max = time.Duration(h.ValueAtQuantile(50)), time.Duration(h.ValueAtQuantile(99)), time.Duration(h.Max())
	}
	return l
}

// final is the run with its account closed and its verdict.
func (w *watch) final() results.Run {
	r := w.sofar(w.now())
	for i := range r.Phases {
		p := &r.Phases[i]
		// What came due and was never begun when the run was over.
		p.Dropped = p.Offered - p.Completed - p.Failed
	}
	w.ledger.fate = func(to int, sent time.Duration) fate {
		if to >= w.users.size {
			return isLost
		}
		return w.fateAt(w.devicesOf(to), sent)
	}
	r.Ledger = w.ledger.close()
	r.Rooms = w.roomAccount(true)
	r.Ledger.Managed = w.ledger.closeManaged(func(user int) bool { return w.anyDevice(user, func(s *session) bool { return s.resumed }) })
	r.Ledger.Devices = w.ledger.closeDevices(func(user, nth int) bool { return w.devicesOf(user)[nth].went })
	r.Ledger.Samples = w.ledger.samples
	r.Ledger.Uploads = w.uploads.account()
	r.Outages, r.Restarts = w.recovery.close(w.now()), w.restarts()
	w.fanout.close()
	r.Ledger.Nodes = w.fanout.accounts()
	r.Generator.Reasons = w.health.limits(&r, w.rec.Summaries())
	r.Generator.Limited = len(r.Generator.Reasons) > 0
	r.Objectives = w.objectives(&r)
	r.Verdict = w.verdict(&r)
	return r
}

// verdict says how the run ended; several reasons may apply.
func (w *watch) verdict(r *results.Run) results.Verdict {
	exit, reasons := w.exit, slices.Clone(w.reasons)
	if missing := int64(w.size) - w.standing.Load(); missing > 0 && len(reasons) == 0 {
		exit = results.Worst(exit, results.ExitIncomplete)
		reasons = append(reasons, plural(missing, "session")+" never came up")
	}
	for _, p := range r.Phases {
		if (p.Kind == results.PhaseOpen || p.Kind == results.PhaseClosed) && p.Failed > 0 && p.Completed == 0 && len(reasons) == 0 {
			exit = results.Worst(exit, results.ExitIncomplete)
			reasons = append(reasons, "nothing was completed in phase "+p.Name+": "+plural(p.Failed, "iteration")+" failed")
		}
	}
	if len(r.Server.Crashes) > 0 && !w.reconnect {
		exit = results.Worst(exit, results.ExitIncomplete)
		reasons = append(reasons, "the server crashed: "+r.Server.Crashes[0].Title)
	}
	if r.Generator.Limited {
		exit = results.Worst(exit, results.ExitLimited)
		reasons = append(reasons, r.Generator.Reasons...)
	}
	for _, o := range r.Objectives {
		if !o.Passed {
			exit = results.Worst(exit, unmet(o))
			reasons = append(reasons, o.Reason)
		}
	}
	if reasons == nil {
		reasons = []string{}
	}
	return results.Verdict{Status: exit.Status(), ExitCode: int(exit), Reasons: reasons}
}
