package features

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/xmpp"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// survey asks a loopback server.
func survey(t *testing.T, o loopback.Options) *results.Offered {
	t.Helper()
	o.Users = loopback.UserPattern("user{n}", "secret", 2)
	srv, err := loopback.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	d := &xmpp.Dialer{Domain: "localhost", Dial: func(context.Context, net.Addr) (net.Conn, error) { return srv.Dial() }}
	var s Survey
	c, _, err := d.Survey(t.Context(), xmpp.Account{Local: "user0", Password: "secret"}, nil, s.Stream)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Abort()
	return s.Ask(c, "localhost", time.Now().Add(10*time.Second))
}

func TestSurvey(t *testing.T) {
	o := survey(t, loopback.Options{})
	for _, name := range []string{"starttls", "ping", "version"} {
		if !slices.Contains(o.Features, name) {
			t.Errorf("%s is not among %q", name, o.Features)
		}
	}
	if slices.Contains(o.Features, "registration") {
		t.Errorf("features %q", o.Features)
	}
	if !slices.Contains(o.Mechanisms, "SCRAM-SHA-256") || !o.Server.Answered || !o.Account.Answered || o.Account.JID != "user0@localhost" {
		t.Errorf("%+v", o)
	}
	if o = survey(t, loopback.Options{Register: true}); !slices.Contains(o.Features, "registration") {
		t.Errorf("features %q", o.Features)
	}
}

// What the server lacks, and what is not known to be lacking.
func TestMissing(t *testing.T) {
	s, err := scenarios.Parse("few.yaml", []byte(`name: few
users: {name: "user{n}", password: "secret"}
load: {sessions: 2, phases: [{name: steady, duration: 1s, open: {rate: 1/s}}]}
session:
  start:
    - login: SCRAM-SHA-512
  work:
    - ping: paired
    - repeat: {times: 2, do: [
        ping]}
`))
	if err != nil {
		t.Fatal(err)
	}
	whole := survey(t, loopback.Options{})
	got := Missing(whole, s)
	if len(got) != 1 || !strings.HasPrefix(got[0].Error(), "few:6:7: the step login needs the mechanism SCRAM-SHA-512") {
		t.Errorf("without the mechanism: %v", got)
	}
	got = Missing(survey(t, loopback.Options{Faults: loopback.Faults{Without: "urn:xmpp:ping"}}), s)
	if len(got) != 2 || !strings.HasPrefix(got[1].Error(), "few:10:9: the step ping needs ping (XEP-0199)") || !strings.Contains(got[1].Detail(), "        ping]}") {
		t.Errorf("without ping: %v", got)
	}
	whole.Server.Answered, whole.Server.Features, whole.Mechanisms = false, nil, nil
	if got := Missing(whole, s); len(got) > 0 {
		t.Errorf("of a server that says nothing: %v", got)
	}
}

// Rows are whole, and each can be recognised by itself.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Table() {
		if f.Name == "" || f.Spec == "" || len(f.Marks) == 0 || seen[f.Name] {
			t.Errorf("row %+v", f)
		}
		seen[f.Name] = true
		for _, m := range f.Marks {
			o := &results.Offered{Server: results.Entity{Answered: true}, Account: results.Entity{Answered: true}}
			if offered, known := f.Offers(o); offered || !known {
				t.Errorf("%s is offered by nobody: %v, known: %v", f.Name, offered, known)
			}
			e := results.Entity{Answered: true, Features: []string{m.Name}}
			switch m.Where {
			case Stream:
				o.Streams = []string{m.Name}
			case Server:
				o.Server = e
			case Account:
				o.Account = e
			case Component:
				o.Components = []results.Entity{{JID: "other"}, e}
			}
			if offered, _ := f.Offers(o); !offered {
				t.Errorf("%s by %+v is not recognised", f.Name, m)
			}
		}
	}
}
