package loadgen

import (
	"sync/atomic"
	"time"

	"xmpprig/results"
)

// gauge is the three histograms of one operation in one phase.
type gauge struct{ response, service, lag *results.Histogram }

// board holds every histogram of a run, by phase and series, and the counts
// of each phase. It is laid out before the first session starts.
type board struct {
	series []string
	phases []phase
	gauges [][]gauge // [phase][series]
	shards [16]shard
	rigLag *results.Histogram // lag of all operations of the measured phases
}

// phase is one phase of the run with its counts.
type phase struct {
	name, kind string
	rate       float64
	start, end atomic.Int64 // offsets; 0 while not known
	begun      atomic.Int64
	completed  atomic.Int64
	failed     atomic.Int64
	dropped    atomic.Int64 // given up before they were begun
	errors     atomic.Int64 // of sessions that were in the phase
	cut        atomic.Int64 // begun, and cut off by the end of the run
}

// shard spreads counters that every stanza touches over cache lines.
type shard struct {
	in, out           atomic.Int64 // stanzas
	bytesIn, bytesOut atomic.Int64 // of XML, logins included
	_                 [32]byte
}

// measured says whether the phase's numbers count for the verdict.
func (p *phase) measured() bool { return p.kind == results.PhaseOpen || p.kind == results.PhaseClosed }

// lay makes a gauge for each series and phase.
func (b *board) lay(rec *results.Recorder) {
	b.rigLag = new(results.Histogram)
	b.gauges = make([][]gauge, len(b.phases))
	for i := range b.phases {
		b.gauges[i] = make([]gauge, len(b.series))
		for j, name := range b.series {
			p := b.phases[i].name
			b.gauges[i][j] = gauge{
				response: rec.Series(name, p, results.Response),
				service:  rec.Series(name, p, results.Service),
				lag:      rec.Series(name, p, results.Lag),
			}
		}
	}
}

// at is the phase that an offset of the run belongs to.
func (b *board) at(offset time.Duration) int {
	for i := len(b.phases) - 1; i > 0; i-- {
		if start := b.phases[i].start.Load(); start > 0 && int64(offset) >= start {
			return i
		}
	}
	return 0
}

// answered records an operation that is over.
func (b *board) answered(phase, series int, due, sent, answered time.Duration) {
	g := &b.gauges[phase][series]
	g.response.Record(int64(answered - due))
	g.service.Record(int64(answered - sent))
}

// sent records how late the rig was.
func (b *board) sent(phase, series int, lag time.Duration) {
	b.gauges[phase][series].lag.Record(int64(lag))
	if b.phases[phase].measured() {
		b.rigLag.Record(int64(lag))
	}
}

// bytes is how much XML the rig has received and sent.
func (b *board) bytes() (in, out int64) {
	for i := range b.shards {
		in += b.shards[i].bytesIn.Load()
		out += b.shards[i].bytesOut.Load()
	}
	return in, out
}

// stanzas is how many stanzas the rig has received and sent.
func (b *board) stanzas() (in, out int64) {
	for i := range b.shards {
		in += b.shards[i].in.Load()
		out += b.shards[i].out.Load()
	}
	return in, out
}
