package target

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Endpoint is where clients reach a server.
type Endpoint struct {
	Addr          string // host:port, plain with STARTTLS
	DirectTLSAddr string // host:port, direct TLS (XEP-0368)
	WebAddr       string // host:port of HTTP; empty: not served (Spec.WebSocket, Spec.BOSH)
	WebTLSAddr    string // host:port of HTTPS
	WebPath       string // where XMPP is spoken there over WebSocket (RFC 7395)
	BOSHPath      string // and over BOSH (XEP-0124)
	ServerAddr    string // host:port of other servers; empty: there are none (Spec.Federation)
	ComponentAddr string // host:port of external components; empty: none may connect (Spec.Component)
	MetricsURL    string // what the server says of itself; empty: nothing (Spec.Metrics)
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
	files    int // soft limit on open files it is started with
	logs     *follower
	notes    *notes

	life sync.RWMutex // taken whole by Restart, shared by Stop

	mu       sync.Mutex
	crew     *crew  // the processes of now, or the last; nil when nothing was started
	meter    *meter // nil when not observed
	stopping bool
	revival  context.CancelCauseFunc // ends a Restart under way
	exit     []Crash                 // ends of the process that nobody asked for, not yet among crashes
	crashes  []Crash                 // what Crashes returned last
	taken    int                     // how many of those in the logs are among them
	finish   sync.Once
	finished error
	output   []byte
}

// people returns the processes of now, nil when nothing was started.
func (s *Server) people() *crew {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.crew
}

// gauge returns the meter of the main process, nil when it is not observed.
func (s *Server) gauge() *meter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.meter
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

// Rest is how long after the end of a session the server may still take what it
// says of it for a connection that came since. That is 0 of most.
func (s *Server) Rest() time.Duration { return s.launch.rest }

// Config is what was added to the server's configuration, for the record.
func (s *Server) Config() string { return s.launch.config }

// Observed reports whether Usage can answer.
func (s *Server) Observed() bool { return s.gauge() != nil }

// PID returns the process id of the server's process, of several the first, and 0
// if it is not known.
func (s *Server) PID() int {
	if m := s.gauge(); m != nil {
		return m.roots[0]
	}
	return 0
}

// Exited is closed once the server's process ended, or one of several did, whatever
// the reason. It never is for a remote server. After a Restart the channel is
// another one.
func (s *Server) Exited() <-chan struct{} {
	if c := s.people(); c != nil {
		return c.fallen
	}
	return nil
}

// ExitError says how the server ended, if it ended without Stop or Restart.
func (s *Server) ExitError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.crew; c != nil && c.hasFallen() && (c.anyNoted() || !c.asked) {
		return fmt.Errorf("%s ended by itself: %s", s.driver.title, c.end())
	}
	return nil
}

// Crashes returns the crashes noticed so far, in that order: in the logs up to
// now, and an end of the process that nobody asked for. What was returned once
// keeps its place.
func (s *Server) Crashes() []Crash {
	if s.logs == nil {
		return nil
	}
	s.logs.poll()
	s.noteExit()
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.logs.found()
	s.crashes = append(append(s.crashes, found[s.taken:]...), s.exit...)
	s.taken, s.exit = len(found), nil
	return slices.Clone(s.crashes)
}

// noteExit makes the ends of processes that nobody asked for crashes, once.
func (s *Server) noteExit() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.crew; !c.asked {
		s.exit = append(s.exit, c.crashes()...)
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
