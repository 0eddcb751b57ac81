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
	l := &lines{record: r, file: name, src: bufio.NewReaderSize(io.LimitReader(src, limit+1), 64<<10), left: limit + 1}
	read(l)
	if l.err != nil && l.err != io.EOF {
		r.warn(name, l.n, "cannot read on: %v", l.err)
	}
}
