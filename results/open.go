package results

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Bounds on the files of a record; what lies beyond is left out, with a
// warning.
const (
	maxRun      = 64 << 20
	maxLog      = 1 << 30
	maxSeries   = 256 << 20
	maxLine     = 1 << 20
	maxWarnings = 1000
)

// Record is a run read back.
type Record struct {
	Dir       string
	Run       Run
	Intervals []Interval // in the order of latency.hlog: by time, then by series
	Ticks     []Tick     // in the order of series.csv: by time
	Warnings  []error    // of type *Warning
}

// Warning is something about a record that is not as it should be, and that
// reading went past.
type Warning struct {
	File   string // its name in the record, such as "latency.hlog"
	Line   int    // from 1; 0 if it is about the whole file
	Reason string
}

func (w *Warning) Error() string {
	if w.Line == 0 {
		return fmt.Sprintf("%s: %s", w.File, w.Reason)
	}
	return fmt.Sprintf("%s:%d: %s", w.File, w.Line, w.Reason)
}

// VersionError says that a record is newer than this program.
type VersionError struct{ Version int }

func (e VersionError) Error() string {
	return fmt.Sprintf("the record has schema_version %d and this program reads up to %d: use a newer one", e.Version, SchemaVersion)
}

// NoRecordError says that a directory holds no record.
type NoRecordError struct{ Dir string }

func (e NoRecordError) Error() string {
	return fmt.Sprintf("%s is not a run record: it has no %s", e.Dir, RunFile)
}

// Open reads the record in dir, whole or left by a run that was killed; see
// Run.Unfinished. It fails if run.json is absent (NoRecordError), newer than
// this program (VersionError) or not JSON. Everything else that is wrong is in
// Warnings, and reading goes on behind it.
func Open(dir string) (*Record, error) {
	r := &Record{Dir: dir}
	if err := r.openRun(); err != nil {
		return nil, fmt.Errorf("open record: %w", err)
	}
	if err := r.openLines(LogFile, maxLog, r.readLog); err != nil {
		return nil, fmt.Errorf("open record: %w", err)
	}
	if err := r.openLines(SeriesFile, maxSeries, r.readTicks); err != nil {
		return nil, fmt.Errorf("open record: %w", err)
	}
	r.rebuild()
	return r, nil
}

func (r *Record) warn(file string, line int, format string, args ...any) {
	switch n := len(r.Warnings); {
	case n < maxWarnings:
		r.Warnings = append(r.Warnings, &Warning{file, line, fmt.Sprintf(format, args...)})
	case n == maxWarnings:
		r.Warnings = append(r.Warnings, &Warning{file, line, "further warnings are left out"})
	}
}

func (r *Record) openRun() error {
	f, err := os.Open(filepath.Join(r.Dir, RunFile))
	if errors.Is(err, fs.ErrNotExist) {
		return NoRecordError{r.Dir}
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return r.readRun(f)
}

func (r *Record) readRun(src io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(src, maxRun+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", RunFile, err)
	}
	if len(text) > maxRun {
		return fmt.Errorf("read %s: longer than %d bytes", RunFile, maxRun)
	}
	var v struct {
		Schema int `json:"schema_version"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return fmt.Errorf("read %s: %w", RunFile, err)
	}
	if v.Schema > SchemaVersion {
		return VersionError{v.Schema}
	}
	if v.Schema < 1 {
		return fmt.Errorf("read %s: no schema_version, so not a run record", RunFile)
	}
	if err := json.Unmarshal(text, &r.Run); err != nil {
		return fmt.Errorf("read %s: %w", RunFile, err)
	}
	return nil
}

// openLines opens a file that may be missing and hands it to read. What a
// disk refuses to read is a warning too: the rest may do.
func (r *Record) openLines(name string, limit int64, read func(*lines)) error {
	f, err := os.Open(filepath.Join(r.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		r.warn(name, 0, "the file is missing")
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	r.scan(name, f, limit, read)
	return nil
}

func (r *Record) scan(name string, src io.Reader, limit int64, read func(*lines)) {
	l := &lines{record: r, file: name, src: bufio.NewReaderSize(io.LimitReader(src, limit+1), 64<<10), left: limit}
	read(l)
	if l.err != nil && l.err != io.EOF {
		r.warn(name, l.n, "cannot read on: %v", l.err)
	}
}

// lines reads a file line by line; lines beyond maxLine are skipped.
type lines struct {
	record *Record
	file   string
	src    *bufio.Reader
	buf    []byte
	n      int // number of the line that next gave
	left   int64
	torn   bool // that line has no end
	err    error
}

func (l *lines) warn(format string, args ...any) {
	if l.torn {
		format = "torn last line: " + format
	}
	l.record.warn(l.file, l.n, format, args...)
}

func (l *lines) next() (string, bool) {
	for l.err == nil && l.left > 0 {
		long := l.fill()
		if l.err != nil && len(l.buf) == 0 && !long {
			break
		}
		l.n++
		if l.torn = l.err != nil; l.left <= 0 {
			l.warn("the file is too long; the rest is left out")
			break
		}
		if !long {
			return string(l.buf), true
		}
		l.warn("line longer than %d bytes", maxLine)
	}
	return "", false
}

// fill reads one line into buf, without its end, and says whether there was
// more of it than buf may hold.
func (l *lines) fill() (long bool) {
	l.buf = l.buf[:0]
	for l.left > 0 {
		part, err := l.src.ReadSlice('\n')
		l.left -= int64(len(part))
		if err == nil {
			part = part[:len(part)-1]
		}
		if long = long || len(l.buf)+len(part) > maxLine; !long {
			l.buf = append(l.buf, part...)
		}
		if err != bufio.ErrBufferFull {
			l.err = err
			return long
		}
	}
	return long
}

// Point is one value of a metric.
type Point struct {
	T time.Duration
	V float64
}

// Metric is a metric over time; doc.go lists the names.
func (r *Record) Metric(name string) []Point {
	var points []Point
	for _, t := range r.Ticks {
		for _, m := range t.Metrics {
			if m.Name == name {
				points = append(points, Point{t.At, m.Value})
			}
		}
	}
	return points
}

// Bound is when a phase was.
type Bound struct {
	Name, Kind string
	Start, End time.Duration
}

// Bounds says when each phase was, in the order of Run.Phases.
func (r *Record) Bounds() []Bound {
	bounds := make([]Bound, len(r.Run.Phases))
	for i, p := range r.Run.Phases {
		bounds[i] = Bound{p.Name, p.Kind, time.Duration(p.StartNS), time.Duration(p.EndNS)}
	}
	return bounds
}

// Merged is everything that was recorded for a series over a phase, or over
// all phases if phase is empty; nil if there is nothing. It comes from
// run.json where that has the series, else from latency.hlog.
func (r *Record) Merged(name, phase, kind string) *hdrhistogram.Histogram {
	var d decoder
	var sum merger
	found := false
	for _, s := range r.Run.Series {
		if s.Name == name && s.Kind == kind && (phase == "" || s.Phase == phase) {
			if bins, err := d.decode(s.HDR); err == nil {
				sum.add(bins)
				found = true
			}
		}
	}
	for i := 0; !found && i < len(r.Intervals); i++ {
		if v := &r.Intervals[i]; v.Name == name && v.Kind == kind && (phase == "" || v.Phase == phase) {
			sum.add(v.bins(&d))
		}
	}
	if sum.total == 0 {
		return nil
	}
	return dense(sum.bins())
}
