package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxPending bounds what an appender keeps for a disk that fails.
const maxPending = 8 << 20

// appender appends to a file and keeps what the file would not take, so that
// after an error the file goes on where it stopped, mid-line or not.
type appender struct {
	name    string
	w       io.Writer
	file    *os.File
	pending []byte
}

func openAppender(path string) (*appender, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	return &appender{name: filepath.Base(path), w: f, file: f}, nil
}

func (a *appender) full() bool { return len(a.pending) >= maxPending }

func (a *appender) flush() error {
	if len(a.pending) == 0 {
		return nil
	}
	n, err := a.w.Write(a.pending)
	a.pending = a.pending[:copy(a.pending, a.pending[n:])]
	if err != nil {
		return fmt.Errorf("append to %s: %w", a.name, err)
	}
	return nil
}

func writeRun(dir string, run Run) error {
	text, err := json.MarshalIndent(listed(run), "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", RunFile, err)
	}
	return replace(dir, RunFile, append(text, '\n'), !run.Unfinished)
}

// replace replaces a file at one stroke: a reader sees the old one or the
// new one, whole.
func replace(dir, name string, text []byte, sync bool) error {
	path := filepath.Join(dir, name)
	if err := writeTemp(path+".tmp", text, sync); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// listed makes empty lists of those that are absent, for readers in other
// languages that iterate over them.
func listed(run Run) Run {
	orEmpty(&run.Command)
	orEmpty(&run.Phases)
	orEmpty(&run.Series)
	orEmpty(&run.Errors)
	orEmpty(&run.Objectives)
	orEmpty(&run.Verdict.Reasons)
	return run
}

func orEmpty[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}

func writeTemp(path string, text []byte, sync bool) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil && sync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func (r *Recorder) syncFiles() error {
	d, err := os.Open(r.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return errors.Join(r.hlog.file.Sync(), r.csv.file.Sync(), d.Sync())
}

func (r *Recorder) closeFiles() error {
	var err error
	for _, a := range []*appender{r.hlog, r.csv} {
		if a != nil {
			err = errors.Join(err, a.file.Close())
		}
	}
	return err
}

// undo removes what a failed Create has made, but the directory.
func (r *Recorder) undo() error {
	err := r.closeFiles()
	for _, a := range []*appender{r.hlog, r.csv} {
		if a != nil {
			err = errors.Join(err, os.Remove(filepath.Join(r.dir, a.name)))
		}
	}
	return err
}
