package report

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// absent stands for a number that the record does not support.
const absent = "–"

// latency writes nanoseconds with three significant digits: "1.23 ms".
func latency(ns float64) string {
	if ns <= 0 {
		return "0"
	}
	v := round3(ns)
	for _, u := range []struct {
		size float64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
		if v >= u.size {
			return significant3(v/u.size) + " " + u.name
		}
	}
	return significant3(v) + " ns"
}

// percentileText writes a percentile that may be absent.
func percentileText(ns *int64) string {
	if ns == nil {
		return absent
	}
	return latency(float64(*ns))
}

// round3 rounds to three significant digits.
func round3(v float64) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-2)
	return math.Round(v/scale) * scale
}

// significant3 writes v with three significant digits, and with thousands
// separators from 1,000 on.
func significant3(v float64) string {
	switch {
	case v >= 999.5:
		return count(int64(math.Round(v)))
	case v >= 99.95:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 9.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// count writes n with thousands separators: "1,234,567".
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// decimal writes a count of any size, whole numbers without a fraction.
func decimal(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return count(int64(v))
	}
	if v < 0 {
		return "-" + significant3(-v)
	}
	return significant3(v)
}

// perSecond writes a rate: "498/s".
func perSecond(n int64, d time.Duration) string {
	if d <= 0 {
		return absent
	}
	return decimal(round3OrWhole(float64(n)/d.Seconds())) + "/s"
}

// round3OrWhole keeps whole numbers above 1,000 as they are.
func round3OrWhole(v float64) float64 {
	if v >= 1000 {
		return math.Round(v)
	}
	return round3(v)
}

// size writes bytes in binary units: "12.3 MiB".
func size(bytes float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for ; bytes >= 1023.5 && i < len(units)-1; i++ {
		bytes /= 1024
	}
	if i == 0 {
		return count(int64(bytes)) + " B"
	}
	return significant3(bytes) + " " + units[i]
}

// share writes a part of one as percent: "41 %".
func share(v float64) string {
	if v > 0 && v < 0.0995 {
		return strconv.FormatFloat(v*100, 'f', 1, 64) + " %"
	}
	return strconv.FormatFloat(v*100, 'f', 0, 64) + " %"
}

// span writes a length of the run: "12.3 s", "4 min 10 s", "2 h 5 min".
func span(d time.Duration) string {
	switch {
	case d <= 0:
		return "0 s"
	case d < time.Minute:
		return latency(float64(d))
	case d < time.Hour:
		d = d.Round(time.Second)
		return joined(int64(d/time.Minute), "min", int64(d%time.Minute/time.Second), "s")
	}
	d = d.Round(time.Minute)
	return joined(int64(d/time.Hour), "h", int64(d%time.Hour/time.Minute), "min")
}

func joined(a int64, unitA string, b int64, unitB string) string {
	s := count(a) + " " + unitA
	if b > 0 {
		s += " " + count(b) + " " + unitB
	}
	return s
}

// plural writes a count with its noun: "1 session", "2 sessions".
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}

// clean makes text from a record safe to print: invalid UTF-8, control
// characters (terminal escapes) and characters that reorder a line become
// U+FFFD; tabs and line ends become spaces unless lines is set.
func clean(s string, lines bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case lines && (r == '\n' || r == '\t'):
			return r
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r), reorders(r), r == 0xFFFE, r == 0xFFFF:
			return utf8.RuneError
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"))
}

// reorders reports bidirectional controls, which can make a line read
// as something that it is not.
func reorders(r rune) bool {
	return r == 0x061C || r == 0x200E || r == 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// line is clean text on one line of at most n characters.
func line(s string, n int) string {
	s = strings.TrimSpace(clean(s, false))
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
