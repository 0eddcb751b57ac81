package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xmpprig/loadgen"
	"xmpprig/loadgen/away"
	"xmpprig/loadgen/target"
	"xmpprig/results"
	"xmpprig/scenarios"
)

var update = flag.Bool("update", false, "write the matrix of features into the README")

// matrixRow is a feature, and how a session shows that it works.
type matrixRow struct {
	feature          string
	needs            string // a feature of loadgen/features that no step stands for
	users            string // further keys of the block users
	target           string // keys of the block target
	blocks           string // further blocks
	start, work      string // steps
	transportMissing func(target.Endpoint) bool
}

func matrixRows() []matrixRow {
	return []matrixRow{
		{feature: "TCP without TLS", target: "tls: none", work: "roster"},
		{feature: "STARTTLS", target: "tls: starttls", work: "roster"},
		{feature: "direct TLS (XEP-0368)", target: "tls: direct", work: "roster"},
		{feature: "WebSocket (RFC 7395)", target: "transport: websocket", work: "roster",
			transportMissing: func(e target.Endpoint) bool { return e.WebPath == "" }},
		{feature: "BOSH (XEP-0124)", target: "transport: bosh", work: "roster",
			transportMissing: func(e target.Endpoint) bool { return e.BOSHPath == "" }},
		{feature: "SCRAM-SHA-256", target: "mechanism: SCRAM-SHA-256", work: "roster"},
		{feature: "PLAIN", target: "mechanism: PLAIN", work: "roster"},
		{feature: "SASL2 (XEP-0388)", target: "login: sasl2", work: "roster"},
		{feature: "stream management (XEP-0198)", target: "stream-management: resume", work: "resume"},
		{feature: "roster", work: "roster"},
		{feature: "presence", work: "presence: away"},
		{feature: "subscription", start: "{subscribe: {to: paired, within: 5s}}", work: "presence: dnd"},
		{feature: "message", work: "message: {to: paired, size: 20B}"},
		{feature: "ping (XEP-0199)", work: "ping"},
		{feature: "service discovery (XEP-0030)", work: "disco"},
		{feature: "registration form (XEP-0077)", needs: "registration", work: `raw: {xml: "<iq type='get' id='{id}' to='{domain}'><query xmlns='jabber:iq:register'/></iq>", await: true}`},
		{feature: "accounts made and removed (XEP-0077)", start: "logout, {wait: 300ms}, {register: {name: \"made{n}.{run}\"}}, {wait: 300ms}, login, unregister, {wait: 300ms}, login", work: "roster"},
		{feature: "HTTP upload (XEP-0363)", work: "upload: {size: 20B, to: paired, fetch: true}"},
		{feature: "client state (XEP-0352)", work: "csi: inactive"},
		{feature: "carbons (XEP-0280)", work: "carbons"},
		{feature: "copies for all devices (XEP-0280)", users: ", devices: 2", start: "carbons, presence", work: "message: {to: random, size: 20B}"},
		{feature: "rooms (XEP-0045)", blocks: "rooms: {count: 1, name: \"room{n}\"}", start: "{join: {history: 0}}", work: "groupchat: {size: 20B}"},
		{feature: "personal nodes (XEP-0163)", work: "publish: {node: news, size: 20B}"},
		{feature: "blocking (XEP-0191)", work: "blocklist"},
		{feature: "vCards", work: "vcard-set: {size: 20B}"},
		{feature: "external components (XEP-0114)", blocks: "elsewhere: {component: bots}", work: "message: {to: remote, size: 20B}"},
		{feature: "servers of other domains (XEP-0220)", blocks: "elsewhere: {domains: 2}", work: "message: {to: remote, size: 20B}"},
	}
}

func (r matrixRow) scenario(number int) string {
	start, sessions := "login, presence", 2
	if r.users != "" {
		sessions = 4
	}
	if r.start != "" {
		start += ", " + r.start
	}
	return fmt.Sprintf(`name: cell
users: {name: "user%d{n}", password: "secret"%s}
target: {%s}
load: {sessions: %d, login: {rate: 10/s}, warm-up: 0s, drain: 2s, timeout: 10s, phases: [{name: steady, duration: 1s, open: {rate: 4/s}}]}
%s
session:
  start: [%s]
  work:
    - %s
`, 10+number, r.users, r.target, sessions, r.blocks, start, r.work)
}

// cell runs the row on a server, and says how it went: works, not offered, or what failed.
func (r matrixRow) cell(ctx context.Context, srv *target.Server, side *away.Side, number int, record string) (string, error) {
	if r.transportMissing != nil && r.transportMissing(srv.Endpoint()) {
		return "not offered", nil
	}
	s, err := scenarios.Parse(r.feature, []byte(r.scenario(number)))
	if err != nil {
		return "", err
	}
	d, head, err := (&reach{keyCache: true, side: side}).dialer(ctx, s, srv)
	if err != nil {
		return "", err
	}
	run, err := loadgen.Run(ctx, loadgen.Options{Scenario: s, Dialer: d, Server: srv, Elsewhere: side.Users(d), Seed: 1, Record: record, Head: head})
	if setup, ok := errors.AsType[*loadgen.SetupError](err); ok && slices.Contains([]string{"feature", "negotiation", "sasl"}, setup.Class) {
		return "not offered", nil
	}
	if err != nil {
		return "", err
	}
	l := run.Ledger
	switch {
	case r.needs != "" && !slices.Contains(run.Target.Offered.Features, r.needs):
		return "not offered", nil
	case len(run.Errors) > 0:
		return "finding: " + run.Errors[0].Class, nil
	case l.Devices != nil && l.Devices.CarbonsLost+l.Devices.CarbonsTwice > 0:
		return "finding: copies lost or sent twice", nil
	case l.Lost+l.Duplicated+l.Reordered+l.Misdelivered+l.Refused > 0:
		return "finding: messages lost or altered", nil
	case results.ExitCode(run.Verdict.ExitCode) != results.ExitPass && results.ExitCode(run.Verdict.ExitCode) != results.ExitLimited:
		return "finding: " + strings.Join(run.Verdict.Reasons, ", "), nil
	}
	return "works", nil
}

