package loadgen

import (
	"fmt"
	"math"
	"runtime/metrics"
	"syscall"
	"time"

	"xmpprig/loadgen/target"
	"xmpprig/results"
)

// health watches the rig itself, and what the server costs, each second.
type health struct {
	e     *engine
	quota float64 // CPUs that this process may use

	last      time.Duration // of the sample before
	lastCPU   time.Duration
	cpu       float64 // CPUs in use over the last second
	cpuMax    float64
	measured  span // the rig over the measured phases
	rssPeak   int64
	rss       int64
	baseFiles int64
	lag       *results.Reader // what rigLag gained each second
	lagP99    int64           // of the last second; negative: nothing was sent
	runtime   []metrics.Sample

	serverSeen   bool
	usage        target.Usage
	serverCPU    float64
	serverMax    float64
	serverRun    span
	threads      threadShare
	before       int64 // RSS of the server before the first login
	afterLogin   int64
	rssServerMax int64
	threadsMax   int64
	filesMax     int64
}

// span adds up CPU time and stanzas over the measured phases.
type span struct {
	cpu, wall time.Duration
	stanzas   int64
	mark      int64 // stanzas at the sample before
}

func newHealth(e *engine) *health {
	h := &health{e: e, quota: cpuQuota(), lastCPU: ownCPU(), baseFiles: openFiles(), serverCPU: -1, lag: e.board.rigLag.Reader()}
	h.runtime = []metrics.Sample{{Name: "/sched/latencies:seconds"}, {Name: "/sched/pauses/total/gc:seconds"}}
	if e.server != nil && e.server.Observed() {
		if u, err := e.server.Usage(); err == nil {
			h.usage, h.serverSeen, h.before = u, true, u.RSS
		}
	}
	return h
}

// sample looks at everything; now is the end of the second, which may belong
// to a measured phase.
func (h *health) sample(now time.Duration, measured bool) {
	wall := now - h.last
	if wall <= 0 {
		return
	}
	h.last = now
	in, out := h.e.board.stanzas()
	cpu := ownCPU()
	h.cpu = (cpu - h.lastCPU).Seconds() / wall.Seconds()
	h.measured.add(measured, cpu-h.lastCPU, wall, in+out)
	h.lastCPU = cpu
	if measured {
		h.cpuMax = max(h.cpuMax, h.cpu)
	}
	h.lagP99 = -1
	if lag := h.lag.Next(); lag.TotalCount() > 0 {
		h.lagP99 = lag.ValueAtQuantile(99)
	}
	h.rss = ownRSS()
	h.rssPeak = max(h.rssPeak, h.rss)
	h.sampleServer(measured, wall, in+out)
}

func (h *health) sampleServer(measured bool, wall time.Duration, stanzas int64) {
	if !h.serverSeen {
		return
	}
	u, err := h.e.server.Usage()
	if err != nil { // it is gone: the run is told by Exited
		h.serverCPU = -1
		return
	}
	h.serverCPU = (u.CPU - h.usage.CPU).Seconds() / wall.Seconds()
	h.serverRun.add(measured, u.CPU-h.usage.CPU, wall, stanzas)
	h.threads.add(measured, u, u.Waited-h.usage.Waited, wall)
	h.usage = u
	if measured {
		h.serverMax = max(h.serverMax, h.serverCPU)
	}
	if h.e.stage.Load() == stageRise || h.afterLogin == 0 {
		h.afterLogin = u.RSS
	}
	h.rssServerMax = max(h.rssServerMax, u.RSS)
	h.threadsMax = max(h.threadsMax, int64(u.Threads))
	h.filesMax = max(h.filesMax, int64(u.FDs))
}

func (s *span) add(measured bool, cpu, wall time.Duration, stanzas int64) {
	if measured {
		s.cpu += cpu
		s.wall += wall
		s.stanzas += stanzas - s.mark
	}
	s.mark = stanzas
}

