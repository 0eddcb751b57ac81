package results

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Interval is what one series gained between two Ticks.
type Interval struct {
	Start, Length time.Duration // Start counts from Run.Started
	Name          string
	Phase         string
	Kind          string
	Count         int64
	MaxNS         int64 // the upper end of the highest bucket in use

	packed []byte
}

// Hist unpacks the interval's histogram. A record keeps them packed, for
// unpacked they take 270 KiB each, so that an hour of thirty series would
// take 29 GB. It takes some tens of microseconds.
func (v *Interval) Hist() *hdrhistogram.Histogram {
	var d decoder
	return dense(v.bins(&d))
}

// bins are valid until d is used again.
func (v *Interval) bins(d *decoder) []bin {
	bins, err := d.unpack(v.packed)
	if err != nil {
		return nil // not for what readLog let through
	}
	return bins
}

// merger adds up histograms.
type merger struct {
	hist  Histogram
	total int64
}

// add leaves out what no int64 can count, which only a forged record holds.
func (m *merger) add(bins []bin) {
	n := total(bins)
	if n > math.MaxInt64-m.total {
		return
	}
	m.total += n
	for _, b := range bins {
		m.hist.add(int(b.bucket), b.count)
	}
}

func (m *merger) bins() []bin { return m.hist.Reader().next(nil) }

// readLog reads latency.hlog.
func (r *Record) readLog(l *lines) {
	var d decoder
	names := map[string]string{}
	for line, ok := l.next(); ok; line, ok = l.next() {
		if line == "" || line[0] == '#' || line[0] == '"' {
			continue
		}
		v, err := parseInterval(strings.TrimSuffix(line, "\r"), &d)
		if err != nil {
			l.warn("%v", err)
			continue
		}
		v.Name, v.Phase, v.Kind = intern(names, v.Name), intern(names, v.Phase), intern(names, v.Kind)
		r.Intervals = append(r.Intervals, v)
	}
}

// intern gives equal strings one place in memory, apart from the line they
// came from.
func intern(seen map[string]string, s string) string {
	if t, ok := seen[s]; ok {
		return t
	}
	s = strings.Clone(s)
	seen[s] = s
	return s
}

// parseInterval reads Tag=name/phase/kind,start,length,max,histogram.
func parseInterval(line string, d *decoder) (v Interval, err error) {
	fields := strings.Split(line, ",")
	if len(fields) != 5 || !strings.HasPrefix(fields[0], "Tag=") {
		return v, fmt.Errorf("not an interval: want Tag=NAME/PHASE/KIND,start,length,max,histogram")
	}
	if v.Name, v.Phase, v.Kind, err = parseTag(fields[0][len("Tag="):]); err != nil {
		return v, err
	}
	if v.Start, err = parseSeconds(fields[1]); err != nil {
		return v, err
	}
	if v.Length, err = parseSeconds(fields[2]); err != nil {
		return v, err
	}
	bins, err := d.decode(fields[4])
	if err != nil {
		return v, err
	}
	if len(bins) > 0 {
		v.Count, v.MaxNS = total(bins), upperEnd(int(bins[len(bins)-1].bucket))
	}
	v.packed = append([]byte(nil), d.packed...)
	return v, nil
}

func parseTag(tag string) (name, phase, kind string, err error) {
	parts := strings.Split(tag, "/")
	if len(parts) != 3 {
		return "", "", "", fmt.Errorf("tag %.100q is not NAME/PHASE/KIND", tag)
	}
	for i := range parts {
		if parts[i], err = unescape(parts[i]); err != nil {
			return "", "", "", fmt.Errorf("tag %.100q: %w", tag, err)
		}
	}
	return parts[0], parts[1], parts[2], nil
}

// parseSeconds reads an offset of at most a year.
func parseSeconds(s string) (time.Duration, error) {
	const year = 366 * 24 * 3600
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= 0 && v <= year) {
		return 0, fmt.Errorf("%.40q is not a number of seconds within a year", s)
	}
	return time.Duration(math.Round(v*1e6)) * time.Microsecond, nil
}
