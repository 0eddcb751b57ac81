package openmetrics

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// Kind is how a figure moves.
type Kind string

// Kinds. A counter only grows, but for when the server starts anew.
const (
	Counter Kind = "counter"
	Gauge   Kind = "gauge"
)

// Figure is one value.
type Figure struct {
	Name  string // with its labels as they were written: name{label="value"}
	Kind  Kind
	Value float64 // finite
}

// Bounds of what is read.
const (
	mostFigures = 5000
	longestName = 500
)

// Parse reads a text, up to 5000 figures.
func Parse(text []byte) []Figure {
	var all []Figure
	kinds := map[string]string{}
	for line := range bytes.Lines(text) {
		line := strings.TrimSpace(string(line))
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			if family, kind, ok := strings.Cut(rest, " "); ok && len(kinds) < mostFigures {
				kinds[family] = strings.TrimSpace(kind)
			}
			continue
		}
		if f, ok := parseLine(line, kinds); ok {
			all = append(all, f)
		}
		if len(all) == mostFigures {
			break
		}
	}
	return all
}

// parseLine reads one figure; what follows the value, a time or an exemplar, says nothing here.
func parseLine(line string, kinds map[string]string) (Figure, bool) {
	name := line[:nameLength(line)]
	if name == "" {
		return Figure{}, false
	}
	end := len(name) + labelsLength(line[len(name):])
	if end > longestName {
		return Figure{}, false
	}
	fields := strings.Fields(line[end:])
	if len(fields) == 0 {
		return Figure{}, false
	}
	v, err := strconv.ParseFloat(fields[0], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return Figure{}, false
	}
	kind, ok := kindOf(name, kinds)
	return Figure{Name: line[:end], Kind: kind, Value: v}, ok
}

// nameLength is how long the name is that a line begins with; a comment has none.
func nameLength(line string) int {
	for i, r := range line {
		if r != '_' && r != ':' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return i
		}
	}
	return len(line)
}

// labelsLength is how long the labels are that a text begins with, braces included; a brace within quotes ends nothing.
func labelsLength(text string) int {
	if !strings.HasPrefix(text, "{") {
		return 0
	}
	quoted := false
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '}' && !quoted:
			return i + 1
		}
	}
	return longestName + 1 // it has no end
}

// kindOf goes by the type of the family that a name is of; false for what is left out.
func kindOf(name string, kinds map[string]string) (Kind, bool) {
	if strings.HasSuffix(name, "_bucket") || strings.HasSuffix(name, "_created") {
		return "", false
	}
	if kind, ok := kinds[name]; ok && kind != "summary" && kind != "histogram" {
		if kind == "counter" {
			return Counter, true
		}
		return Gauge, true
	}
	for _, suffix := range []string{"_total", "_sum", "_count"} {
		if family, ok := strings.CutSuffix(name, suffix); ok {
			switch kinds[family] {
			case "counter", "summary", "histogram":
				return Counter, true
			}
		}
	}
	return Gauge, true
}
