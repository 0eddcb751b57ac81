package loadgen

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"xmpprig/loadgen/loopback"
	"xmpprig/loadgen/target"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// allRequests does each request of the language, as a client might.
const allRequests = `
name: requests
description: every request
users: {name: "user{n}", password: "secret"}
load:
  sessions: 6
  login: {rate: 100/s}
  warm-up: 0s
  drain: 5s
  timeout: 10s
  phases: [{name: steady, duration: 3s, open: {rate: 6/s}}]
session:
  features: ["urn:xmpp:receipts", mood+notify]
  start:
    - login
    - roster
    - presence
    - subscribe: {to: paired, within: 20s}
    # ejabberd aborts creations that come at once, and asks to try again.
    - node-create: {node: "news{n}", at: service, within: 20s}
    - node-create: {node: mood, within: 20s}
    - node-subscribe: {node: "news{n}", at: service, to: {ring: 2}, within: 20s}
    - vcard-set: {size: 100B, within: 20s}
    - bookmark: {room: "first@conference.localhost", within: 20s}
    - wait: 2s
  work:
    - message: {to: {ring: 2}, size: 20B}
    - blocklist
    - block: {to: nobody@localhost}
    - unblock: {to: nobody@localhost}
    - vcard
    - vcard: {to: paired, as: theirs}
    - bookmark: {room: "room@conference.localhost"}
    - bookmarks
    - publish: {node: mood, size: 50B}
    - publish: {node: "news{n}", at: service, payload: "<news xmlns='urn:example:news' id='{id}'/>"}
    - items: {node: mood, to: paired}
    - items: {node: "news{n}", at: service, to: {ring: 2}, max: 2, as: news}
    - archive: {max: 5, pages: 3}
    - archive: {with: {ring: 2}, newest: true, max: 2, as: newest}
%s
  stop:
    - node-unsubscribe: {node: "news{n}", at: service, to: {ring: 1}}
    - node-delete: {node: mood}
    - logout
`

// answered is how many times a series has of the measured phase and of the drain, in which what was begun late may end.
func answered(run *results.Run, name string) (n int64) {
	for _, s := range run.Series {
		if s.Name == name && s.Kind == results.Response && (s.Phase == "steady" || s.Phase == "drain") {
			n += s.Count
		}
	}
	return n
}

// checkRequests looks at what a run of allRequests left.
func checkRequests(t *testing.T, run *results.Run, more ...string) {
	t.Helper()
	p := findPhase(t, run, "steady")
	if p.Completed != 18 || p.Failed != 0 || len(run.Errors) > 0 {
		t.Errorf("%+v; want 18 completed\n%+v", p, run.Errors)
	}
	for _, name := range append([]string{"blocklist", "block", "unblock", "vcard", "theirs", "bookmark", "bookmarks", "items", "news", "archive", "newest"}, more...) {
		if n := answered(run, name); n != 18 {
			t.Errorf("%s was answered %d times, want 18", name, n)
		}
	}
	if s := find(t, run, "archive.page", "steady", results.Response); s.Count < 18 {
		t.Errorf("%d pages of archives", s.Count)
	}
	if run.Ledger.Archived < 18 {
		t.Errorf("archives returned %d messages", run.Ledger.Archived)
	}
	if l := run.Ledger; l.Sent != 18 || l.Delivered != 18 || l.Lost+l.Duplicated+l.Reordered+l.Misdelivered+l.Refused > 0 {
		t.Errorf("ledger %+v", l)
	}
	want := map[string]int64{"mood": 18 * 2, "news{n}": 18 * 2} // whoever publishes is told of his mood, too
	for _, n := range run.Ledger.Nodes {
		if n.Published != 18 || n.Expected != want[n.Name] || n.Delivered != n.Expected || n.Lost+n.Unexpected > 0 {
			t.Errorf("node %+v; want %d expected", n, want[n.Name])
		}
		// ejabberd 23.01 tells whoever publishes of his own item twice.
		if n.Duplicated > 0 && (run.Target.Software != "ejabberd" || n.Name != "mood" || n.Duplicated > 18) {
			t.Errorf("node %+v: told twice", n)
		}
	}
	if len(run.Ledger.Nodes) != 2 {
		t.Errorf("%d nodes", len(run.Ledger.Nodes))
	}
	for name, n := range map[string]int64{"publish": 36, "publish.first": 36, "publish.last": 36, "publish.delivery": 18 * 4} {
		if got := answered(run, name); got != n {
			t.Errorf("%s has %d times, want %d", name, got, n)
		}
	}
}

const pushRequests = `
    - push: {to: push.example.org, node: device}
    - push-disable: {to: push.example.org}
`

func TestEveryRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBenchWith(t, fmt.Sprintf(allRequests, pushRequests), func(o *loopback.Options) { o.Archive = 100 })
		checkRequests(t, b.run(t), "push", "push-disable")
	})
}

// What the server lacks is named before any load.
func TestLackIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, fmt.Sprintf(allRequests, ""))
		defer b.srv.Close()
		_, err := Run(t.Context(), b.o)
		setup, ok := err.(*SetupError)
		if !ok || setup.Class != "feature" || !strings.Contains(err.Error(), "XEP-0313") || strings.Contains(err.Error(), "0191") {
			t.Errorf("got %v, want the archive to be missed, and nothing else", err)
		}
	})
}

func TestEveryRequestOnRealServers(t *testing.T) {
	onRealServers(t, func(t *testing.T, driver string) {
		srv := startServer(t, target.Spec{Driver: driver, Sessions: 16, Services: target.Services(),
			Users: target.Users{Count: 6, Name: "user{n}", Password: "secret"}})
		more, series := "", []string{}
		if driver == "ejabberd" { // Prosody comes without push notifications
			more, series = pushRequests, []string{"push", "push-disable"}
		}
		text := fmt.Sprintf(allRequests, more)
		if driver == "ejabberd" { // 23.01 aborts deletions that come at once, and then forgets whose the node is
			text = strings.Replace(text, "    - node-delete: {node: mood}\n", "", 1)
		}
		s, err := scenarios.Parse("test.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		run := runOn(t, srv, s)
		checkRequests(t, run, series...)
	})
}
