package results

import "strconv"

// Values of Verdict.Status.
const (
	StatusPassed       = "passed"
	StatusFailed       = "failed"
	StatusLimited      = "generator-limited"
	StatusIncomplete   = "incomplete"
	StatusInconclusive = "inconclusive"
)

// ExitCode is how a command ends. The numbers are frozen.
type ExitCode int

// The exit codes.
const (
	ExitPass         ExitCode = 0   // everything held
	ExitInternal     ExitCode = 1   // the rig itself failed
	ExitUsage        ExitCode = 2   // the command line is wrong
	ExitConfig       ExitCode = 3   // the scenario or the configuration is invalid
	ExitSetup        ExitCode = 4   // preflight or set-up failed, before any load
	ExitObjective    ExitCode = 10  // an objective was missed
	ExitRegression   ExitCode = 11  // a comparison found a regression
	ExitLimited      ExitCode = 12  // the generator was the limit, so figures are not the server's
	ExitIncomplete   ExitCode = 13  // the run did not come to its end
	ExitInconclusive ExitCode = 14  // too little data to decide
	ExitFinding      ExitCode = 15  // the fuzzer or a conformance check found something
	ExitInterrupted  ExitCode = 130 // SIGINT
	ExitTerminated   ExitCode = 143 // SIGTERM
)

// exits lists the codes, worst first, with what they mean.
var exits = []struct {
	code               ExitCode
	name, text, status string
}{
	{ExitTerminated, "terminated", "the command was terminated", StatusIncomplete},
	{ExitInterrupted, "interrupted", "the command was interrupted", StatusIncomplete},
	{ExitInternal, "internal-error", "the rig itself failed", StatusFailed},
	{ExitUsage, "usage", "the command line is wrong", StatusFailed},
	{ExitConfig, "invalid-config", "the scenario or the configuration is invalid", StatusFailed},
	{ExitSetup, "setup-failed", "preflight or set-up failed", StatusFailed},
	{ExitIncomplete, "incomplete", "the run did not come to its end", StatusIncomplete},
	{ExitLimited, "generator-limited", "the load generator was the limit, not the server", StatusLimited},
	{ExitFinding, "finding", "the server misbehaved", StatusFailed},
	{ExitRegression, "regression", "the run is worse than its base", StatusFailed},
	{ExitObjective, "objective-missed", "an objective was missed", StatusFailed},
	{ExitInconclusive, "inconclusive", "there is too little data to decide", StatusInconclusive},
	{ExitPass, "pass", "everything held", StatusPassed},
}

// rank is the code's place in exits; a number that is no exit code ranks as
// an internal error.
func (c ExitCode) rank() int {
	internal := 0
	for i, e := range exits {
		switch e.code {
		case c:
			return i
		case ExitInternal:
			internal = i
		}
	}
	return internal
}

// String is the code's name, such as "objective-missed".
func (c ExitCode) String() string {
	if e := exits[c.rank()]; e.code == c {
		return e.name
	}
	return "exit-" + strconv.Itoa(int(c))
}

// Text says in words what the code means.
func (c ExitCode) Text() string { return exits[c.rank()].text }

// Status is the Verdict.Status that goes with the code.
func (c ExitCode) Status() string { return exits[c.rank()].status }

// Worst is the code that counts where several apply: signals, then 1, 2, 3,
// 4, 13, 12, 15, 11, 10, 14, 0. Without codes it is ExitPass; a number that
// is no exit code counts as ExitInternal.
func Worst(codes ...ExitCode) ExitCode {
	worst := len(exits) - 1
	for _, c := range codes {
		worst = min(worst, c.rank())
	}
	return exits[worst].code
}
