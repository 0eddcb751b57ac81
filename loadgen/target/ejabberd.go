package target

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/websocket"
)

// ejabberdIterations is ejabberd's own number, which no option changes.
const ejabberdIterations = 4096

var (
	//go:embed ejabberd.yml.tmpl
	ejabberdConfig string
	//go:embed ejabberd_auth_xmpprig.erl
	ejabberdShortcut []byte
	//go:embed xmpprig_accounts.erl
	ejabberdAccountsModule []byte

	erlLibs = regexp.MustCompile(`(?m)^\s*(?:export )?ERL_LIBS='?([^'\s]+)'?$`)
)

type ejabberdValues struct {
	All, CA, IP, Domain, Conference string
	Port, TLSPort, WebPort, WebTLS  int
	WebSocket, BOSH, Compression    bool
	Handlers                        string // of HTTP
	Archive, RoomArchive, Upload    bool
	UploadHost, UploadDir           string
	PubSub                          string
	Method, Hash                    string
	Component                       Component
	ComponentPort                   int
	Federation                      Federation
	Federated                       bool
	ServerPort                      int
	Plus                            bool              // offer channel binding
	Verify                          bool              // look at the certificates of clients
	Tight                           map[string]string // values of settings; nil: the server is not tight
}

// erlang is where the programs and libraries are.
type erlang struct{ erl, erlc, libs string }

func prepareEjabberd(ctx context.Context, st *site) (*launch, error) {
	found, err := findErlang()
	if err != nil {
		return nil, err
	}
	h, err := scramHashFor(st.spec.Mechanism)
	if err != nil {
		return nil, err
	}
	if err := ejabberdFiles(st, h); err != nil {
		return nil, err
	}
	if err := compileErlang(ctx, st, found.erlc); err != nil {
		return nil, err
	}
	accounts, err := ejabberdAccounts(ctx, st, h)
	if err != nil {
		return nil, err
	}
	if err := st.give(); err != nil {
		return nil, err
	}
	return &launch{
		args:     ejabberdArgs(st, found.erl),
		env:      ejabberdEnv(st, found.libs),
		logs:     []string{"ejabberd.log", "erl_crash.dump"},
		rules:    erlangRules,
		hopeless: []string{"[critical] Failed to start ejabberd", "init terminating in do_boot"},
		awaited:  []string{"xmpprig: " + strconv.Itoa(ejabberdAccountCount(st.spec)) + " accounts in "},
		endpoint: func() (Endpoint, bool, error) { return st.endpoint(), true, nil },
		version:  ejabberdVersion,
		software: "ejabberd",
		accounts: accounts,
		config:   st.spec.Config,
		settings: ejabberdSettings(st.spec),
	}, nil
}

// ejabberdSettings are those that ejabberd can have.
func ejabberdSettings(s Spec) map[string]string {
	return s.settings("silence", "idle", "max-bytes", "unacked", "offline", "addresses")
}

// findErlang finds erl and erlc on PATH, and ejabberd's libraries where its
// control script says they are or beside a usual installation.
func findErlang() (erlang, error) {
	const install = "apt-get install ejabberd"
	control, err := lookPath("ejabberd", "ejabberdctl", install)
	if err != nil {
		return erlang{}, err
	}
	var e erlang
	if e.erl, err = lookPath("Erlang", "erl", install); err != nil {
		return erlang{}, err
	}
	if e.erlc, err = lookPath("Erlang's compiler", "erlc", install); err != nil {
		return erlang{}, err
	}
	script, err := os.ReadFile(control)
	if err != nil {
		return erlang{}, fmt.Errorf("read ejabberdctl: %w", err)
	}
	candidates := []string{}
	if m := erlLibs.FindSubmatch(script); m != nil {
		candidates = append(candidates, string(m[1]))
	}
	for _, dir := range append(candidates, "/usr/lib/erlang/lib", "/usr/lib", "/usr/local/lib") {
		if found, _ := filepath.Glob(filepath.Join(dir, "ejabberd-*", "ebin", "ejabberd.beam")); len(found) > 0 {
			e.libs = dir
			return e, nil
		}
	}
	return erlang{}, fmt.Errorf("find ejabberd's libraries: neither ERL_LIBS in %s nor the usual directories lead to ejabberd.beam", control)
}

// ejabberdHandlers is what ejabberd serves over HTTP: a mapping of paths, in YAML.
func ejabberdHandlers(s Spec) string {
	var handlers []string
	if s.WebSocket {
		handlers = append(handlers, websocket.DefaultPath+": ejabberd_http_ws")
	}
	if s.BOSH {
		handlers = append(handlers, bosh.DefaultPath+": mod_bosh")
	}
	if s.has(Upload) {
		handlers = append(handlers, "/upload: mod_http_upload")
	}
	return strings.Join(handlers, ", ")
}

