package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"xmpprig/loadgen/away"
	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/target"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// reach is the flags that say how the server is started and reached.
type reach struct {
	ca       string
	insecure bool
	faults   []string
	shortcut bool
	keyCache bool
	resume   bool
	clients  string // pattern of files with certificates of users
	webPath  string
	boshPath string
	pid      int
	config   string // file
	metrics  string // address, or own
	consent  target.Consent
	side     *away.Side // of the scenario whose server was started last; nil: all users are the server's
}

func (r *reach) declare(f *pflag.FlagSet) {
	f.StringVar(&r.ca, "ca", "", "`FILE` with the authority's certificate of a server that runs, in PEM")
	f.StringVar(&r.webPath, "websocket-path", "", "`PATH` of WebSocket at a server that runs; default: "+websocket.DefaultPath)
	f.StringVar(&r.boshPath, "bosh-path", "", "`PATH` of BOSH at a server that runs; default: "+bosh.DefaultPath)
	f.BoolVar(&r.insecure, "insecure", false, "trust any certificate")
	f.IntVar(&r.pid, "server-pid", 0, "process of a server that runs on this machine, to watch its CPU and memory")
	f.StringVar(&r.consent.Token, "consent", "", "`TOKEN` that a server on another machine shows at http://ADDRESS"+target.ConsentPath+"; better given in $XMPPRIG_CONSENT")
	f.IntVar(&r.consent.Port, "consent-port", 80, "`PORT` where it shows it")
	f.StringArrayVar(&r.faults, "fault", nil, "`FAULT` of the loopback server, such as delay=5ms; repeatable; see serve --help")
	f.BoolVar(&r.shortcut, "shortcut-auth", false, "let prosody or ejabberd check passwords the quick way, without an account store")
	f.StringVar(&r.config, "server-config", "", "`FILE` with settings for the prosody or ejabberd that is started, in its own language: they are added to ours, and go before them")
	f.StringVar(&r.metrics, "server-metrics", "", "ask the server each second what it says of itself, in the format of Prometheus: `URL`, or own for a prosody that is started")
	f.StringVar(&r.clients, "certificates", "", "`PATTERN` of PEM files with certificate and key of each user, such as certs/user{n}.pem, for --mechanism EXTERNAL; default: made for servers that are started")
	f.BoolVar(&r.resume, "tls-resume", false, "have each session resume its TLS session when it logs in again, where the server lets it; default: whole handshakes")
	f.BoolVar(&r.keyCache, "scram-key-cache", true, "derive each user's SCRAM key once, outside the timed path")
}

// driver is which of target's drivers a server is.
func driver(server string) string {
	for _, d := range target.Drivers() {
		if server == d && d != "remote" {
			return d
		}
	}
	return "remote"
}

// start makes the scenario's server ready.
func (r *reach) start(ctx context.Context, s *scenarios.Scenario, ui *ui) (*target.Server, error) {
	d := driver(s.Target.Server)
	if err := r.fits(d); err != nil {
		return nil, err
	}
	config, err := r.configText()
	if err != nil {
		return nil, err
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	spec := target.Spec{
		Driver: d, Domain: s.Target.Domain, Sessions: s.Load.Sessions + 8, Mechanism: s.Target.Mechanism,
		Users:        target.Users{Count: s.UserCount(), Name: s.Users.Name, Password: s.Users.Password},
		ShortcutAuth: r.shortcut, Exe: exe, Faults: r.faults, CAFile: r.ca, Insecure: r.insecure, PID: r.pid, Log: ui.err, Config: config,
		WebSocket: s.Target.Transport == scenarios.WebSocket, WebPath: r.webPath, Services: s.Session.Services(),
		Login: s.Target.Login, TLSResume: r.resume,
		BOSH: s.Target.Transport == scenarios.BOSH, BOSHPath: r.boshPath, Metrics: r.metrics == ownMetrics,
	}
	if r.side, err = away.Prepare(s); err != nil {
		return nil, err
	}
	r.side.Extend(&spec)
	if d == "remote" {
		spec.Addr = s.Target.Server
	} else {
		ui.say("starting %s with %d accounts", d, spec.Users.Count)
	}
	srv, err := target.Start(ctx, spec)
	if err == nil {
		err = r.side.Open(ctx, srv)
	}
	if err == nil {
		return srv, nil
	}
	if srv != nil {
		r.stop(srv, ui)
	} else {
		_ = r.side.Close() // why there is no server matters more
	}
	return nil, err
}

// fits refuses flags that would do nothing with the server.
func (r *reach) fits(driver string) error {
	own := driver != "remote"
	for _, x := range []struct {
		given bool
		flag  string
		only  string
		ok    bool
	}{
		{r.ca != "", "--ca", "a server that runs already", !own},
		{r.clients != "", "--certificates", "a server that runs already", !own},
		{r.webPath != "", "--websocket-path", "a server that runs already", !own},
		{r.boshPath != "", "--bosh-path", "a server that runs already", !own},
		{r.insecure, "--insecure", "a server that runs already", !own},
		{r.pid != 0, "--server-pid", "a server that runs already", !own},
		{r.consent.Token != "", "--consent", "a server that runs already", !own},
		{len(r.faults) > 0, "--fault", "the loopback server", driver == "loopback"},
		{r.shortcut, "--shortcut-auth", "prosody and ejabberd", driver == "prosody" || driver == "ejabberd"},
		{r.metrics == ownMetrics, "--server-metrics own", "prosody", driver == "prosody"},
		{r.config != "", "--server-config", "prosody and ejabberd", driver == "prosody" || driver == "ejabberd"},
	} {
		if x.given && !x.ok {
			return &usageError{fmt.Sprintf("%s is only for %s, not for %s", x.flag, x.only, driver), "leave it out, or change --server"}
		}
	}
	for _, x := range []struct{ flag, path, usual string }{{"--websocket-path", r.webPath, websocket.DefaultPath}, {"--bosh-path", r.boshPath, bosh.DefaultPath}} {
		if x.path != "" && x.path[0] != '/' || strings.ContainsFunc(x.path, unfitForPath) {
			return &usageError{fmt.Sprintf("%s %q does not begin with /, or is no path", x.flag, x.path), "write it as in " + x.usual}
		}
	}
	if err := r.checkMetrics(); err != nil {
		return err
	}
	if _, err := loopback.ParseFaults(r.faults); err != nil {
		return &usageError{err.Error(), "xmpprig serve --help lists the faults"}
	}
	return nil
}

// unfitForPath are characters that would end the path in a request of HTTP, or the request.
func unfitForPath(r rune) bool { return r <= ' ' || r >= 0x7f }

// mostConfig bounds the file of --server-config.
const mostConfig = 1 << 20

// configText reads the file of --server-config; empty: there is none.
func (r *reach) configText() (string, error) {
	if r.config == "" {
		return "", nil
	}
	text, err := os.ReadFile(r.config)
	if err != nil {
		return "", &exitError{results.ExitConfig, fmt.Errorf("--server-config: %w", err)}
	}
	if len(text) > mostConfig || !utf8.Valid(text) {
		return "", &exitError{results.ExitConfig, fmt.Errorf("--server-config %s: it is longer than %d bytes, or not UTF-8", r.config, mostConfig)}
	}
	return string(text), nil
}

// stop stops what start started.
func (r *reach) stop(srv *target.Server, ui *ui) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := r.side.Close(); err != nil {
		ui.say("warning: %v", err)
	}
	if err := srv.Stop(ctx); err != nil {
		ui.say("warning: stop the server: %v", err)
	}
}

