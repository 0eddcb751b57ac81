package results

import "bufio"

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