// ejabberdFiles writes configuration, modules and certificates.
func ejabberdFiles(st *site, h scramHash) error {
	v := ejabberdValues{
		All: st.path("all.pem"), CA: st.path("ca.pem"),
		IP: st.place.IP.String(), Domain: st.spec.Domain, Conference: "conference." + st.spec.Domain,
		Port: st.place.Port, TLSPort: st.place.TLSPort, WebPort: st.place.WebPort, WebTLS: st.place.WebTLS,
		Archive: st.spec.has(Archive), RoomArchive: st.spec.has(RoomArchive), Upload: st.spec.has(Upload), UploadHost: "upload." + st.spec.Domain, UploadDir: st.path("upload"), PubSub: "pubsub." + st.spec.Domain,
		WebSocket: st.spec.WebSocket, BOSH: st.spec.BOSH, Compression: st.spec.Compression, Handlers: ejabberdHandlers(st.spec), Method: "mnesia", Hash: h.ejabberd,
		Component: st.spec.Component, ComponentPort: st.place.RouterPort,
		Federation: st.spec.Federation, Federated: st.spec.Federation.wanted(), ServerPort: st.place.ServerPort,
		Plus: strings.HasSuffix(st.spec.Mechanism, "-PLUS"), Verify: st.spec.Mechanism == "EXTERNAL" || st.spec.ClientCertificates,
		Tight: ejabberdSettings(st.spec),
	}
	if st.spec.ShortcutAuth {
		v.Method = "xmpprig"
	}
	config, err := fill("ejabberd.yml", ejabberdConfig, v)
	if err != nil {
		return err
	}
	if config, err = overlaid(config, st.spec.Config); err != nil {
		return err
	}
	// The compiled modules must not lie in ebin: ejabberd would look for its own
	// data beside them.
	if err := os.Mkdir(st.path("beams"), 0o750); err != nil {
		return fmt.Errorf("make the module directory: %w", err)
	}
	return errors.Join(
		st.write("ejabberd.yml", config),
		st.write("inetrc", st.spec.Federation.inetrc()),
		st.write("beams/ejabberd_auth_xmpprig.erl", ejabberdShortcut),
		st.write("beams/xmpprig_accounts.erl", ejabberdAccountsModule),
		st.writeCertificates(),
	)
}

func compileErlang(ctx context.Context, st *site, erlc string) error {
	cmd := exec.CommandContext(ctx, erlc, "ejabberd_auth_xmpprig.erl", "xmpprig_accounts.erl")
	cmd.Dir = st.path("beams")
	if out, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("compile ejabberd's modules: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

func ejabberdAccountCount(s Spec) int {
	if s.ShortcutAuth {
		return 0
	}
	return s.Users.Count
}

// ejabberdAccounts writes the file xmpprig_accounts.erl reads.
func ejabberdAccounts(ctx context.Context, st *site, h scramHash) (string, error) {
	file, err := os.Create(st.path("accounts.tsv"))
	if err != nil {
		return "", fmt.Errorf("provision accounts: %w", err)
	}
	defer file.Close()
	if st.spec.ShortcutAuth {
		return fmt.Sprintf("shortcut authentication: no accounts, every name has the one password; SCRAM-%s, %d iterations, keys derived once", h.name, ejabberdIterations), nil
	}
	of, err := st.verifiers(ctx, h, ejabberdIterations)
	if err != nil {
		return "", err
	}
	w := bufio.NewWriter(file)
	b64 := base64.StdEncoding.EncodeToString
	for i := range st.spec.Users.Count {
		name, _ := st.spec.Users.User(i)
		v := of(i)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\n", name, b64(v.stored), b64(v.server), b64([]byte(v.salt)), v.iterations)
	}
	if err := w.Flush(); err != nil {
		return "", fmt.Errorf("provision accounts: %w", err)
	}
	return describeAccounts(st.spec.Users, h, ejabberdIterations, "mnesia table in RAM"), nil
}

// ejabberdArgs runs the VM itself: ejabberdctl wants epmd, which listens on all
// addresses, and limits crash dumps. Schedulers do not spin, so that CPU time is work.
func ejabberdArgs(st *site, erl string) []string {
	return []string{
		erl, "-noinput", "+K", "true", "+P", "1000000",
		"+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none",
		"-pa", st.path("beams"), "-mnesia", "dir", strconv.Quote(st.path("db")),
		"-ejabberd", "log_rotate_count", "0", "-s", "ejabberd", "-s", "xmpprig_accounts", "boot",
	}
}

func ejabberdEnv(st *site, libs string) []string {
	// The VM takes a power of two.
	ports := 1 << bits.Len(uint(max(65536, 2*st.spec.sessions())-1))
	_, password := st.spec.Users.User(0)
	return []string{
		"EJABBERD_CONFIG_PATH=" + st.path("ejabberd.yml"), "EJABBERD_LOG_PATH=" + st.path("ejabberd.log"),
		"EJABBERD_PID_PATH=" + st.path("ejabberd.pid"), "ERL_CRASH_DUMP=" + st.path("erl_crash.dump"),
		"ERL_MAX_PORTS=" + strconv.Itoa(ports), "ERL_MAX_ETS_TABLES=20000",
		"ERL_LIBS=" + libs, "ERL_INETRC=" + st.path("inetrc"),
		"XMPPRIG_ACCOUNTS=" + st.path("accounts.tsv"), "XMPPRIG_DOMAIN=" + st.spec.Domain,
		"XMPPRIG_PASSWORD=" + password, "XMPPRIG_ITERATIONS=" + strconv.Itoa(ejabberdIterations),
	}
}

// ejabberdVersion reads "… ejabberd 23.01 is started in the node …".
func ejabberdVersion(line string) string {
	if !strings.Contains(line, " is started in the node ") {
		return ""
	}
	return after(line, "] ejabberd ")
}

// yamlString quotes s for YAML, of which JSON is a part.
func yamlString(s string) (string, error) {
	quoted, err := json.Marshal(s)
	return string(quoted), err
}
