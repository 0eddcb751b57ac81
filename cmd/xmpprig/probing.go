package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"xmpprig/fuzz"
	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/results"
)

// probing is the flags by which a server is reached that is sent hostile input: of conform, fuzz and replay.
type probing struct {
	server, domain, user, password, ca string
	web, bosh, direct, transport       string
	insecure                           bool
	lean                               bool // the server has no archives, which make every message dearer
	pid                                int
	defects                            []string
	patience                           time.Duration
	tight                              bool // the server that is started has limits that are met in seconds
	flags                              *pflag.FlagSet
	authority                          *fuzz.Authority // where the server finds others; nil: it is closed to them
}

func (p *probing) declare(f *pflag.FlagSet, patience time.Duration) {
	p.flags = f
	f.StringVar(&p.server, "server", "loopback", "loopback, prosody, ejabberd, jabberd2 (started for this), or `HOST[:PORT]` of one that runs")
	f.StringVar(&p.domain, "domain", "localhost", "the server's XMPP `DOMAIN`")
	f.StringVar(&p.user, "user", "user{n}", "`PATTERN` of user names; {n} is a number from 0")
	f.StringVar(&p.password, "password", "", "`PATTERN` of passwords, default secret{n}; better given in $XMPPRIG_PASSWORD")
	f.StringVar(&p.ca, "ca", "", "`FILE` with the authority's certificate of a server that runs, in PEM")
	f.StringVar(&p.web, "websocket", "", "`HOST:PORT[/PATH]` where a server that runs speaks WebSocket over TLS")
	f.StringVar(&p.bosh, "bosh", "", "`HOST:PORT[/PATH]` where a server that runs speaks BOSH over TLS")
	f.StringVar(&p.direct, "direct-tls", "", "`HOST:PORT` where a server that runs speaks TLS from the first byte")
	f.BoolVar(&p.insecure, "insecure", false, "trust any certificate of a server that runs")
	f.DurationVar(&p.patience, "patience", patience, "how long to wait for an answer that does not come")
}

// declareWatched declares what only verbs need that watch the server itself.
func (p *probing) declareWatched(f *pflag.FlagSet) {
	f.IntVar(&p.pid, "server-pid", 0, "process of a server that runs on this machine, to watch its CPU, memory and descriptors")
	f.StringArrayVar(&p.defects, "defect", nil, "`DEFECT` of the loopback server, to be found; repeatable; see serve --help")
}

func (p *probing) check() error {
	if p.patience <= 0 {
		return &usageError{fmt.Sprintf("--patience %v: more than nothing is needed", p.patience), ""}
	}
	own := driver(p.server) != "remote"
	if own && (p.ca != "" || p.insecure || p.pid != 0 || p.web+p.bosh+p.direct != "") {
		return &usageError{"--ca, --insecure, --websocket, --bosh, --direct-tls and --server-pid are only for a server that runs already", "leave them out, or change --server"}
	}
	if len(p.defects) > 0 && driver(p.server) != "loopback" {
		return &usageError{"--defect is only for the loopback server", "leave it out, or change --server"}
	}
	if err := loopback.CheckDefects(p.defects); err != nil {
		return &usageError{err.Error(), "xmpprig serve --help lists the defects"}
	}
	p.password = cmp.Or(p.password, os.Getenv("XMPPRIG_PASSWORD"), "secret{n}")
	return firstOf(wellWritten(p.flags, "server", "domain", "user", "password", "ca", "websocket", "bosh", "direct-tls"), atLeast(0, p.pid, "server-pid"))
}

// users is the accounts of so many workers, each with so many spare sets.
func (p *probing) users(workers, spare int) target.Users {
	return target.Users{Count: workers * (1 + spare) * fuzz.Accounts, Name: p.user, Password: p.password}
}

// start starts the server where there is one to start.
func (p *probing) start(ctx context.Context, users target.Users, sessions int, ui *ui) (*target.Server, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	spec := target.Spec{
		Driver: driver(p.server), Domain: p.domain, Sessions: sessions, Exe: exe, Defects: p.defects, CAFile: p.ca, Insecure: p.insecure,
		PID: p.pid, Log: ui.err, Users: users, WebSocket: true, BOSH: true, Compression: true, Tight: p.tight,
	}
	if spec.Driver == "remote" {
		spec.Addr = p.server
	} else {
		ui.say("starting %s with %d accounts", spec.Driver, spec.Users.Count)
	}
	if target.Federates(spec.Driver) {
		if p.authority, err = fuzz.OpenAuthority(); err != nil {
			return nil, err
		}
		spec.Federation = p.authority.Federation()
	}
	spec = spec.Examined(rand.Text())
	if p.lean {
		spec.Services = nil
	}
	srv, err := target.Start(ctx, spec)
	if err != nil {
		p.authority.Close()
	}
	return srv, err
}

// stop stops what start has started.
func (p *probing) stop(srv *target.Server, ui *ui) {
	new(reach).stop(srv, ui)
	p.authority.Close()
}

// site is where the actors of a worker meet the server.
func (p *probing) site(srv *target.Server, users target.Users) *fuzz.Site {
	s := fuzz.SiteOf(srv, users)
	s.Patience, s.Authority = p.patience, p.authority
	if p.web != "" {
		addr, path, _ := strings.Cut(p.web, "/")
		s.WebTLSAddr, s.WebPath = addr, cmp.Or(path, strings.TrimPrefix(websocket.DefaultPath, "/"))
		s.WebPath = "/" + s.WebPath
	}
	if p.bosh != "" {
		addr, path, _ := strings.Cut(p.bosh, "/")
		s.BOSHAddr, s.BOSHPath = addr, "/"+cmp.Or(path, strings.TrimPrefix(bosh.DefaultPath, "/"))
	}
	if p.direct != "" {
		s.DirectTLSAddr = p.direct
	}
	return s
}

func (p *probing) examined(srv *target.Server) results.Examined {
	software, version := srv.Software()
	return results.Examined{Driver: driver(p.server), Software: software, Version: version, Address: srv.Endpoint().Addr, Domain: srv.Endpoint().Domain}
}

// setupError gives an error of the set-up its code and its hint.
func (p *probing) setupError(err error) error {
	switch {
	case is[*outputError](err):
		return err
	case is[*target.ForeignError](err):
		return &exitError{results.ExitSetup, &usageError{err.Error(), "hostile input goes only to servers of this machine"}}
	case is[*fuzz.UnfitError](err):
		return &exitError{results.ExitConfig, err}
	case is[*fuzz.RecordError](err):
		return &exitError{results.ExitInternal, err}
	case is[*fuzz.SetUpError](err), is[*fuzz.StepError](err):
		return &exitError{results.ExitSetup, &usageError{err.Error(), "this was before anything that is judged: see that the server runs, and that --domain, --user, --password and --ca are right"}}
	case exitCode(err) == results.ExitInternal:
		return &exitError{results.ExitSetup, err}
	}
	return err
}
