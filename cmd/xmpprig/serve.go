package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"xmpprig/loadgen/loopback"
	"xmpprig/results"
)

// serving is the flags of serve.
type serving struct {
	listen, listenTLS, domain, user, password string
	users, iterations                         int
	mechanisms, faults, defects               []string
	listenComponent, listenUpload             string
	components                                []string
	federation                                federating
	clientCA                                  string
	certificate, caFile, addrFile             string
	management                                string
	keepFor                                   time.Duration
	register, sasl2, fast, tickets, compress  bool
	tokenLife                                 time.Duration
	upgrades                                  []string
	archive, offline                          int
	bounds                                    loopback.Bounds
	loginWithin                               time.Duration
	disabled, unavailable                     []string
}

func serveCommand() command {
	return command{
		name: "serve", summary: "be a small XMPP server, correct or faulty on request",
		long: `
It serves until it is interrupted, and then prints what it did as JSON. It
listens on loopback unless told otherwise; its accounts are a pattern.

faults (--fault, repeatable):
` + faultHelp() + `
defects (--defect, repeatable): bugs that lie still until somebody sends what they
are about
` + defectHelp(),
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			var s serving
			f.StringVar(&s.listen, "listen", "127.0.0.1:5222", "`ADDRESS` for TCP and STARTTLS, and for WebSocket and BOSH")
			f.StringVar(&s.listenTLS, "listen-tls", "127.0.0.1:5223", "`ADDRESS` for direct TLS, and for WebSocket and BOSH over it; empty: none")
			f.StringVar(&s.listenComponent, "listen-component", "127.0.0.1:5347", "`ADDRESS` for external components (XEP-0114), where there are any")
			f.StringVar(&s.listenUpload, "listen-upload", "", "`ADDRESS` that takes files over HTTPS (XEP-0363); default: none are taken")
			f.StringArrayVar(&s.components, "component", nil, "an external component that may connect, as `DOMAIN=SECRET`; repeatable")
			s.federation.declare(f)
			f.StringVar(&s.domain, "domain", "localhost", "the domain served")
			f.IntVar(&s.users, "users", 0, "number of accounts; 0: as many as the pattern gives")
			f.StringVar(&s.user, "user", "user{n}", "`PATTERN` of account names, {n} is a number from 0")
			f.StringVar(&s.password, "password", "secret{n}", "`PATTERN` of passwords")
			f.StringSliceVar(&s.mechanisms, "mechanism", nil, "SASL `MECHANISM` offered, repeatable; default: "+strings.Join(loopback.DefaultMechanisms(), ", "))
			f.IntVar(&s.iterations, "iterations", 4096, "PBKDF2 iterations of SCRAM")
			f.BoolVar(&s.sasl2, "sasl2", false, "offer SASL2 with Bind 2 too (XEP-0388, XEP-0386), over TLS")
			f.BoolVar(&s.fast, "fast", false, "offer FAST too (XEP-0484); it needs --sasl2")
			f.DurationVar(&s.tokenLife, "token-life", 0, "how long a token of FAST is good; default: 21 days")
			f.StringSliceVar(&s.upgrades, "upgrade", nil, "SCRAM `MECHANISM` that users are asked to upgrade to once (XEP-0480), repeatable; it needs --sasl2")
			f.BoolVar(&s.tickets, "tickets", false, "let TLS sessions be resumed")
			f.StringVar(&s.management, "stream-management", "resume", "resume, acks or none (XEP-0198): what is offered")
			f.DurationVar(&s.keepFor, "resume-within", time.Minute, "how long a session is kept whose connection is lost, with --stream-management resume")
			f.BoolVar(&s.compress, "compression", false, "offer stream compression (XEP-0138) once a client is authenticated")
			f.BoolVar(&s.register, "register", false, "offer in-band registration (XEP-0077)")
			f.IntVar(&s.archive, "archive", 0, "`NUMBER` of messages in each user's archive (XEP-0313); 0: no archives")
			f.IntVar(&s.offline, "offline", 0, "`NUMBER` of messages that wait for a user who is away; 0: they come back")
			f.DurationVar(&s.loginWithin, "login-within", time.Minute, "how long a connection may take to have a session")
			f.DurationVar(&s.bounds.Idle, "idle", 0, "how long a session may be silent before it is pinged, and then before it ends; 0: for ever")
			f.IntVar(&s.bounds.Attempts, "attempts", 0, "`NUMBER` of connections that an address may make in a row; 0: any")
			f.IntVar(&s.bounds.Recipients, "recipients", 0, "`NUMBER` of addresses that a session may send to in a minute; 0: any")
			f.IntVar(&s.bounds.Unacked, "unacked", 0, "`NUMBER` of stanzas that may wait for an acknowledgement; 0: as many as have room")
			f.StringSliceVar(&s.disabled, "disabled", nil, "`NAME` of an account that is disabled, repeatable")
			f.StringSliceVar(&s.unavailable, "unavailable", nil, "`NAME` of an account that cannot be looked up for the moment, repeatable")
			f.StringArrayVar(&s.faults, "fault", nil, "`FAULT` to commit, such as delay=5ms or lose=100; repeatable")
			f.StringArrayVar(&s.defects, "defect", nil, "`NAME` of a defect to have; repeatable")
			f.StringVar(&s.certificate, "certificate", "", "PEM `FILE` with certificate, authority and key; default: made for the occasion")
			f.StringVar(&s.clientCA, "client-ca", "", "PEM `FILE` with the authority that vouches for clients of EXTERNAL; default: the one made for the occasion")
			f.StringVar(&s.caFile, "ca-file", "", "write the authority's certificate to `FILE`")
			f.StringVar(&s.addrFile, "addr-file", "", "write the addresses to `FILE` once they answer")
			return func(ctx context.Context, args []string, ui *ui) error {
				if err := s.check(f, args); err != nil {
					return err
				}
				return s.run(ctx, ui)
			}
		},
	}
}

