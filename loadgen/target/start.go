package target

import (
	"context"
	"errors"
	"slices"
	"strings"
)

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
		tail := s.lastWords()
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

// lastWords are the last lines of the logs that say anything.
func (s *Server) lastWords() []string {
	return slices.DeleteFunc(s.LogTail(20), func(line string) bool { return strings.HasSuffix(line, ": ") })
}

func (s *Server) start(ctx context.Context, spec Spec, find func() (place, error)) error {
	if s.driver.runs {
		return s.observe(ctx, spec)
	}
	p, err := find()
	if err != nil {
		return err
	}
	if s.files, err = openFiles(s.driver.title, spec.connections()); err != nil {
		return err
	}
	if s.site, err = newSite(spec, p, s.driver.users); err != nil {
		return err
	}
	if s.launch, err = s.driver.prepare(ctx, s.site); err != nil {
		return err
	}
	s.notes = &notes{launch: s.launch}
	s.logs = follow(s.site.dir, s.launch.logs, s.launch.rules, s.notes.see)
	if err := s.bear(ctx); err != nil {
		return err
	}
	return s.awaitReady(ctx)
}

// bear starts the server's processes.
func (s *Server) bear(ctx context.Context) error {
	c, err := startCrew(ctx, s.launch, s.site.dir, s.site.user, s.files)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := newMeter(c.pids()...)
	if s.meter != nil {
		m.last.CPU = s.meter.usage().CPU
		m.before = m.last.CPU
	}
	s.crew, s.meter = c, m
	return nil
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
