package target

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// prosodyIterations is Prosody's own default_iteration_count.
const prosodyIterations = 10000

//go:embed prosody.cfg.lua.tmpl
var prosodyConfig string

//go:embed mod_auth_xmpprig_shortcut.lua
var prosodyShortcut []byte

//go:embed mod_auth_xmpprig_disabled.lua
var prosodyDisabled []byte

//go:embed mod_xmpprig_nodes.lua
var prosodyNodes []byte

//go:embed mod_xmpprig_route.lua
var prosodyRoute []byte

//go:embed mod_auth_xmpprig_certs.lua
var prosodyCerts []byte

type prosodyValues struct {
	Dir, Data, Modules, Log, Key, Cert string
	IP, Domain, Conference             string
	Port, TLSPort, WebPort, WebTLS     int
	WebSocket, BOSH, Tickets, Metrics  bool
	Archive, Offline, RoomArchive      bool
	Passwords                          bool // beside certificates
	Upload                             bool
	UploadHost                         string
	PubSub                             string
	Inline                             []string // modules of SASL2
	ClientCA                           string   // vouches for clients of EXTERNAL; empty: passwords
	Shortcut                           bool
	Hash, Password, Config             string
	Component                          Component
	ComponentPort                      int
	Federation                         Federation
	Federated                          bool
	ServerPort                         int
	Trusted                            string
	Iterations                         int
	Tight                              map[string]string // values of settings; nil: the server is not tight
}

func prepareProsody(ctx context.Context, st *site) (*launch, error) {
	program, err := lookPath("Prosody", "prosody", "apt-get install prosody")
	if err != nil {
		return nil, err
	}
	h, err := scramHashFor(st.spec.Mechanism)
	if err != nil {
		return nil, err
	}
	if h.name == "SHA-512" {
		return nil, &SpecError{"mechanism", "Prosody has no SCRAM-SHA-512 (it has SCRAM-SHA-256 and SCRAM-SHA-1)"}
	}
	accounts, err := prosodyAccounts(ctx, st, h)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(prosodyFiles(st, h), st.give()); err != nil {
		return nil, err
	}
	return &launch{
		args:     []string{program, "-F", "--config", st.path("prosody.cfg.lua")},
		logs:     []string{"prosody.log"},
		rules:    prosodyRules,
		hopeless: []string{"\terror\tFailed to open server port", "\terror\tError binding encrypted port", "\terror\tError creating TLS context", "\terror\tError initializing module", "\terror\tUnable to load module"},
		endpoint: func() (Endpoint, bool, error) { return st.endpoint(), true, nil },
		version:  func(line string) string { return after(line, "Hello and welcome to Prosody version ") },
		software: "Prosody",
		accounts: accounts,
		config:   st.spec.Config,
		settings: prosodySettings(st.spec),
	}, nil
}

// prosodySettings are those that Prosody can have. It sends sessions that are silent no sign of its own but white space.
func prosodySettings(s Spec) map[string]string {
	return s.settings("silence", "max-bytes", "unacked", "offline", "disabled")
}