func faultHelp() string {
	var b strings.Builder
	for _, f := range loopback.FaultForms() {
		fmt.Fprintf(&b, "  %-28s %s\n", f.Form, f.Meaning)
	}
	return b.String()
}

func defectHelp() string {
	var b strings.Builder
	for _, d := range loopback.Defects() {
		fmt.Fprintf(&b, "  %-28s %s\n", d.Name, d.Meaning)
	}
	return b.String()
}

func (s *serving) check(f *pflag.FlagSet, args []string) error {
	if len(args) > 0 {
		return &usageError{"serve takes no arguments, only flags", "faults are given as --fault " + args[0]}
	}
	return firstOf(wellWritten(f, "listen", "listen-servers", "peer-tls", "peer-ca", "domain", "user", "password", "certificate", "client-ca", "ca-file", "addr-file"), s.federation.check(),
		oneOf("stream-management", s.management, "resume", "acks", "none"), atLeast(0, s.users, "users"), atLeast(1, s.iterations, "iterations"), atLeast(0, s.archive, "archive"), atLeast(0, s.offline, "offline"),
		atLeast(0, s.bounds.Attempts, "attempts"), atLeast(0, s.bounds.Recipients, "recipients"), atLeast(0, s.bounds.Unacked, "unacked"))
}

// managed is how stream management is served.
func (s *serving) managed() loopback.StreamManagement {
	return loopback.StreamManagement{Off: s.management == "none", NoResume: s.management == "acks", KeepFor: s.keepFor}
}

