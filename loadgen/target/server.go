package target

import (
	"crypto/x509"
	"fmt"
	"sync"
)

// Endpoint is where clients reach a server.
type Endpoint struct {
	Addr          string // host:port, plain with STARTTLS
	DirectTLSAddr string // host:port, direct TLS (XEP-0368)
	Domain        string
	CAs           *x509.CertPool // nil: the system's
	CAFile        string         // the same in PEM; empty: the system's
	Insecure      bool           // certificates are not to be verified (Spec.Insecure)
}

// Server is a server under test. Its methods may be called from any goroutine.
type Server struct {
	driver   driver
	site     *site // nil for remote
	launch   *launch
	endpoint Endpoint
	proc     *process // nil when nothing was started
	logs     *follower
	notes    *notes
	meter    *meter // nil when not observed

	mu       sync.Mutex
	stopping bool
	exit     []Crash // the end of the process and what it left, once looked at
	finish   sync.Once
	finished error
	output   []byte
}

// Endpoint returns where clients reach the server.
func (s *Server) Endpoint() Endpoint { return s.endpoint }

// Software returns name and version of what runs, as far as is known.
func (s *Server) Software() (name, version string) {
	if s.notes != nil && s.notes.version() != "" {
		return s.launch.software, s.notes.version()
	}
	return s.launch.software, s.launch.release
}

// Accounts says how the accounts came to be, for the record.
func (s *Server) Accounts() string { return s.launch.accounts }

// Observed reports whether Usage can answer.
func (s *Server) Observed() bool { return s.meter != nil }

// PID returns the process id of the server's main process, 0 if it is not known.
func (s *Server) PID() int {
	if s.meter == nil {
		return 0
	}
	return s.meter.root
}

// Exited is closed once the main process ended, whatever the reason. It never
// is for a remote server.
func (s *Server) Exited() <-chan struct{} {
	if s.proc == nil {
		return nil
	}
	return s.proc.exited
}

// ExitError says how the main process ended, if it ended without Stop.
func (s *Server) ExitError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc == nil || s.stopping && len(s.exit) == 0 {
		return nil
	}
	select {
	case <-s.proc.exited:
		return fmt.Errorf("%s ended by itself: %s", s.driver.title, s.proc.ended())
	default:
		return nil
	}
}

// Crashes returns the crashes noticed so far: in the logs up to now, and an end
// of the process that nobody asked for.
func (s *Server) Crashes() []Crash {
	if s.logs == nil {
		return nil
	}
	s.logs.poll()
	s.noteExit()
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(s.logs.found(), s.exit...)
}

// noteExit makes an unasked end of the process a crash, once.
func (s *Server) noteExit() {
	select {
	case <-s.proc.exited:
	default:
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopping && len(s.exit) == 0 {
		s.exit = []Crash{{At: s.proc.at, Source: "exit", Kind: "ended", Text: s.proc.ended()}}
	}
}

// LogTail returns the last n lines the server wrote, each after the name of its
// file, at most 400. They outlive Stop.
func (s *Server) LogTail(n int) []string {
	if s.logs == nil {
		return nil
	}
	s.logs.poll()
	return s.logs.tail(n)
}

// Output returns what the server printed on its standard output, up to 1 MiB,
// complete after Stop. The loopback server prints its tally there.
func (s *Server) Output() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.output == nil && s.site != nil {
		return output(s.site.path("stdout.log"), 1<<20)
	}
	return s.output
}