// prosodyFiles writes configuration, module and certificates.
func prosodyFiles(st *site, h scramHash) error {
	if err := os.MkdirAll(st.path("modules"), 0o750); err != nil {
		return fmt.Errorf("make the module directory: %w", err)
	}
	inline, err := inlineModules(st.spec.Login)
	if err != nil {
		return err
	}
	_, password := st.spec.Users.User(0)
	config, err := fill("prosody.cfg.lua", prosodyConfig, prosodyValues{
		Dir: st.dir, Data: st.path("data"), Modules: st.path("modules"), Log: st.path("prosody.log"),
		Key: st.path("key.pem"), Cert: st.path("cert.pem"),
		IP: st.place.IP.String(), Domain: st.spec.Domain, Conference: "conference." + st.spec.Domain,
		Port: st.place.Port, TLSPort: st.place.TLSPort, WebPort: st.place.WebPort, WebTLS: st.place.WebTLS, WebSocket: st.spec.WebSocket, BOSH: st.spec.BOSH, Metrics: st.spec.Metrics,
		Archive: st.spec.has(Archive), Offline: st.spec.has(Offline) || st.spec.Tight, RoomArchive: st.spec.has(RoomArchive), Passwords: st.spec.Mechanism != "EXTERNAL", PubSub: "pubsub." + st.spec.Domain,
		Upload: st.spec.has(Upload), UploadHost: "upload." + st.spec.Domain,
		Tickets: st.spec.TLSResume, Inline: inline, ClientCA: clientCA(st),
		Shortcut: st.spec.ShortcutAuth, Hash: h.name, Password: password, Iterations: prosodyIterations, Config: st.spec.Config,
		Component: st.spec.Component, ComponentPort: st.place.RouterPort,
		Federation: st.spec.Federation, Federated: st.spec.Federation.wanted(), ServerPort: st.place.ServerPort, Trusted: st.path("ca.pem"),
		Tight: prosodySettings(st.spec),
	})
	if err != nil {
		return err
	}
	return errors.Join(
		st.write("prosody.cfg.lua", config),
		st.write("modules/mod_auth_xmpprig_shortcut.lua", prosodyShortcut),
		st.write("modules/mod_auth_xmpprig_certs.lua", prosodyCerts),
		st.write("modules/mod_auth_xmpprig_disabled.lua", prosodyDisabled),
		st.write("modules/mod_xmpprig_nodes.lua", prosodyNodes),
		st.write("modules/mod_xmpprig_inline.lua", prosodyInline),
		st.write("modules/mod_xmpprig_route.lua", prosodyRoute),
		st.writeCertificates(),
	)
}

// prosodyAccounts writes one file for each account, as mod_storage_internal
// would when mod_auth_internal_hashed had made them.
func prosodyAccounts(ctx context.Context, st *site, h scramHash) (string, error) {
	dir := st.path("data/" + prosodyEncode(st.spec.Domain) + "/accounts")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", fmt.Errorf("make the account store: %w", err)
	}
	if st.spec.ShortcutAuth {
		return fmt.Sprintf("shortcut authentication: no accounts, every name has the one password; SCRAM-SHA-256 and SCRAM-SHA-1, %d iterations, keys derived once", prosodyIterations), nil
	}
	of, err := st.verifiers(ctx, h, prosodyIterations)
	if err != nil {
		return "", err
	}
	var file bytes.Buffer
	for i := range st.spec.Users.Count {
		if err := ctx.Err(); err != nil {
			return "", fmt.Errorf("provision accounts: %w", context.Cause(ctx))
		}
		name, _ := st.spec.Users.User(i)
		v := of(i)
		file.Reset()
		fmt.Fprintf(&file, "return {\n\t[\"iteration_count\"] = %d;\n\t[\"salt\"] = %s;\n\t[\"server_key\"] = \"%x\";\n\t[\"stored_key\"] = \"%x\";\n};\n",
			v.iterations, luaString(v.salt), v.server, v.stored)
		if err := os.WriteFile(filepath.Join(dir, prosodyEncode(name)+".dat"), file.Bytes(), 0o640); err != nil {
			return "", fmt.Errorf("provision account %d: %w", i, err)
		}
	}
	return describeAccounts(st.spec.Users, h, prosodyIterations, "internal storage (files)"), nil
}

// prosodyEncode is how util.datamanager makes a file name of a user or host.
func prosodyEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; isLetterOrDigit(rune(c)) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}

// luaString quotes s for Lua.
func luaString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			fmt.Fprintf(&b, "\\%03d", c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// fill executes a template in which lua and yaml quote strings.
func fill(name, text string, values any) ([]byte, error) {
	t, err := template.New(name).Funcs(template.FuncMap{"lua": luaString, "yaml": yamlString}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, values); err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// after returns the word that follows prefix in line, or "".
func after(line, prefix string) string {
	_, rest, found := strings.Cut(line, prefix)
	if !found {
		return ""
	}
	word, _, _ := strings.Cut(rest, " ")
	return word
}
