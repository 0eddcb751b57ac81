package target

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
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

// Start starts the server s describes and returns once it answers streams on
// both ports. ctx bounds the start only; [Server.Stop] ends the server. Errors
// are *SpecError, *NotInstalledError, *LimitError or *StartError; after an
// error nothing is left.
func Start(ctx context.Context, s Spec) (*Server, error) {
	d, err := driverNamed(s.Driver)
	if err != nil {
		return nil, err
	}
	return startWith(ctx, s, d, findPlace)
}

// A hinter is an error that says it all by itself.
type hinter interface {
	error
	Hint() string
}

func startWith(ctx context.Context, spec Spec, d driver, find func() (place, error)) (*Server, error) {
	if spec.Domain = strings.ToLower(spec.Domain); spec.Domain == "" {
		spec.Domain = "localhost"
	}
	if err := spec.check(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, &StartError{Software: d.title, Err: context.Cause(ctx)}
	}
	s := &Server{driver: d}
	if err := s.start(ctx, spec, find); err != nil {
		now, cancel := context.WithCancel(ctx)
		cancel()
		tail := slices.DeleteFunc(s.LogTail(20), func(line string) bool { return strings.HasSuffix(line, ": ") })
		err = errors.Join(err, s.Stop(now))
		if wrong, ok := errors.AsType[*SpecError](err); ok {
			return nil, wrong
		}
		if typed, ok := errors.AsType[hinter](err); ok {
			return nil, typed
		}
		return nil, &StartError{Software: d.title, Err: err, Log: tail}
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, spec Spec, find func() (place, error)) error {
	if s.driver.runs {
		return s.observe(ctx, spec)
	}
	p, err := find()
	if err != nil {
		return err
	}
	files, err := openFiles(s.driver.title, spec.sessions())
	if err != nil {
		return err
	}
	if s.site, err = newSite(spec, p, s.driver.users); err != nil {
		return err
	}
	if s.launch, err = s.driver.prepare(ctx, s.site); err != nil {
		return err
	}
	if s.proc, err = startProcess(s.launch, s.site.dir, s.site.user, files); err != nil {
		s.proc = nil
		return err
	}
	s.meter = newMeter(s.proc.pid())
	s.notes = &notes{launch: s.launch}
	s.logs = follow(s.site.dir, s.launch.logs, s.launch.rules, s.notes.see)
	return s.awaitReady(ctx)
}

// observe readies a server that runs already.
func (s *Server) observe(ctx context.Context, spec Spec) error {
	var err error
	if s.launch, err = s.driver.prepare(ctx, &site{spec: spec}); err != nil {
		return err
	}
	if s.endpoint, _, err = s.launch.endpoint(); err != nil {
		return err
	}
	if spec.PID > 0 {
		s.meter = newMeter(spec.PID)
	}
	return nil
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

// Kill ends the main process with SIGKILL, as a crash would.
func (s *Server) Kill() error {
	if s.proc == nil {
		return ErrUnobserved
	}
	return s.proc.signal(syscall.SIGKILL)
}

// Stop asks the server to end, waits 15 seconds at most, kills what is left of
// it and removes its directory. When ctx is done it kills at once. Stopping a
// stopped server does nothing; two calls at a time both wait, and either's ctx
// can cut the waiting short.
func (s *Server) Stop(ctx context.Context) error {
	var err error
	if s.proc != nil {
		s.noteExit()
		s.mu.Lock()
		asked := s.stopping
		s.stopping = true
		s.mu.Unlock()
		if !asked {
			s.lookAtFamily()
		}
		err = s.end(ctx, asked)
	}
	s.finish.Do(func() { s.finished = s.cleanUp() })
	return errors.Join(err, s.finished)
}

// lookAtFamily finds the helper processes while their parent still leads to them.
func (s *Server) lookAtFamily() {
	if s.meter.sample() == nil {
		s.proc.sawFamily(s.meter.members())
	}
}

// end brings the main process and its group to an end.
func (s *Server) end(ctx context.Context, asked bool) error {
	var err error
	if ctx.Err() == nil && !asked {
		err = s.proc.signal(syscall.SIGTERM)
	}
	patience := time.NewTimer(stopPatience)
	defer patience.Stop()
	select {
	case <-s.proc.exited:
		return err
	case <-ctx.Done():
	case <-patience.C:
	}
	err = errors.Join(err, s.proc.signal(syscall.SIGKILL))
	giveUp := time.NewTimer(killPatience)
	defer giveUp.Stop()
	select {
	case <-s.proc.exited:
		return err
	case <-giveUp.C:
		return errors.Join(err, fmt.Errorf("stop %s: process %d survived SIGKILL", s.driver.title, s.proc.pid()))
	}
}

func (s *Server) cleanUp() error {
	if s.proc != nil {
		s.proc.sweep(sweepPatience)
	}
	if s.logs != nil {
		s.logs.close()
	}
	if s.site == nil {
		return nil
	}
	printed := output(s.site.path("stdout.log"), 1<<20)
	s.mu.Lock()
	s.output = append([]byte{}, printed...)
	s.mu.Unlock()
	if err := os.RemoveAll(s.site.dir); err != nil {
		return fmt.Errorf("remove the server's directory: %w", err)
	}
	return nil
}
