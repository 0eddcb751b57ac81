package target

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/websocket"
	"xmpprig/loadgen/xmpp/wire"
)

// login logs user i in, in one way; by the strongest mechanism, which must be the
// one named, where there is a choice.
func login(ctx context.Context, e Endpoint, u Users, i int, mode xmpp.TLSMode, mechanism string) error {
	d := xmpp.Dialer{Addr: e.Addr, Domain: e.Domain, TLS: mode, TLSConfig: &tls.Config{RootCAs: e.CAs}}
	if mechanism == "PLAIN" {
		d.Mechanism = mechanism
	}
	if mode == xmpp.DirectTLS {
		d.Addr = e.DirectTLSAddr
	}
	name, password := u.User(i)
	conn, _, err := loginAnew(ctx, &d, xmpp.Account{Local: name, Password: password, Resource: "test"})
	if err != nil {
		return err
	}
	if conn.Mechanism() != mechanism {
		err = fmt.Errorf("logged in by %s", conn.Mechanism())
	}
	return errors.Join(err, conn.Close(ctx))
}

// loginAnew logs in, and again where that fails because of the login before:
// jabberd2 names a session by its descriptor, so that what its parts still say of a
// session that has just ended reaches the connection that got the descriptor next,
// and ends it.
func loginAnew(ctx context.Context, d *xmpp.Dialer, a xmpp.Account) (*xmpp.Conn, xmpp.Timings, error) {
	for tries := 0; ; tries++ {
		conn, timings, err := d.Login(ctx, a, nil)
		e, ok := errors.AsType[*xmpp.StreamError](err)
		if !ok || e.Condition != "internal-server-error" || tries == 5 {
			return conn, timings, err
		}
	}
}

// TestWebSocketLogins logs in over ws and wss (RFC 7395) to every server that is started, and sends a message around.
func TestWebSocketLogins(t *testing.T) {
	onEach(t, realServers(t), func(t *testing.T, name string) {
		users := accounts(10)
		s := start(t, Spec{Driver: name, Domain: "rig.test", Users: users, WebSocket: true})
		e := s.Endpoint()
		for _, mode := range []xmpp.TLSMode{xmpp.NoTLS, xmpp.DirectTLS} {
			for i, m := range []string{"SCRAM-SHA-256", "PLAIN"} {
				if err := webLogin(t, e, users, i, mode, m); err != nil {
					t.Errorf("%s %s: %v", mode, m, err)
				}
			}
		}
		if name == "jabberd2" {
			return // it takes any path
		}
		d := xmpp.Dialer{Addr: e.WebAddr, Domain: e.Domain, WebSocket: "/elsewhere"}
		_, _, err := d.Login(t.Context(), xmpp.Account{Local: "x"}, nil)
		if failed, ok := errors.AsType[*xmpp.LoginError](err); !ok || failed.Stage != xmpp.Upgrade || !errors.Is(err, websocket.StatusError(404)) {
			t.Errorf("another path: %v", err)
		}
		if c := s.Crashes(); len(c) > 0 {
			t.Errorf("crashes: %q", c)
		}
	})
}

func webLogin(t *testing.T, e Endpoint, u Users, i int, mode xmpp.TLSMode, mechanism string) error {
	d := xmpp.Dialer{Addr: e.WebAddr, WebSocket: e.WebPath, Domain: e.Domain, TLS: mode, TLSConfig: &tls.Config{RootCAs: e.CAs}, Mechanism: mechanism}
	if mode == xmpp.DirectTLS {
		d.Addr = e.WebTLSAddr
	}
	name, password := u.User(i)
	c, timings, err := loginAnew(t.Context(), &d, xmpp.Account{Local: name, Password: password, Resource: "test"})
	if err != nil {
		return err
	}
	t.Logf("%v %s: %+v", mode, mechanism, timings)
	two := wire.AppendMessage(nil, wire.Addressing{To: c.JID(), ID: "1", Type: "chat"}, "<hello> & 'good bye'", nil)
	two = wire.AppendMessage(two, wire.Addressing{To: c.JID(), ID: "2", Type: "chat"}, strings.Repeat("long ", 20000), nil)
	if err := c.Send(two); err != nil {
		return err
	}
	var got []string
	for deadline := time.Now().Add(10 * time.Second); len(got) < 2; {
		_, err := c.Receive(deadline, func(e *wire.Element) error {
			body, _ := e.Child(wire.NSClient, "body")
			if text := body.Text(); len(text) > 0 {
				got = append(got, fmt.Sprintf("%s %d", e.Attr("id"), len(text)))
			}
			return nil
		})
		if err != nil || time.Now().After(deadline) {
			return fmt.Errorf("received %q, then nothing: %w", got, err)
		}
	}
	if got[0] != "1 20" || got[1] != "2 100000" {
		err = fmt.Errorf("received %q", got)
	}
	return errors.Join(err, c.Close(t.Context()))
}

