package target

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	logInterval = 200 * time.Millisecond
	logKept     = 400     // lines
	logLine     = 8 << 10 // bytes kept of a line
	crashesKept = 1000
)

// A follower reads what is appended to some files, hands every line to a
// detector and keeps the last of them.
type follower struct {
	mu          sync.Mutex
	files       []*followed
	detect      detector
	last        []string // ring of the last lines, with the file they are from
	next        int
	watch       func(line string)
	crashes     []Crash
	omitted     int // crashes not kept, and the last of them
	omittedLast Crash

	stop, done chan struct{}
}

type followed struct {
	path    string
	offset  int64
	partial []byte // an unfinished line
	output  bool   // stdout or stderr rather than the software's own log
}

// follow starts to follow the named files, which need not exist yet. watch sees
// every line.
func follow(dir string, names []string, rules []rule, watch func(line string)) *follower {
	f := &follower{detect: detector{rules: rules}, watch: watch, stop: make(chan struct{}), done: make(chan struct{})}
	for _, name := range append([]string{"stdout.log", "stderr.log"}, names...) {
		f.files = append(f.files, &followed{path: filepath.Join(dir, name), output: name == "stdout.log" || name == "stderr.log"})
	}
	go f.run()
	return f
}

func (f *follower) run() {
	defer close(f.done)
	tick := time.NewTicker(logInterval)
	defer tick.Stop()
	for {
		select {
		case <-f.stop:
			return
		case <-tick.C:
			f.poll()
		}
	}
}

// close reads what is left and stops.
func (f *follower) close() {
	close(f.stop)
	<-f.done
	f.poll()
}

// poll reads all files to their present ends.
func (f *follower) poll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, file := range f.files {
		file.read(func(line string) { f.take(file, line) })
		f.detect.flush(f.note)
	}
}

// note keeps a crash, or counts it when there are very many.
func (f *follower) note(c Crash) {
	if len(f.crashes) < crashesKept {
		f.crashes = append(f.crashes, c)
		return
	}
	f.omitted++
	f.omittedLast = c
}

func (f *follower) take(file *followed, line string) {
	source := filepath.Base(file.path)
	f.watch(line)
	f.detect.line(source, file.output, line, f.note)
	entry := strings.TrimSuffix(source, ".log") + ": " + line
	if len(f.last) < logKept {
		f.last = append(f.last, entry)
		return
	}
	f.last[f.next] = entry
	f.next = (f.next + 1) % logKept
}

// found returns the crashes so far.
func (f *follower) found() []Crash {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := append([]Crash(nil), f.crashes...)
	if f.omitted > 0 {
		last := f.omittedLast
		last.Text = fmt.Sprintf("the last of %d more: %s", f.omitted, last.Text)
		all = append(all, last)
	}
	return all
}

// tail returns the last n lines.
func (f *follower) tail(n int) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := append(append([]string(nil), f.last[f.next:]...), f.last[:f.next]...)
	return all[max(0, len(all)-n):]
}

// read passes each whole new line to take. A file that is gone or cannot be
// read is tried again next time; one that shrank is read from its start.
func (file *followed) read(take func(string)) {
	r, err := os.Open(file.path)
	if err != nil {
		return
	}
	defer r.Close()
	if info, err := r.Stat(); err != nil || info.Size() == file.offset {
		return
	} else if info.Size() < file.offset {
		file.offset, file.partial = 0, nil
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := r.ReadAt(buf, file.offset)
		file.offset += int64(n)
		file.split(buf[:n], take)
		if err != nil || n == 0 {
			return // io.EOF as a rule; anything else comes again
		}
	}
}

func (file *followed) split(data []byte, take func(string)) {
	for {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			file.partial = appendLine(file.partial, data)
			return
		}
		take(string(bytes.TrimRight(appendLine(file.partial, data[:i]), "\r")))
		file.partial, data = file.partial[:0], data[i+1:]
	}
}

func appendLine(line, more []byte) []byte {
	return append(line, more[:min(len(more), max(0, logLine-len(line)))]...)
}

// output returns up to max bytes of a file.
func output(path string, max int64) []byte {
	r, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, max))
	if err != nil {
		return nil
	}
	return data
}
