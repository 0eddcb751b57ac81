package compare

import (
	"fmt"
	"strings"
)

// RefusedError says why runs cannot be compared: each reason is one thing that differs between them or disqualifies one.
type RefusedError struct{ Reasons []string }

func (e *RefusedError) Error() string {
	return "these runs do not compare: " + strings.Join(e.Reasons, "; ")
}

// Hint says what can be done.
func (e *RefusedError) Hint() string { return "run both sides alike, or pass over it with --force" }

// MetricError is a metric that the runs do not have.
type MetricError struct {
	Metric string
	Known  []string
}

func (e *MetricError) Error() string { return fmt.Sprintf("the runs have no metric %q", e.Metric) }

// Hint lists those that they have.
func (e *MetricError) Hint() string { return "they have: " + strings.Join(e.Known, ", ") }