func matrixServers() []string { return []string{"loopback", "prosody", "ejabberd", "jabberd2"} }

// TestFeatureMatrix runs each feature on each server and holds the table in the README to what came of it; -update writes it.
func TestFeatureMatrix(t *testing.T) {
	rows, columns := matrixRows(), map[string][]string{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for _, name := range matrixServers() {
		if slices.Contains(strings.Split(os.Getenv("XMPPRIG_SKIP_SERVERS"), ","), name) {
			t.Logf("NOT TESTED: %s, because XMPPRIG_SKIP_SERVERS names it", name)
			continue
		}
		group.Go(func() {
			cells := matrixColumn(t, name, rows)
			mu.Lock()
			defer mu.Unlock()
			columns[name] = cells
		})
	}
	group.Wait()
	if !t.Failed() {
		checkMatrix(t, rows, columns)
	}
}

// matrixColumn is what came of all rows on one server, a few at a time.
func matrixColumn(t *testing.T, name string, rows []matrixRow) []string {
	exe, err := exec.LookPath("xmpprig")
	if err != nil {
		t.Error(err)
		return nil
	}
	spec := target.Spec{Driver: name, Exe: exe, WebSocket: true, BOSH: true, Services: []string{target.Registration, target.Upload}, Login: map[bool]string{true: "sasl2"}[name == "loopback"],
		Sessions: 200, Users: target.Users{Count: 10 * (10 + len(rows)), Name: "user{n}", Password: "secret"}}
	sides := matrixSides(t, rows, &spec)
	srv, err := target.Start(t.Context(), spec)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer srv.Stop(context.Background())
	for i, side := range sides {
		if err := side.Open(t.Context(), srv); err != nil {
			t.Errorf("%s on %s: %v", rows[i].feature, name, err)
		}
		defer side.Close()
	}
	cells, dir := make([]string, len(rows)), t.TempDir()
	turns := make(chan struct{}, 6)
	var group sync.WaitGroup
	for i, r := range rows {
		group.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			for try := range 4 { // jabberd2 ends streams for what others did: see target.Server.Rest
				cells[i], err = r.cell(t.Context(), srv, sides[i], i, filepath.Join(dir, fmt.Sprintf("%d-%d", i, try)))
				if name != "jabberd2" || err == nil && !strings.HasPrefix(cells[i], "finding") {
					break
				}
				<-time.After(srv.Rest())
			}
			if err != nil {
				t.Errorf("%s on %s: %v", r.feature, name, err)
			}
		})
	}
	group.Wait()
	return cells
}

// matrixSides are where the users of the rows are who are not the server's; nil for most.
func matrixSides(t *testing.T, rows []matrixRow, spec *target.Spec) []*away.Side {
	sides := make([]*away.Side, len(rows))
	for i, r := range rows {
		s, err := scenarios.Parse(r.feature, []byte(r.scenario(i)))
		if err == nil {
			sides[i], err = away.Prepare(s)
		}
		if err != nil {
			t.Errorf("%s: %v", r.feature, err)
		}
		sides[i].Extend(spec)
	}
	return sides
}

const (
	matrixBegins = "<!-- The table is written by go test ./cmd/xmpprig -run TestFeatureMatrix -update -->\n"
	matrixEnds   = "<!-- the end of the table -->\n"
)

// checkMatrix compares the README's table with what was seen; of servers that were left out the README is believed.
func checkMatrix(t *testing.T, rows []matrixRow, columns map[string][]string) {
	const file = "../../README.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), matrixBegins)
	old, after, ok2 := strings.Cut(rest, matrixEnds)
	if !ok || !ok2 {
		t.Fatal("the README has no place for the table")
	}
	if *update {
		if len(columns) < len(matrixServers()) {
			t.Fatal("the table is written only with all servers at hand")
		}
		if err := os.WriteFile(file, []byte(before+matrixBegins+matrixTable(rows, columns)+matrixEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	told := strings.Split(strings.TrimSpace(old), "\n")
	if len(told) != len(rows)+2 {
		t.Fatalf("the table has %d lines for %d rows: run the test with -update", len(told), len(rows))
	}
	for i, r := range rows {
		cells := strings.Split(told[i+2], "|")
		for k, name := range matrixServers() {
			seen := columns[name]
			if len(cells) != len(matrixServers())+3 || strings.TrimSpace(cells[1]) != r.feature {
				t.Errorf("row %d of the table is %q, want %s: run the test with -update", i, told[i+2], r.feature)
				break
			}
			if said := strings.TrimSpace(cells[k+2]); seen != nil && said != seen[i] {
				t.Errorf("%s on %s: %s; the README says %s", r.feature, name, seen[i], said)
			}
		}
	}
}

func matrixTable(rows []matrixRow, columns map[string][]string) string {
	var b strings.Builder
	b.WriteString("| feature | " + strings.Join(matrixServers(), " | ") + " |\n|---|---|---|---|---|\n")
	for i, r := range rows {
		b.WriteString("| " + r.feature)
		for _, name := range matrixServers() {
			b.WriteString(" | " + columns[name][i])
		}
		b.WriteString(" |\n")
	}
	return b.String()
}
