package target

import (
	"fmt"
	"os"
)

// A LogMark is a moment in what a server has logged. The zero value is its start.
type LogMark struct{ lines int64 }

// LogMark returns the present moment: what is in the log files now lies before
// it. A line that is not yet whole lies after it.
func (s *Server) LogMark() LogMark {
	if s.logs == nil {
		return LogMark{}
	}
	s.logs.poll()
	s.logs.mu.Lock()
	defer s.logs.mu.Unlock()
	return LogMark{s.logs.kept}
}

// LogSince returns the lines logged since mark, each after the name of its file
// as in LogTail. The last 400 are kept; where there were more, the first line
// says in brackets how many are missing. They outlive Stop.
func (s *Server) LogSince(mark LogMark) []string {
	if s.logs == nil {
		return nil
	}
	s.logs.poll()
	return s.logs.since(mark)
}

func (f *follower) since(mark LogMark) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.kept - mark.lines
	if n <= 0 {
		return nil
	}
	lines := f.lastLines(int(min(n, logKept)))
	if missing := n - int64(len(lines)); missing > 0 {
		lines = append([]string{fmt.Sprintf("[%d lines before these are not kept]", missing)}, lines...)
	}
	return lines
}

// bytes is how much was ever logged, by the sizes of the files. Where a file was
// cut or replaced, what it held when it was last looked at stays in the sum.
func (f *follower) bytes() (total int64) {
	f.sizes.Lock()
	defer f.sizes.Unlock()
	for _, file := range f.files {
		if file.dump {
			continue
		}
		if info, err := os.Stat(file.path); err == nil {
			if info.Size() < file.size {
				file.past += file.size
			}
			file.size = info.Size()
		}
		total += file.past + file.size
	}
	return total
}
