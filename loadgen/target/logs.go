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
	logKept     = 400      // lines
	logLine     = 8 << 10  // bytes kept of a line
	dumpRead    = 64 << 10 // bytes read of a dump; what killed the program is said first
	dumpLines   = 20       // of it, kept among the last lines
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
	kept        int64 // lines that ever were in the ring
	watch       func(line string)
	crashes     []Crash
	omitted     int // crashes not kept, and the last of them
	omittedLast Crash

	sizes sync.Mutex // guards what size notes in the files

	stop, done chan struct{}
}

type followed struct {
	path    string
	offset  int64
	partial []byte // an unfinished line
	output  bool   // stdout or stderr rather than the software's own log
	dump    bool   // what a dying program leaves: not a log, and perhaps very long
	lines   int    // of a dump

	size, past int64 // bytes there were last time, and of contents before them
}

// follow starts to follow the named files, which need not exist yet. watch sees
// every line.
func follow(dir string, names []string, rules []rule, watch func(line string)) *follower {
	f := &follower{detect: detector{rules: rules}, watch: watch, stop: make(chan struct{}), done: make(chan struct{})}
	for _, name := range append([]string{"stdout.log", "stderr.log"}, names...) {
		f.files = append(f.files, &followed{
			path: filepath.Join(dir, name), output: name == "stdout.log" || name == "stderr.log", dump: strings.HasSuffix(name, ".dump"),
		})
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
		f.detect.pause(f.note)
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
	if file.lines++; file.dump && file.lines > dumpLines {
		return
	}
	f.kept++
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
	return f.lastLines(n)
}

func (f *follower) lastLines(n int) []string {
	all := append(append([]string(nil), f.last[f.next:]...), f.last[:f.next]...)
	return all[max(0, len(all)-n):]
}

// read passes each whole new line to take. A file that is gone or cannot be
// read is tried again next time; one that shrank is read from its start.
func (file *followed) read(take func(string)) {
	if info, err := os.Stat(file.path); err != nil || info.Size() == file.offset {
		return // as a rule: nothing need be opened
	}
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
	for !file.dump || file.offset < dumpRead {
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
