package loadgen

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/results"
)

// comers have sessions that exist within the work alone.
func comers(sessions int, phase, work string) string {
	text := scenario(sessions, phase, work)
	text = strings.Replace(text, "  start: [login, {presence: available}]\n", "", 1)
	return strings.Replace(text, "  stop: [logout]\n", "", 1)
}

func registering(o *loopback.Options) { o.Register = true }

const someWork = "{name: steady, duration: 10s, open: {rate: 5/s}}"

// Accounts are made, written to, and removed; a new one each time.
func TestRegistration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBenchWith(t, comers(5, someWork, "register, login, presence, {message: {to: self, size: 9B}}, {wait: 100ms}, unregister"), registering)
		defer b.srv.Close()
		run, err := Run(t.Context(), b.o)
		if err != nil {
			t.Fatal(err)
		}
		e := run.Enrolment
		if e == nil || e.Made != 50 || e.Removed != 50 || e.Refused != 0 || len(e.Left) > 0 || len(run.Errors) > 0 {
			t.Fatalf("%+v, errors %+v", e, run.Errors)
		}
		if l := run.Ledger; l.Sent != 50 || l.Delivered != 50 {
			t.Errorf("ledger %+v", l)
		}
		if n := find(t, run, "register", "steady", results.Response).Count; n != 50 {
			t.Errorf("%d times of register", n)
		}
		if n := find(t, run, "register.account", "steady", results.Service).Count; n != 50 {
			t.Errorf("%d times of register.account", n)
		}
		if n := find(t, run, "unregister", "steady", results.Response).Count; n != 50 {
			t.Errorf("%d times of unregister", n)
		}
		d := b.o.Dialer
		_, _, err = d.Login(context.Background(), xmpp.Account{Local: "fresh0." + e.Run + ".0", Password: "secret"}, nil)
		if !errors.Is(err, &xmpp.SASLError{}) {
			t.Errorf("the account is still there: %v", err)
		}
	})
}

// Whoever the end of the run finds with an account loses it then, as do those whose work
// failed; what the server will not remove is named.
func TestAccountsAreNotLeftBehind(t *testing.T) {
	cases := []struct {
		name, work, fault string
		left              int
	}{
		{"cut off", "register, login, presence, {wait: 1m}, unregister", "seed=1", 0},
		{"failed", "register, login, presence, {expect: {stanza: message, within: 1s}}, unregister", "seed=1", 0},
		{"away", "register, login, presence, disconnect, {wait: 1m}, reconnect, unregister", "seed=1", 0},
		{"refused", "register, login, presence, unregister", "without=" + wire.NSRegister, 5},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				run := newBenchWith(t, comers(5, "{name: steady, duration: 10s, open: {rate: 0.5/s}}", c.work), registering, c.fault).run(t)
				e := run.Enrolment
				if e.Made != 5 || int(e.Made-e.Removed) != c.left || len(e.Left) != c.left {
					t.Errorf("%+v, errors %+v", e, run.Errors)
				}
				for _, jid := range e.Left {
					if !strings.HasPrefix(jid, "fresh") || !strings.HasSuffix(jid, "."+e.Run+".0@localhost") {
						t.Errorf("left is %s", jid)
					}
				}
			})
		})
	}
}

// Sessions may stay with their accounts, and write to one another by these.
func TestRegisteredSessionsTalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := strings.Replace(scenario(6, someWork, "{message: {to: random, size: 9B}}, {ping: random}"), "start: [", "start: [register, ", 1)
		text = strings.Replace(text, "stop: [logout]", "stop: [unregister]", 1)
		run := newBenchWith(t, text, registering).run(t)
		e, l := run.Enrolment, run.Ledger
		if e.Made != 6 || e.Removed != 6 || l.Sent != 50 || l.Delivered != 50 || l.Misdelivered != 0 {
			t.Errorf("%+v, ledger %+v, errors %+v", e, l, run.Errors)
		}
	})
}

// A server that refuses accounts is counted, and the reason told.
func TestRegistrationRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		work := "{register: {name: \"user{n}\"}}, login, unregister"
		run := newBenchWith(t, comers(5, someWork, work), registering).run(t)
		if e := run.Enrolment; e.Made != 0 || e.Refused != 50 || len(run.Errors) != 1 || run.Errors[0].Class != "stanza:conflict" {
			t.Errorf("%+v, errors %+v", e, run.Errors)
		}
	})
}
