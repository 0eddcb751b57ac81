package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Bounds of the language.
const (
	longestTime   = 7 * 24 * time.Hour
	highestRate   = 1_000_000
	lowestRate    = 0.0001 // a second
	shortestPhase = 10 * time.Millisecond
	largestBody   = 1_000_000 // bytes; a stanza with it stays below the usual limit of 1 MiB
)

// The spellings of quantities.
const (
	durationPattern = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`
	ratePattern     = `^[0-9]+(\.[0-9]+)?/(s|m|h)$`
	sizePattern     = `^[0-9]+(\.[0-9]+)?(B|KB|KiB|MB|MiB)$`
)

// quantity is a number with a unit; lo and hi are spelt as in a file.
func quantity[T int | float64 | time.Duration](what, pattern, unit string, lo, hi T, spell func(T) string, value func(string) (T, error)) form[T] {
	re := regexp.MustCompile(pattern)
	limits := fmt.Sprintf("%s from %s to %s", what, spell(lo), spell(hi))
	sch := schema{"type": "string", "pattern": pattern, "maxLength": 64}
	return form[T]{what, sch, isScalar, func(c *reading, n *node) (v T) {
		switch {
		case n.kind == number:
			c.fail(n.pos, clip(n.text)+" has no unit", "write "+clip(n.text)+unit+", if that is meant")
			return 0
		case n.kind != text || len(n.text) > 64 || !re.MatchString(n.text):
			c.wrong(n, what)
			return 0
		}
		v, err := value(n.text)
		if err != nil || v < lo || v > hi {
			c.fail(n.pos, clip(n.text)+" is out of range", "write "+limits)
			return 0
		}
		return v
	}}
}

// duration is a time with a unit.
func duration(lo, hi time.Duration) form[time.Duration] {
	return quantity("a duration such as 30s or 1m30s", durationPattern, "s", lo, hi, time.Duration.String, time.ParseDuration)
}

// rate is a frequency, in events a second.
func rate(lo float64) form[float64] {
	return quantity("a rate such as 100/s or 6000/m", ratePattern, "/s", lo, highestRate, printRate, parseRate)
}

func parseRate(s string) (float64, error) {
	number, unit, _ := strings.Cut(s, "/")
	v, err := strconv.ParseFloat(number, 64)
	return v / map[string]float64{"s": 1, "m": 60, "h": 3600}[unit], err
}

func printRate(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) + "/s" }

// size is a number of bytes.
func size(lo, hi int) form[int] {
	return quantity("a size such as 120B or 4KiB", sizePattern, "B", lo, hi, printSize, parseSize)
}

func parseSize(s string) (int, error) {
	digits := strings.TrimRight(s, "BKMi")
	v, err := strconv.ParseFloat(digits, 64)
	v *= map[string]float64{"B": 1, "KB": 1e3, "KiB": 1 << 10, "MB": 1e6, "MiB": 1 << 20}[s[len(digits):]]
	whole := math.Round(v)
	if math.Abs(v-whole) > 1e-6 || whole > math.MaxInt32 {
		return 0, fmt.Errorf("%s is not a whole number of bytes within bounds", s)
	}
	return int(whole), err
}

func printSize(v int) string { return strconv.Itoa(v) + "B" }

// sizeDist is a size, fixed or drawn.
func sizeDist() form[Dist] {
	return dist(size(0, largestBody), size(1, largestBody), func(v int) float64 { return float64(v) })
}

// timeDist is a duration, fixed or drawn, in seconds.
func timeDist() form[Dist] {
	return dist(duration(0, 24*time.Hour), duration(time.Microsecond, 24*time.Hour), time.Duration.Seconds)
}

// spread is how a drawn quantity is spelt.
type spread struct {
	uniform          []float64
	exponential, max float64
}

// dist is a quantity, fixed or drawn; a mean and a cut-off must be above zero.
func dist[T int | time.Duration](zero, above form[T], float func(T) float64) form[Dist] {
	low, mean := into(zero, float), into(above, float)
	drawn := exactly(object("a distribution", spread{},
		key("uniform", list("two limits, [LOW, HIGH]", low, 2, 2), "Two limits, [LOW, HIGH]: everything between is equally likely.", func(d *spread) *[]float64 { return &d.uniform }),
		key("exponential", mean, "The mean of an exponential distribution: many small, few large.", func(d *spread) *float64 { return &d.exponential }),
		key("max", mean, "Cuts an exponential distribution off: what is larger becomes this. Default: no limit.", func(d *spread) *float64 { return &d.max }),
	), "uniform", "exponential")
	return either(zero.what+", {uniform: [LOW, HIGH]} or {exponential: MEAN}",
		into(low, func(v float64) Dist { return Dist{Kind: Constant, A: v} }),
		become(having(drawn, "uniform", "exponential", "max"), drawnDist))
}

func drawnDist(c *reading, n *node, d spread) Dist {
	if d.uniform != nil {
		if d.max > 0 {
			c.fail(n.pos, "max belongs to exponential alone", "leave it out: the second limit of uniform is the largest")
		}
		if d.uniform[0] >= d.uniform[1] {
			c.fail(n.pos, "the first limit of uniform must be below the second", "write [LOW, HIGH]")
		}
		return Dist{Kind: Uniform, A: d.uniform[0], B: d.uniform[1]}
	}
	if d.max > 0 && d.max < d.exponential {
		c.fail(n.pos, "max is below the mean", "make it several times the mean")
	}
	return Dist{Kind: Exponential, A: d.exponential, B: d.max}
}
