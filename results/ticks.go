package results

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// row is one line of series.csv.
type row struct {
	at            time.Duration
	phase, metric string
	value         float64
}

// readTicks reads series.csv. Rows of one moment and phase make one Tick.
func (r *Record) readTicks(l *lines) {
	names := map[string]string{}
	for line, ok := l.next(); ok; line, ok = l.next() {
		line = strings.TrimSuffix(line, "\r")
		if line == "" || l.n == 1 && line == csvHeader {
			continue
		}
		if l.torn {
			l.warn("left out, for a figure may be cut short")
			continue
		}
		v, err := parseRow(line)
		if err != nil {
			l.warn("%v", err)
			continue
		}
		v.phase, v.metric = intern(names, v.phase), intern(names, v.metric)
		r.addRow(v)
	}
}

func (r *Record) addRow(v row) {
	if n := len(r.Ticks); n == 0 || r.Ticks[n-1].At != v.at || r.Ticks[n-1].Phase != v.phase {
		r.Ticks = append(r.Ticks, Tick{At: v.at, Phase: v.phase})
	}
	t := &r.Ticks[len(r.Ticks)-1]
	t.Metrics = append(t.Metrics, Metric{v.metric, v.value})
}

func parseRow(line string) (v row, err error) {
	fields := strings.Split(line, ",")
	if len(fields) != 4 {
		return v, fmt.Errorf("%d fields; want %s", len(fields), csvHeader)
	}
	if v.at, err = parseSeconds(fields[0]); err != nil {
		return v, err
	}
	if v.phase, err = unescape(fields[1]); err != nil {
		return v, err
	}
	if v.metric, err = unescape(fields[2]); err != nil {
		return v, err
	}
	v.value, err = strconv.ParseFloat(fields[3], 64)
	if err != nil || math.IsNaN(v.value) || math.IsInf(v.value, 0) {
		return v, fmt.Errorf("%.40q is not a number", fields[3])
	}
	return v, nil
}
