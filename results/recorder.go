package results

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Names of the files of a record.
const (
	RunFile    = "run.json"
	LogFile    = "latency.hlog"
	SeriesFile = "series.csv"
)

// Metric is one figure of one second; doc.go lists the names.
type Metric struct {
	Name  string
	Value float64
}

// Tick is what was known at one moment, commonly once a second.
type Tick struct {
	At      time.Duration // since Run.Started
	Phase   string        // the phase that was under way
	Metrics []Metric
}

// Recorder writes the record of a run while the run goes on. Its methods may
// be called from several goroutines; only Histograms are for the hot path.
type Recorder struct {
	mu     sync.Mutex
	dir    string
	run    Run
	series []*series
	byName map[[3]string]*series

	hlog, csv *appender
	enc       *encoder
	bins      []bin
	recent    map[string][]bin // by kind: what the last harvest brought

	harvested time.Duration // the end of the last interval in latency.hlog
	failing   bool
	closed    bool
}

// series is one histogram with its place in the record.
type series struct {
	name, phase, kind string
	tag               string
	hist              Histogram
	reader            *Reader
	clipped, negative int64 // as series.csv has them
}

// Create makes the directory of a record, with those above it, and writes run
// as far as it is known; what run points to is the Recorder's from then on.
// It fails if the directory holds anything already. If
// run.Started is zero it is now; all offsets count from it.
func Create(dir string, run Run) (*Recorder, error) {
	if err := makeEmpty(dir); err != nil {
		return nil, fmt.Errorf("create record: %w", err)
	}
	if run.Started.IsZero() {
		run.Started = time.Now()
	}
	r := &Recorder{dir: dir, run: run, byName: map[[3]string]*series{}, recent: map[string][]bin{}, enc: newEncoder()}
	if err := r.begin(); err != nil {
		return nil, fmt.Errorf("create record: %w", errors.Join(err, r.undo()))
	}
	return r, nil
}

func makeEmpty(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty: a record needs a directory of its own", dir)
	}
	return err
}

func (r *Recorder) begin() (err error) {
	if r.hlog, err = openAppender(filepath.Join(r.dir, LogFile)); err != nil {
		return err
	}
	if r.csv, err = openAppender(filepath.Join(r.dir, SeriesFile)); err != nil {
		return err
	}
	r.hlog.pending = appendLogHeader(r.hlog.pending, r.run.Started)
	r.csv.pending = append(r.csv.pending, csvHeader+"\n"...)
	return r.flush()
}

// Series is the histogram for a step's times of one kind in one phase; the
// same arguments give the same one. Callers keep it: this takes a lock.
func (r *Recorder) Series(name, phase, kind string) *Histogram {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := [3]string{name, phase, kind}
	s := r.byName[key]
	if s == nil {
		s = &series{name: name, phase: phase, kind: kind, tag: string(appendTag(nil, name, phase, kind))}
		s.reader = s.hist.Reader()
		r.byName[key] = s
		r.series = append(r.series, s)
	}
	return &s.hist
}

// Amend changes what the next rewrite of run.json says: what is learnt after
// Create, such as the server's version, or the phases and errors so far.
func (r *Recorder) Amend(change func(*Run)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.run)
}

// Tick records what happened since the last one. The first error of a disk
// that fails is returned; until the disk works again further errors are not,
// and what could not be written is kept for later Ticks and for Close.
func (r *Recorder) Tick(t Tick) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return fmt.Errorf("record tick: %w", os.ErrClosed)
	}
	r.run.ElapsedNS = max(r.run.ElapsedNS, int64(t.At))
	r.harvest(t.At)
	if !r.csv.full() {
		r.csv.pending = appendTick(r.csv.pending, t)
		r.csv.pending = r.appendClipped(r.csv.pending, t)
	}
	err := r.flush()
	again := r.failing
	r.failing = err != nil
	if err == nil || again {
		return nil
	}
	return fmt.Errorf("record tick: %w", err)
}

