package results

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	csvHeader      = "t_s,phase,metric,value"
	clippedMetric  = "clipped:"
	negativeMetric = "negative:"
)

// appendLogHeader appends the head of latency.hlog. Intervals count from
// BaseTime, which is StartTime: readers then agree on both clocks.
func appendLogHeader(dst []byte, started time.Time) []byte {
	dst = append(dst, "#[Histogram log format version 1.3]\n#[StartTime: "...)
	dst = appendEpoch(dst, started)
	dst = append(dst, " (seconds since epoch), "...)
	dst = started.UTC().AppendFormat(dst, time.RFC3339)
	dst = append(dst, "]\n#[BaseTime: "...)
	dst = appendEpoch(dst, started)
	dst = append(dst, " (seconds since epoch)]\n"...)
	return append(dst, `"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"`+"\n"...)
}

func appendEpoch(dst []byte, t time.Time) []byte {
	return strconv.AppendFloat(dst, float64(t.UnixMilli())/1000, 'f', 3, 64)
}

func appendSeconds(dst []byte, d time.Duration) []byte {
	return strconv.AppendFloat(dst, d.Seconds(), 'f', 3, 64)
}

// appendInterval appends one line of latency.hlog. The maximum is in
// milliseconds, by custom.
func appendInterval(dst []byte, tag string, from, to time.Duration, bins []bin, e *encoder) []byte {
	dst = append(dst, "Tag="...)
	dst = append(dst, tag...)
	dst = append(dst, ',')
	dst = appendSeconds(dst, from)
	dst = append(dst, ',')
	dst = appendSeconds(dst, to-from)
	dst = append(dst, ',')
	dst = strconv.AppendFloat(dst, float64(upperEnd(int(bins[len(bins)-1].bucket)))/1e6, 'f', 3, 64)
	dst = append(dst, ',')
	dst = e.append(dst, bins)
	return append(dst, '\n')
}

// upperEnd is the highest value that a bucket counts.
func upperEnd(bucket int) int64 {
	if bucket < 2*blockLen {
		return int64(bucket)
	}
	doubling := bucket>>blockBits - 1
	return int64(bucket-doubling<<blockBits+1)<<doubling - 1
}

// appendTag appends the tag of a series, name/phase/kind.
func appendTag(dst []byte, name, phase, kind string) []byte {
	dst = appendEscaped(dst, name, `/ "%,`)
	dst = append(dst, '/')
	dst = appendEscaped(dst, phase, `/ "%,`)
	dst = append(dst, '/')
	return appendEscaped(dst, kind, `/ "%,`)
}

func appendTick(dst []byte, t Tick) []byte {
	for _, m := range t.Metrics {
		dst = appendRow(dst, t.At, t.Phase, m.Name, m.Value)
	}
	return dst
}

// appendRow appends one line of series.csv. A value that is not a number has
// no row.
func appendRow(dst []byte, at time.Duration, phase, metric string, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return dst
	}
	dst = appendSeconds(dst, at)
	dst = append(dst, ',')
	dst = appendEscaped(dst, phase, `"%,`)
	dst = append(dst, ',')
	dst = appendEscaped(dst, metric, `"%,`)
	dst = append(dst, ',')
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		dst = strconv.AppendInt(dst, int64(v), 10)
	} else {
		dst = strconv.AppendFloat(dst, v, 'g', -1, 64)
	}
	return append(dst, '\n')
}

// appendEscaped appends s with control characters and those in special as %XX.
func appendEscaped(dst []byte, s, special string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == 0x7f || strings.IndexByte(special, c) >= 0 {
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

func unescape(s string) (string, error) {
	if !strings.Contains(s, "%") {
		return s, nil
	}
	return url.PathUnescape(s)
}
