package target

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

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