// harvest encodes what every series gained since the last time. While the
// disk fails it stops at some point; the next interval is the longer then.
func (r *Recorder) harvest(at time.Duration) {
	if r.hlog.full() {
		return
	}
	at = max(at, r.harvested)
	for kind := range r.recent {
		r.recent[kind] = r.recent[kind][:0]
	}
	for _, s := range r.series {
		r.bins = s.reader.next(r.bins[:0])
		if len(r.bins) > 0 {
			r.recent[s.kind] = append(r.recent[s.kind], r.bins...)
			r.hlog.pending = appendInterval(r.hlog.pending, s.tag, r.harvested, at, r.bins, r.enc)
		}
	}
	r.harvested = at
}

// Recent is what all series of a kind gained together between the last two
// Ticks. It costs 270 KiB, as Histogram.Snapshot does.
func (r *Recorder) Recent(kind string) *hdrhistogram.Histogram {
	r.mu.Lock()
	defer r.mu.Unlock()
	return dense(r.recent[kind])
}

// appendClipped notes what the log's histograms cannot tell, where it changed.
func (r *Recorder) appendClipped(dst []byte, t Tick) []byte {
	for _, s := range r.series {
		if n := s.hist.Clipped(); n != s.clipped {
			s.clipped = n
			dst = appendRow(dst, t.At, t.Phase, clippedMetric+s.tag, float64(n))
		}
		if n := s.hist.Negative(); n != s.negative {
			s.negative = n
			dst = appendRow(dst, t.At, t.Phase, negativeMetric+s.tag, float64(n))
		}
	}
	return dst
}

// flush hands everything to the operating system, which keeps it when this
// process dies. It does not wait for the disk: an fsync each second would
// disturb the run, and all it saves is the record of a machine that crashed.
func (r *Recorder) flush() error {
	return errors.Join(r.hlog.flush(), r.csv.flush(), writeRun(r.dir, unfinished(r.run)))
}

func unfinished(run Run) Run {
	run.Schema = SchemaVersion
	run.Unfinished = true
	run.Series = nil // latency.hlog has them
	run.Verdict = Verdict{Status: StatusIncomplete, ExitCode: int(ExitIncomplete), Reasons: []string{"the run did not come to its end"}}
	return run
}

// Summaries are the series so far that hold anything, in the order in which
// they were made: what objectives are judged by before Close.
func (r *Recorder) Summaries() []Series {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.summaries()
}

func (r *Recorder) summaries() []Series {
	all := []Series{}
	for _, s := range r.series {
		bins := s.hist.Reader().next(nil)
		if len(bins) == 0 {
			continue
		}
		sum := Summary(s.name, s.phase, s.kind, dense(bins))
		sum.Clipped, sum.Negative = s.hist.Clipped(), s.hist.Negative()
		sum.HDR = string(r.enc.append(nil, bins))
		all = append(all, sum)
	}
	return all
}

// Close records what came after the last Tick and writes final, with the
// series as Summaries gives them, as the last run.json. It tries everything
// even after errors, waits for the disk and closes the files.
func (r *Recorder) Close(final Run) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return fmt.Errorf("close record: %w", os.ErrClosed)
	}
	r.closed = true
	if final.Started.IsZero() {
		final.Started = r.run.Started
	}
	final.ElapsedNS = max(final.ElapsedNS, int64(r.harvested))
	r.hlog.flush() // makes room if a disk that failed works again; if not, the next flush tells
	r.harvest(time.Duration(final.ElapsedNS))
	final.Schema, final.Unfinished, final.Series = SchemaVersion, false, r.summaries()
	err := errors.Join(r.hlog.flush(), r.csv.flush(), writeRun(r.dir, final), r.syncFiles(), r.closeFiles())
	if err != nil {
		return fmt.Errorf("close record: %w", err)
	}
	return nil
}
