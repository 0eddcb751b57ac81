package target

import (
	"context"
	"crypto/x509"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// prepareLoopback runs our own binary as "serve". It is our own code, often in a
// directory only we can enter, so it runs as whoever runs the rig.
func prepareLoopback(_ context.Context, st *site) (*launch, error) {
	s := st.spec
	if s.Exe == "" {
		return nil, &SpecError{"loopback", "the path of the xmpprig binary is missing"}
	}
	if s.ShortcutAuth {
		return nil, &SpecError{"shortcut authentication", "the loopback server has no account store to replace"}
	}
	listen := st.place.IP.String() + ":0"
	args := []string{s.Exe, "serve", "--listen", listen, "--listen-tls", listen, "--domain", s.Domain,
		"--users", strconv.Itoa(s.Users.Count), "--user", s.Users.Name, "--password", s.Users.Password,
		"--ca-file", st.path("ca.pem"), "--addr-file", st.path("addr")}
	if s.Mechanism != "" {
		args = append(args, "--mechanism", s.Mechanism)
	}
	for _, f := range s.Faults {
		args = append(args, "--fault", f)
	}
	l := &launch{
		args:     args,
		rules:    processRules,
		endpoint: func() (Endpoint, bool, error) { return readAddrFile(st.path("addr"), s.Domain) },
		software: "xmpprig loopback",
		accounts: "every name of the pattern, in the loopback server's memory",
	}
	if info, err := buildinfo.ReadFile(s.Exe); err == nil {
		l.release = info.Main.Version
	}
	return l, nil
}

// readAddrFile reads what serve writes once it listens: a line each "tcp
// HOST:PORT", "tls HOST:PORT" and "ca PATH".
func readAddrFile(path, domain string) (Endpoint, bool, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Endpoint{}, false, nil
	} else if err != nil {
		return Endpoint{}, false, fmt.Errorf("read the address file: %w", err)
	}
	e := Endpoint{Domain: domain, CAs: x509.NewCertPool()}
	for line := range strings.Lines(string(data)) {
		switch what, value, _ := strings.Cut(strings.TrimSpace(line), " "); what {
		case "tcp":
			e.Addr = value
		case "tls":
			e.DirectTLSAddr = value
		case "ca":
			e.CAFile = value
		}
	}
	if e.Addr == "" || e.DirectTLSAddr == "" || e.CAFile == "" {
		return Endpoint{}, false, fmt.Errorf("read the address file: tcp, tls or ca is missing in %q", data)
	}
	pem, err := os.ReadFile(e.CAFile)
	if err != nil {
		return Endpoint{}, false, fmt.Errorf("read the CA file: %w", err)
	}
	if !e.CAs.AppendCertsFromPEM(pem) {
		return Endpoint{}, false, fmt.Errorf("read the CA file: no certificate in %s", e.CAFile)
	}
	return e, true, nil
}