func (s *serving) run(ctx context.Context, ui *ui) error {
	faults, err := loopback.ParseFaults(s.faults)
	if err != nil {
		return &usageError{err.Error(), "xmpprig serve --help lists the faults"}
	}
	certificate, err := s.chain()
	if err != nil {
		return &usageError{err.Error(), "--certificate takes one PEM file with everything in it"}
	}
	components, err := componentSecrets(s.components)
	if err != nil {
		return err
	}
	clients, err := s.clientAuthority()
	if err != nil {
		return &usageError{err.Error(), "--client-ca takes a PEM file"}
	}
	federation, err := s.federation.options()
	if err != nil {
		return err
	}
	srv, err := loopback.New(loopback.Options{
		Federation: federation,
		Components: components,
		Domain:     s.domain, Users: loopback.UserPattern(s.user, s.password, s.users), Mechanisms: s.mechanisms,
		Iterations: s.iterations, SASL2: s.sasl2, FAST: s.fast, TokenLife: s.tokenLife, Upgrades: s.upgrades, Tickets: s.tickets, Register: s.register, Compression: s.compress, StreamManagement: s.managed(), Archive: s.archive, Offline: s.offline, Version: tool().Version, Faults: faults,
		LoginTimeout: s.loginWithin, Bounds: s.bounds, Disabled: s.disabled, Unavailable: s.unavailable,
		Certificate: certificate, ClientCAs: clients, Defects: s.defects, Log: os.Stderr,
	})
	if err != nil {
		return &usageError{err.Error(), "see xmpprig serve --help"}
	}
	defer srv.Close()
	if err := s.open(srv, ui); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	stop() // a second signal ends the program, whatever hangs
	err = srv.Close()
	return errors.Join(err, json.NewEncoder(ui.out).Encode(srv.Tally()))
}

// chain reads the certificate to show; nil where one is to be made.
func (s *serving) chain() (*tls.Certificate, error) {
	if s.certificate == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(s.certificate)
	if err != nil {
		return nil, err
	}
	c, err := tls.X509KeyPair(pem, pem)
	if err != nil {
		return nil, fmt.Errorf("read the certificate in %s: %w", s.certificate, err)
	}
	return &c, nil
}

// clientAuthority reads who vouches for clients; nil: the server's own authority.
func (s *serving) clientAuthority() (*x509.CertPool, error) {
	return authorityIn(s.clientCA)
}

// authorityIn reads the certificates in a PEM file; nil where none is named.
func authorityIn(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read the authority in %s: there is no certificate", file)
	}
	return pool, nil
}

// open listens, and tells where.
func (s *serving) open(srv *loopback.Server, ui *ui) error {
	if err := srv.Listen(s.listen); err != nil {
		return cannotListen(err)
	}
	where := fmt.Sprintf("tcp %s\n", srv.Addr())
	if s.listenTLS != "" {
		if err := srv.ListenTLS(s.listenTLS); err != nil {
			return cannotListen(err)
		}
		where += fmt.Sprintf("tls %s\n", srv.TLSAddr())
	}
	if len(s.components) > 0 {
		if err := srv.ListenComponents(s.listenComponent); err != nil {
			return cannotListen(err)
		}
		where += fmt.Sprintf("component %s\n", srv.ComponentAddr())
	}
	if s.federation.wanted() {
		if err := srv.ListenServers(s.federation.listen); err != nil {
			return cannotListen(err)
		}
		where += fmt.Sprintf("servers %s\n", srv.ServersAddr())
	}
	if s.listenUpload != "" {
		if err := srv.ListenFiles(s.listenUpload); err != nil {
			return cannotListen(err)
		}
	}
	if s.caFile != "" {
		if err := os.WriteFile(s.caFile, srv.CAPEM(), 0o644); err != nil {
			return err
		}
		ca, err := filepath.Abs(s.caFile)
		if err != nil {
			return err
		}
		where += fmt.Sprintf("ca %s\n", ca)
	}
	for line := range strings.Lines(where) {
		ui.say("serving %s on %s", s.domain, strings.TrimSpace(line))
	}
	if s.addrFile == "" {
		return nil
	}
	return writeWhole(s.addrFile, where)
}

func cannotListen(err error) error { return &exitError{results.ExitSetup, err} }

// writeWhole makes the file appear with all its text at once.
func writeWhole(file, text string) error {
	temp := file + ".new"
	if err := os.WriteFile(temp, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(temp, file)
}

// componentSecrets reads DOMAIN=SECRET.
func componentSecrets(given []string) (map[string]string, error) {
	all := map[string]string{}
	for _, c := range given {
		domain, secret, ok := strings.Cut(c, "=")
		if !ok || domain == "" || secret == "" {
			return nil, &usageError{fmt.Sprintf("--component %q is not DOMAIN=SECRET", c), "such as bots.localhost=secret"}
		}
		all[domain] = secret
	}
	return all, nil
}
