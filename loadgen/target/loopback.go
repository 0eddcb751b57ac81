package target

import (
	"context"
	"debug/buildinfo"
	"strconv"
	"strings"

	"xmpprig/loadgen/loopback"
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
	if err := st.writeCertificates(); err != nil {
		return nil, err
	}
	args := []string{s.Exe, "serve", "--listen", st.place.Addr(), "--listen-tls", st.place.TLSAddr(), "--domain", s.Domain,
		"--users", strconv.Itoa(s.Users.Count), "--user", s.Users.Name, "--password", s.Users.Password,
		"--certificate", st.path("all.pem")}
	if s.Mechanism == "EXTERNAL" || s.ClientCertificates {
		args = append(args, "--client-ca", st.path("ca.pem"))
	}
	if s.Mechanism != "" {
		args = append(args, "--mechanism", s.Mechanism)
	} else if s.ClientCertificates {
		args = append(args, "--mechanism", strings.Join(append(loopback.DefaultMechanisms(), "EXTERNAL"), ","))
	}
	if s.Login != "" {
		args = append(args, "--sasl2")
	}
	if s.Login == "fast" || s.Login == "auto" {
		args = append(args, "--fast")
	}
	if s.Compression {
		args = append(args, "--compression")
	}
	for _, m := range s.Upgrades {
		args = append(args, "--upgrade", m)
	}
	if s.TLSResume {
		args = append(args, "--tickets")
	}
	if c := s.Component; c.Domain != "" {
		args = append(args, "--listen-component", st.place.RouterAddr(), "--component", c.Domain+"="+c.Secret)
	}
	if f := s.Federation; f.wanted() {
		args = append(args, "--listen-servers", st.place.ServerAddr(), "--peer", "*="+f.Via)
		if f.TLS != "" {
			args = append(args, "--peer-tls", f.TLS)
		}
		if f.Certified() {
			args = append(args, "--peer-ca", st.path("ca.pem"))
		}
	}
	if s.has(Archive) {
		args = append(args, "--archive", strconv.Itoa(loopbackArchive))
	}
	if s.has(Offline) && !s.Tight {
		args = append(args, "--offline", strconv.Itoa(loopbackOffline))
	}
	args = append(args, tightArgs(s)...)
	if s.has(Registration) {
		args = append(args, "--register")
	}
	if s.has(Upload) {
		args = append(args, "--listen-upload", st.place.WebTLSAddr())
	}
	for _, f := range s.Faults {
		args = append(args, "--fault", f)
	}
	for _, d := range s.Defects {
		args = append(args, "--defect", d)
	}
	l := &launch{
		args:     args,
		rules:    processRules,
		endpoint: func() (Endpoint, bool, error) { return oneDoor(st.endpoint()), true, nil },
		software: "xmpprig loopback",
		settings: loopbackSettings(s),
		accounts: "every name of the pattern, in the loopback server's memory",
	}
	if info, err := buildinfo.ReadFile(s.Exe); err == nil {
		l.release = info.Main.Version
	}
	return l, nil
}

// loopbackSettings are all but those of services that the loopback server does not have.
func loopbackSettings(s Spec) map[string]string {
	return s.settings("silence", "idle", "max-bytes", "attempts", "recipients", "unacked", "offline", "disabled", "unavailable")
}

// tightArgs are the flags by which the loopback server has the settings.
func tightArgs(s Spec) []string {
	v := loopbackSettings(s)
	if v == nil {
		return nil
	}
	return []string{"--login-within", v["silence"] + "s", "--idle", v["idle"] + "s", "--attempts", v["attempts"], "--recipients", v["recipients"],
		"--unacked", v["unacked"], "--disabled", v["disabled"], "--unavailable", v["unavailable"], "--offline", v["offline"]}
}

// oneDoor is e where HTTP is spoken on the ports of XMPP.
func oneDoor(e Endpoint) Endpoint {
	if e.WebAddr != "" {
		e.WebAddr, e.WebTLSAddr = e.Addr, e.DirectTLSAddr
	}
	return e
}
