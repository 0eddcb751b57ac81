package fuzz

import (
	"fmt"

	"xmpprig/fuzz/program"
)

// NotOfferedError says that the server does not offer what a program needs, or (Instead) offers what it must not.
type NotOfferedError struct {
	What    string
	Instead bool
}

func (e *NotOfferedError) Error() string {
	if e.Instead {
		return e.What + " is offered"
	}
	return e.What + " is not offered"
}

// StepError says that a program did not come to its mark: what the server did before is not judged.
type StepError struct {
	Op  program.Op
	Err error
}

func (e *StepError) Error() string { return fmt.Sprintf("%s: %v", e.Op, e.Err) }

func (e *StepError) Unwrap() error { return e.Err }

// unexpectedError is an answer that ends an operation without success.
type unexpectedError struct{ answer string }

func (e *unexpectedError) Error() string { return "the server answered " + e.answer }