// dial is how addr is connected to, if it may be.
func (r *reach) dial(ctx context.Context, addr string) (target.Dial, error) {
	c := r.consent
	if c.Token == "" {
		c.Token = os.Getenv("XMPPRIG_CONSENT")
	}
	if c.Token == "" {
		return target.DialGuarded(addr), nil
	}
	return target.DialWithConsent(ctx, addr, c)
}

// dialer is how sessions log in, and the target as the record has it.
func (r *reach) dialer(ctx context.Context, s *scenarios.Scenario, srv *target.Server) (*xmpp.Dialer, results.Run, error) {
	mode, err := xmpp.ParseTLSMode(s.Target.TLS)
	if err != nil {
		return nil, results.Run{}, &usageError{err.Error(), ""}
	}
	login, err := xmpp.ParseLoginMode(s.Target.Login)
	if err != nil {
		return nil, results.Run{}, &usageError{err.Error(), ""}
	}
	at := srv.Endpoint()
	addr := at.Addr
	if mode == xmpp.DirectTLS {
		addr = at.DirectTLSAddr
	}
	web, bosh := "", ""
	if s.Target.Transport != "" {
		if addr = at.WebAddr; mode == xmpp.DirectTLS {
			addr = at.WebTLSAddr
		}
		if web = at.WebPath; s.Target.Transport == scenarios.BOSH {
			web, bosh = "", at.BOSHPath
		}
		if addr == "" || web+bosh == "" {
			return nil, results.Run{}, &usageError{"the scenario's sessions go over " + s.Target.Transport + ", which is not possible here", "leave transport out of it"}
		}
	}
	dial, err := r.dial(ctx, addr)
	if err != nil {
		return nil, results.Run{}, err
	}
	d := &xmpp.Dialer{
		Addr: addr, Dial: dial, Domain: at.Domain, WebSocket: web, BOSH: bosh, TLS: mode, LoginMode: login, ResumeTLS: r.resume, Mechanism: s.Target.Mechanism, Timeout: s.Load.Timeout,
		TLSConfig:        &tls.Config{RootCAs: at.CAs, InsecureSkipVerify: r.insecure, MinVersion: tls.VersionTLS12},
		StreamManagement: management(s.Target.StreamManagement),
		// A scenario that asks for no TLS means it.
		AllowPlainWithoutTLS: mode == xmpp.NoTLS,
	}
	if s.Target.Mechanism == "EXTERNAL" {
		if d.Certificates, err = r.certificates(s, srv); err != nil {
			return nil, results.Run{}, err
		}
	}
	if r.keyCache {
		d.Keys = new(xmpp.SCRAMKeys)
	}
	software, version := srv.Software()
	return d, results.Run{Target: results.Target{
		Driver: driver(s.Target.Server), Software: software, Version: version, Address: addr, Domain: at.Domain,
		Transport: s.Target.Transport, TLS: mode.String(), TLSResume: r.resume, Verified: mode != xmpp.NoTLS && !r.insecure, Mechanism: s.Target.Mechanism,
		Accounts: srv.Accounts(), KeyCache: r.keyCache, Faults: r.faults, Config: srv.Config(), Elsewhere: r.side.Describe(),
	}}, nil
}

func management(m *scenarios.StreamManagement) *xmpp.StreamManagement {
	if m == nil {
		return nil
	}
	return &xmpp.StreamManagement{Resume: m.Resume, AckEvery: m.AckEvery}
}