func TestLoginEveryWay(t *testing.T) {
	onEach(t, realServers(t), func(t *testing.T, name string) {
		for _, mechanism := range []string{"", "SCRAM-SHA-1", "SCRAM-SHA-512"} {
			if mechanism == "SCRAM-SHA-512" && name != "ejabberd" {
				continue // they have none, and TestSpecsThatCannotWork wants that said
			}
			t.Run(mechanism, func(t *testing.T) {
				users := accounts(300)
				s := start(t, Spec{Driver: name, Domain: "rig.test", Users: users, Mechanism: mechanism})
				if mechanism == "" {
					mechanism = "SCRAM-SHA-256"
				}
				if !strings.Contains(s.Accounts(), mechanism+", ") {
					t.Errorf("accounts: %s", s.Accounts())
				}
				for _, mode := range []xmpp.TLSMode{xmpp.NoTLS, xmpp.StartTLS, xmpp.DirectTLS} {
					for i, m := range []string{mechanism, "PLAIN"} {
						if err := login(t.Context(), s.Endpoint(), users, 299*i, mode, m); err != nil {
							t.Errorf("%s %s: %v", mode, m, err)
						}
					}
				}
				refuses(t, s, users, mechanism)
				if c := s.Crashes(); len(c) > 0 {
					t.Errorf("crashes: %q", c)
				}
			})
		}
	})
}

// refuses checks that wrong passwords and unknown users are refused: the
// accounts are real.
func refuses(t *testing.T, s *Server, users Users, mechanism string) {
	t.Helper()
	wrong, stranger := users, users
	wrong.Password, stranger.Name = "wrong", "panic{n}"
	for what, u := range map[string]Users{"wrong password": wrong, "unknown user": stranger} {
		for _, m := range []string{mechanism, "PLAIN"} {
			err := login(t.Context(), s.Endpoint(), u, 1, xmpp.StartTLS, m)
			if failure, ok := errors.AsType[*xmpp.SASLError](err); !ok || failure.Condition != "not-authorized" {
				t.Errorf("%s by %s: %v", what, m, err)
			}
		}
	}
}

// Provisioning and login with a password for each user and awkward names.
func TestAwkwardAccounts(t *testing.T) {
	users := Users{Count: 20, Name: "ünïcode_{n}.x-y%z", Password: `p"{n}' \t$HOME~`}
	onEach(t, realServers(t), func(t *testing.T, name string) {
		s := start(t, Spec{Driver: name, Domain: "rig-2.test", Users: users})
		if !strings.Contains(s.Accounts(), "a salt each") && name != "jabberd2" { // which keeps the passwords
			t.Errorf("accounts: %s", s.Accounts())
		}
		for _, m := range []string{"SCRAM-SHA-256", "PLAIN"} {
			if err := login(t.Context(), s.Endpoint(), users, 19, xmpp.StartTLS, m); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestShortcutAuth(t *testing.T) {
	users := Users{Count: 1, Name: "user{n}", Password: `so"me\thing`}
	servers := slices.DeleteFunc(realServers(t), func(name string) bool {
		return name == "jabberd2" // it has none, and TestSpecsThatCannotWork wants that said
	})
	onEach(t, servers, func(t *testing.T, name string) {
		s := start(t, Spec{Driver: name, Domain: "rig.test", Users: users, ShortcutAuth: true})
		if !strings.HasPrefix(s.Accounts(), "shortcut authentication") {
			t.Errorf("accounts: %s", s.Accounts())
		}
		if err := login(t.Context(), s.Endpoint(), users, 123456, xmpp.StartTLS, "SCRAM-SHA-256"); err != nil {
			t.Error(err)
		}
		wrong := Users{Count: 1, Name: "user{n}", Password: "wrong"}
		if err := login(t.Context(), s.Endpoint(), wrong, 1, xmpp.StartTLS, "SCRAM-SHA-256"); err == nil {
			t.Error("a wrong password is accepted")
		}
	})
}

func TestUsageRisesWithLoad(t *testing.T) {
	onEach(t, realServers(t), func(t *testing.T, name string) {
		users := accounts(60)
		s := start(t, Spec{Driver: name, Domain: "rig.test", Users: users})
		before, err := s.Usage()
		if err != nil || !s.Observed() {
			t.Fatal(before, err)
		}
		var held []*xmpp.Conn
		keys := new(xmpp.SCRAMKeys)
		for i := range users.Count {
			user, password := users.User(i)
			e := s.Endpoint()
			d := xmpp.Dialer{Addr: e.Addr, Domain: e.Domain, Keys: keys}
			conn, _, err := d.Login(t.Context(), xmpp.Account{Local: user, Password: password}, nil)
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, conn)
		}
		after, err := s.Usage()
		if err != nil || after.CPU <= before.CPU || after.RSS < 10<<20 || after.FDs < before.FDs+users.Count-10 || after.Threads < 1 {
			t.Errorf("before %+v, with %d sessions %+v, %v", before, users.Count, after, err)
		}
		for _, conn := range held {
			if err := conn.Abort(); err != nil {
				t.Error(err)
			}
		}
		for deadline := time.Now().Add(20 * time.Second); ; <-time.After(20 * time.Millisecond) {
			closed, err := s.Usage()
			if err == nil && closed.FDs < before.FDs+10 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("before %+v, after the sessions %+v, %v", before, closed, err)
			}
		}
	})
}
