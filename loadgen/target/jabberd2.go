package target

import (
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"xmpprig/loadgen/xmpp/websocket"
)

var (
	//go:embed jabberd2.xml.tmpl
	jabberdConfig string
	//go:embed jabberd2.sql
	jabberdTables string
)

type jabberdValues struct {
	Dir, PEM, Modules, Secret string
	IP, Domain                string
	Port, TLSPort             int
	RouterPort, ServerPort    int
	WebSocket, Compression    bool
	Files                     int
	Mechanisms                []string
	Federation                Federation
	Federated                 bool
	ComponentSecret           string
	Chains                    []jabberdChain
	Tight                     map[string]string // values of settings; nil: the server is not tight
}

// jabberdParts are its processes. All route through the first; c2s serves the
// streams of clients, sm what users are and do, s2s other servers.
func jabberdParts() []string { return []string{"router", "sm", "s2s", "c2s"} }

// jabberdRest is how long its parts may take to be done with a session. It is named
// by its descriptor among them, which the next connection gets; and Nagle's
// algorithm holds what they say for 40 ms each.
const jabberdRest = 150 * time.Millisecond

// jabberdSettings are those that jabberd2 can have. It ends connections that are silent, with a session or without one.
func jabberdSettings(s Spec) map[string]string {
	return s.settings("silence", "idle", "max-bytes", "attempts")
}

func prepareJabberd(ctx context.Context, st *site) (*launch, error) {
	programs, err := findJabberd()
	if err != nil {
		return nil, err
	}
	mechanisms, err := jabberdMechanisms(st.spec)
	if err != nil {
		return nil, err
	}
	if st.spec.ShortcutAuth {
		return nil, &SpecError{"shortcut authentication", "jabberd2 has none"}
	}
	if st.spec.Config != "" {
		return nil, &SpecError{"configuration", "nothing can be added to that of jabberd2"}
	}
	if err := jabberdFiles(st, mechanisms); err != nil {
		return nil, err
	}
	if err := jabberdAccounts(ctx, st, programs["sqlite3"]); err != nil {
		return nil, err
	}
	l := &launch{
		env:      jabberdEnv(st),
		base:     st.place.RouterAddr(),
		rules:    jabberdRules,
		hopeless: []string{"] failed to listen", "] unable to listen", "SSL pemfile", "[error] failed loading", "[error] failed to init"},
		awaited:  []string{"[sm] online", "[" + st.spec.Domain + "] online", "[s2s] online", "listening for SSL connections"},
		endpoint: func() (Endpoint, bool, error) { return jabberdEndpoint(st), true, nil },
		version:  func(line string) string { return after(line, "version: jabberd2 sm ") },
		software: "jabberd2",
		rest:     jabberdRest,
		settings: jabberdSettings(st.spec),
		accounts: "real accounts, plain passwords, sqlite; " + strings.Join(mechanisms, ", ") + ", a new salt at each login",
	}
	for _, name := range jabberdParts() {
		l.parts = append(l.parts, part{name, []string{programs["jabberd2-"+name], "-c", st.path(name + ".xml")}})
		l.logs = append(l.logs, name+".log")
	}
	return l, st.give()
}

// jabberdEnv has s2s look for other servers where no names are served, unless there are some, so that no lookup leaves the machine
// and what is sent to others comes back at once.
func jabberdEnv(st *site) []string {
	if env := st.spec.Federation.resolver(); env != nil {
		return env
	}
	return []string{"NAMESERVERS=" + st.place.IP.String(), "RES_OPTIONS=timeout:1 attempts:1"}
}

func findJabberd() (map[string]string, error) {
	programs := map[string]string{}
	for _, name := range []string{"jabberd2-router", "jabberd2-sm", "jabberd2-s2s", "jabberd2-c2s", "sqlite3"} {
		var err error
		if programs[name], err = lookPath("jabberd2", name, "apt-get install jabberd2 sqlite3"); err != nil {
			return nil, err
		}
	}
	return programs, nil
}

