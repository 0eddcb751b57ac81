package scenarios

import "strings"

// StepName returns the name that a step has in the language.
func StepName(s Step) string { return nameOf(s) }

// Fault is something wrong at a place of a scenario that was read without error:
// what only shows once its server is known.
func (s *Scenario) Fault(at Position, reason, remedy string) *Error {
	e := &Error{File: s.Name, Line: at.Line, Column: at.Column, Reason: reason, Remedy: remedy}
	if lines := strings.Split(string(s.Source), "\n"); at.Line >= 1 && at.Line <= len(lines) {
		e.SourceLine = strings.TrimRight(lines[at.Line-1], "\r")
	}
	return e
}
