package target

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnobserved is what Usage returns when there is no process to look at.
var ErrUnobserved = errors.New("the server's process is not observed")

// ErrNotStarted is what Restart returns for a server that runs by itself.
var ErrNotStarted = errors.New("the server was not started here")

// ErrStopped is what Restart returns once Stop was called.
var ErrStopped = errors.New("the server has been stopped")

// SpecError says that a Spec cannot work.
type SpecError struct{ Field, Reason string }

func (e *SpecError) Error() string { return fmt.Sprintf("server: %s: %s", e.Field, e.Reason) }

// NotInstalledError says that a driver's software is not on PATH.
type NotInstalledError struct {
	Software string // as in the title of the project: Prosody
	Program  string // the program looked for
	Install  string // the command that installs it
}

func (e *NotInstalledError) Error() string {
	return fmt.Sprintf("%s is not installed: %s not found on PATH", e.Software, e.Program)
}

// Hint says how to mend it.
func (e *NotInstalledError) Hint() string { return e.Install }

// LimitError says that the sessions asked for do not fit into the hard limit
// on open files a server process has.
type LimitError struct {
	Software       string
	Sessions, Need int // file descriptors needed for so many sessions
	Limit          int // RLIMIT_NOFILE, hard
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("start %s: %d sessions need %d open files, the hard limit is %d", e.Software, e.Sessions, e.Need, e.Limit)
}

// Hint says how to mend it.
func (e *LimitError) Hint() string {
	return fmt.Sprintf("raise the hard limit (ulimit -Hn %d as root) or use fewer sessions", e.Need)
}

// StartError says that a server did not come up.
type StartError struct {
	Software string
	Err      error
	Log      []string // the last lines it wrote
}

func (e *StartError) Error() string {
	s := fmt.Sprintf("start %s: %v", e.Software, e.Err)
	if len(e.Log) > 0 {
		s += "; its last words:\n\t" + strings.Join(e.Log, "\n\t")
	}
	return s
}

func (e *StartError) Unwrap() error { return e.Err }