// jabberdModules is where Debian and others put the modules.
func jabberdModules() (string, error) {
	for _, pattern := range []string{"/usr/lib/*/jabberd2", "/usr/lib*/jabberd*", "/usr/local/lib*/jabberd*"} {
		found, _ := filepath.Glob(filepath.Join(pattern, "storage_sqlite.so")) // the pattern is good
		if len(found) > 0 {
			return filepath.Dir(found[0]), nil
		}
	}
	return "", errors.New("find jabberd2's modules: no storage_sqlite.so in the usual directories")
}

// jabberdMechanisms are what is offered: it keeps passwords, so that all
// mechanisms of its SASL library work. What was asked for is offered beside PLAIN.
func jabberdMechanisms(s Spec) ([]string, error) {
	switch s.Mechanism {
	case "", "PLAIN":
		return []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"}, nil
	case "SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5":
		return []string{s.Mechanism, "PLAIN"}, nil
	}
	return nil, &SpecError{"mechanism", fmt.Sprintf("jabberd2 has no %s (it has SCRAM-SHA-256, SCRAM-SHA-1, DIGEST-MD5 and PLAIN)", s.Mechanism)}
}

// jabberdFiles writes a configuration for each process, and the certificates.
func jabberdFiles(st *site, mechanisms []string) error {
	modules, err := jabberdModules()
	if err != nil {
		return err
	}
	files, err := openFiles("jabberd2", st.spec.sessions())
	if err != nil {
		return err
	}
	v := jabberdValues{
		Dir: st.dir, PEM: st.path("all.pem"), Modules: modules, Secret: rand.Text(),
		IP: st.place.IP.String(), Domain: st.spec.Domain, Port: st.place.Port, TLSPort: st.place.TLSPort,
		RouterPort: st.place.RouterPort, ServerPort: st.place.ServerPort,
		WebSocket: st.spec.WebSocket, Compression: st.spec.Compression, Files: files, Chains: jabberdChains(), ComponentSecret: st.spec.Component.Secret,
		Federation: st.spec.Federation, Federated: st.spec.Federation.wanted(),
		Tight: jabberdSettings(st.spec),
	}
	for _, m := range mechanisms {
		v.Mechanisms = append(v.Mechanisms, strings.ToLower(m))
	}
	t, err := template.New("jabberd2").Parse(jabberdConfig)
	if err != nil {
		return fmt.Errorf("write jabberd2's configuration: %w", err)
	}
	for _, name := range append(jabberdParts(), "router-users", "router-filter") {
		var b bytes.Buffer
		if err := errors.Join(t.ExecuteTemplate(&b, name, v), st.write(name+".xml", b.Bytes())); err != nil {
			return fmt.Errorf("write jabberd2's configuration: %w", err)
		}
	}
	return st.writeCertificates()
}

// jabberdAccounts makes the database, as its user, and the accounts in it.
func jabberdAccounts(ctx context.Context, st *site, sqlite string) error {
	var sql strings.Builder
	sql.WriteString(jabberdTables + "PRAGMA synchronous = OFF;\nBEGIN;\n")
	for i := range st.spec.Users.Count {
		name, password := st.spec.Users.User(i)
		fmt.Fprintf(&sql, "INSERT INTO authreg VALUES (%s, %s, %s);\n", sqlString(name), sqlString(st.spec.Domain), sqlString(password))
		fmt.Fprintf(&sql, "INSERT INTO active (\"collection-owner\", time) VALUES (%s, 1);\n", sqlString(name+"@"+st.spec.Domain))
	}
	sql.WriteString("COMMIT;\n")
	cmd := exec.CommandContext(ctx, sqlite, "-batch", "-bail", st.path("sqlite.db"))
	cmd.Stdin, cmd.Env = strings.NewReader(sql.String()), []string{"HOME=" + st.dir}
	if out, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("provision accounts: %w: %.300s", err, bytes.TrimSpace(out))
	}
	return os.Chmod(st.path("sqlite.db"), 0o640)
}

func sqlString(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// jabberdEndpoint has WebSocket on the ports of c2s, on which it knows HTTP by
// its first bytes, at any path. There is no BOSH.
func jabberdEndpoint(st *site) Endpoint {
	e := st.endpoint()
	e.WebAddr, e.WebTLSAddr, e.BOSHPath = "", "", ""
	if st.spec.WebSocket {
		e.WebAddr, e.WebTLSAddr, e.WebPath = e.Addr, e.DirectTLSAddr, websocket.DefaultPath
	}
	return e
}
