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

// SetUpError says that a campaign or a replay could not begin: the honest session, which watches the server, could not log in.
type SetUpError struct{ Err error }

func (e *SetUpError) Error() string { return "log the honest session in: " + e.Err.Error() }

func (e *SetUpError) Unwrap() error { return e.Err }

// UnfitError says that what is to be read, such as a record that is to be resumed, is not what it should be.
type UnfitError struct {
	Path, Reason string
	Err          error // of the disk or the parser; may be nil
}

func (e *UnfitError) Error() string {
	if e.Err == nil {
		return e.Path + ": " + e.Reason
	}
	return fmt.Sprintf("%s: %s: %v", e.Path, e.Reason, e.Err)
}

func (e *UnfitError) Unwrap() error { return e.Err }

// RecordError says that the record could not be written; what was written before is whole.
type RecordError struct{ Err error }

func (e *RecordError) Error() string { return "write the record: " + e.Err.Error() }

func (e *RecordError) Unwrap() error { return e.Err }

// unexpectedError is an answer that ends an operation without success.
type unexpectedError struct{ answer string }

func (e *unexpectedError) Error() string { return "the server answered " + e.answer }