// share is the mean number of CPUs in use.
func (s *span) share() float64 {
	if s.wall == 0 {
		return 0
	}
	return s.cpu.Seconds() / s.wall.Seconds()
}

func (s *span) perStanza() int64 {
	if s.stanzas == 0 {
		return 0
	}
	return int64(s.cpu) / s.stanzas
}

// metrics are the gauges of this second.
func (h *health) metrics() []results.Metric {
	m := []results.Metric{
		{Name: "generator.cpu", Value: h.cpu}, {Name: "generator.rss", Value: float64(h.rss)},
		{Name: "generator.fds", Value: float64(h.baseFiles + h.e.connected.Load())},
	}
	if h.lagP99 >= 0 {
		m = append(m, results.Metric{Name: "generator.lag_p99_s", Value: float64(h.lagP99) / 1e9})
	}
	if h.serverSeen && h.serverCPU >= 0 {
		m = append(m,
			results.Metric{Name: "server.cpu", Value: h.serverCPU}, results.Metric{Name: "server.rss", Value: float64(h.usage.RSS)},
			results.Metric{Name: "server.fds", Value: float64(h.usage.FDs)}, results.Metric{Name: "server.threads", Value: float64(h.usage.Threads)})
		m = append(m, h.threads.metrics()...)
	}
	return m
}

// lagTail is the 99th percentile of the lag over the measured phases; 0 where
// too few operations were sent to tell.
func (h *health) lagTail() int64 {
	lag := h.e.board.rigLag
	if !results.Enough(lag.Count(), 99) {
		return 0
	}
	return lag.Snapshot().ValueAtQuantile(99)
}

// generator is the rig's part of the record.
func (h *health) generator() results.Generator {
	in, out := h.e.board.stanzas()
	bytesIn, bytesOut := h.e.board.bytes()
	metrics.Read(h.runtime)
	return results.Generator{
		CPUMean: h.measured.share() / h.quota, CPUMax: h.cpuMax / h.quota, CPUPerMsg: h.measured.perStanza(),
		LagP99NS:   h.lagTail(),
		SchedP99NS: secondsQuantile(h.runtime[0].Value.Float64Histogram(), 0.99),
		GCPauseNS:  secondsQuantile(h.runtime[1].Value.Float64Histogram(), 1),
		RSSPeak:    h.rssPeak, FDPeak: h.baseFiles + h.e.peak.Load(),
		CPULimit: maxCPUShare,
		BytesIn:  bytesIn, BytesOut: bytesOut, StanzasIn: in, StanzasOut: out,
	}
}

// serverCost is the server's part of the record.
func (h *health) serverCost() results.Server {
	if !h.serverSeen {
		return results.Server{}
	}
	s := results.Server{
		Observed: true, CPUMean: h.serverRun.share(), CPUMax: h.serverMax, CPUPerMsgNS: h.serverRun.perStanza(),
		RSSBefore: h.before, RSSAfterLogin: h.afterLogin, RSSPeak: h.rssServerMax, ThreadsPeak: h.threadsMax, FDPeak: h.filesMax,
	}
	h.threads.record(&s)
	if n := h.e.peak.Load(); n > 0 {
		s.BytesPerSession = max(0, h.afterLogin-h.before) / n
	}
	return s
}

// secondsQuantile is the upper bound of the bucket that holds quantile q, in
// nanoseconds.
func secondsQuantile(h *metrics.Float64Histogram, q float64) int64 {
	var total, sum uint64
	for _, n := range h.Counts {
		total += n
	}
	for i, n := range h.Counts {
		if sum += n; n > 0 && float64(sum) >= q*float64(total) {
			if bound := h.Buckets[i+1]; !math.IsInf(bound, 0) {
				return int64(bound * 1e9)
			}
			return int64(h.Buckets[i] * 1e9)
		}
	}
	return 0
}

// ownCPU is the CPU time that this process has used.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
