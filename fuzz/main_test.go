package fuzz

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/target"
)

// TestMain lets the test binary be the loopback server that a campaign starts, as that may die and is started again.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		os.Exit(serveAlone(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// serveAlone is xmpprig serve, as far as a campaign needs it.
func serveAlone(args []string) int {
	f := flag.NewFlagSet("serve", flag.ExitOnError)
	listen, listenTLS := f.String("listen", "", ""), f.String("listen-tls", "", "")
	domain, users := f.String("domain", "", ""), f.Int("users", 0, "")
	user, password := f.String("user", "", ""), f.String("password", "", "")
	certificate := f.String("certificate", "", "")
	o := loopback.Options{Iterations: 1, Log: os.Stderr, Components: map[string]string{}, ClientCAs: x509.NewCertPool()}
	f.BoolVar(&o.Compression, "compression", false, "")
	f.BoolVar(&o.SASL2, "sasl2", false, "")
	f.BoolVar(&o.FAST, "fast", false, "")
	f.IntVar(&o.Archive, "archive", 0, "")
	f.Func("mechanism", "", func(names string) error { o.Mechanisms = strings.Split(names, ","); return nil })
	f.Func("upgrade", "", func(name string) error { o.Upgrades = append(o.Upgrades, name); return nil })
	f.Func("component", "", func(text string) error {
		domain, secret, _ := strings.Cut(text, "=")
		o.Components[domain] = secret
		return nil
	})
	f.Func("client-ca", "", func(file string) error {
		pem, err := os.ReadFile(file)
		o.ClientCAs.AppendCertsFromPEM(pem)
		return err
	})
	components := f.String("listen-component", "", "")
	listenServers := f.String("listen-servers", "", "")
	f.Func("peer", "", func(way string) error { o.Federation = elsewhere(strings.TrimPrefix(way, "*=")); return nil })
	f.Func("defect", "", func(name string) error { o.Defects = append(o.Defects, name); return nil })
	_ = f.Parse(args) // it exits
	chain, err := tls.LoadX509KeyPair(*certificate, *certificate)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	o.Domain, o.Users, o.Certificate = *domain, loopback.UserPattern(*user, *password, *users), &chain
	s, err := loopback.New(o)
	if err == nil {
		err = errors.Join(s.Listen(*listen), s.ListenTLS(*listenTLS), s.ListenComponents(*components))
	}
	if err == nil && o.Federation != nil {
		err = s.ListenServers(*listenServers)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	done := make(chan os.Signal, 1)
	signal.Notify(done, syscall.SIGTERM)
	<-done
	if s.Close() != nil {
		return 1
	}
	return 0
}

// child starts a loopback server with defects as a process of its own.
func child(t testing.TB, defects ...string) (*target.Server, *Site) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	authority := openAuthority(t)
	users := target.Users{Count: Accounts, Name: "user{n}", Password: "secret{n}"}
	spec := target.Spec{Driver: "loopback", Domain: "localhost", Users: users, Sessions: 64, Exe: exe, Defects: defects, WebSocket: true, BOSH: true, Compression: true, Federation: authority.Federation()}
	s, err := target.Start(t.Context(), spec.Examined("secret"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(t.Context()); err != nil {
			t.Logf("stop: %v", err)
		}
	})
	site := SiteOf(s, users)
	site.Authority = authority
	return s, site
}
