package scenarios

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// bounding is how bounds of one unit are spelt.
type bounding struct {
	what, in string
	pattern  *regexp.Regexp
	most     float64
	spelt    string // most
	value    func(string) (float64, error)
}

// The spellings of bounds.
const (
	boundSize    = `^[0-9]+(\.[0-9]+)?(B|KB|KiB|MB|MiB|GB|GiB|TB|TiB)$`
	boundPercent = `^[0-9]+(\.[0-9]+)?%$`
	boundNumber  = `^[0-9]+(\.[0-9]+)?$`
	boundCount   = `^[0-9]+$`
)

var durationWord = regexp.MustCompile(durationPattern)

func boundOf(u Unit) bounding {
	switch u {
	case Nanoseconds:
		return bounding{"a duration such as 250ms", "time", durationWord, float64(time.Hour), "1h", func(s string) (float64, error) {
			d, err := time.ParseDuration(s)
			return float64(d), err
		}}
	case PerSecond:
		return bounding{"a rate such as 100/s", "rates", regexp.MustCompile(ratePattern), highestRate, printRate(highestRate), parseRate}
	case Bytes:
		return bounding{"a size such as 1GiB", "bytes", regexp.MustCompile(boundSize), 1 << 50, "1024TiB", parseBytes}
	case Percent:
		return bounding{"a share such as 0.1%", "shares", regexp.MustCompile(boundPercent), 100, "100%", func(s string) (float64, error) {
			return strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
		}}
	case CPUs:
		return bounding{"a number of CPUs such as 1.5", "CPUs", regexp.MustCompile(boundNumber), 1e5, "100000", number64}
	}
	return bounding{"a whole number", "", regexp.MustCompile(boundCount), 1e15, "1000000000000000", number64}
}

func number64(s string) (float64, error) { return strconv.ParseFloat(s, 64) }

// parseBytes is parseSize without the bounds of message bodies.
func parseBytes(s string) (float64, error) {
	digits := strings.TrimRight(s, "BKMGTi")
	v, err := strconv.ParseFloat(digits, 64)
	scale := map[string]float64{"": 1, "K": 1e3, "Ki": 1 << 10, "M": 1e6, "Mi": 1 << 20, "G": 1e9, "Gi": 1 << 30, "T": 1e12, "Ti": 1 << 40}
	return math.Round(v * scale[strings.TrimSuffix(s[len(digits):], "B")]), err
}

// objectiveForm is an objective in a file.
func objectiveForm() form[Objective] {
	const what = `an objective such as "ping p99 < 250ms in steady"`
	return form[Objective]{what, schema{"type": "string", "pattern": objectivePattern(), "maxLength": longestObjective}, isScalar,
		func(c *reading, n *node) Objective {
			if n.kind != text {
				c.wrong(n, what)
				return Objective{}
			}
			o, err := ParseObjective(n.text)
			if e, ok := err.(*ObjectiveError); ok {
				c.fail(c.within(n, e.Column), e.Reason, e.Remedy)
				return Objective{}
			}
			o.Pos = n.pos
			for _, at := range []*int{&o.metricAt, &o.statisticAt, &o.phaseAt, &o.windowAt, &o.abortAt} {
				*at = c.within(n, *at).Column
			}
			return o
		}}
}

// objectivePattern is what editors can tell of an objective.
func objectivePattern() string {
	list := func(words []string) string {
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = regexp.QuoteMeta(w)
		}
		return "(" + strings.Join(quoted, "|") + ")"
	}
	const word = `[a-z0-9][a-z0-9._-]*`
	series := word + ` +` + list(statistics())
	return `^ *(` + series + `|` + list(figureNames()) + `) *` + list(operators()) + ` *[0-9][0-9.]*[A-Za-zµ/%0-9.]*( +(in +` + word + `|over +[0-9][0-9.a-z]*|for +[0-9.]+%|abort( +after +[0-9][0-9.a-zµ]*)?))* *$`
}

// within is the place of a column of a node's text, as far as the text stands
// in the file as it is read.
func (c *reading) within(n *node, column int) Position {
	pos := n.pos
	if pos.Line < 1 || pos.Line > len(c.lines) || column < 1 {
		return pos
	}
	line := []rune(c.lines[pos.Line-1])
	rest := string(line[min(len(line), pos.Column-1):])
	for _, quote := range []string{"", "'", `"`} {
		if strings.HasPrefix(rest, quote+n.text) {
			pos.Column += len(quote) + column - 1
			return pos
		}
	}
	return pos
}
