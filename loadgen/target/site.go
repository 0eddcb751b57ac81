package target

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/websocket"
)

// A site is where one server lives: directory, address, certificates.
type site struct {
	spec  Spec
	dir   string
	user  owner // who the server runs as
	place place
	certs *chain
}

// newSite makes the directory, where the named users can get at it. What happens
// after that, remove must follow.
func newSite(s Spec, p place, users []string) (*site, error) {
	st := &site{spec: s, place: p}
	var err error
	if st.user, err = unprivileged(users); err != nil {
		return nil, err
	}
	parent, err := enterable(st.user)
	if err != nil {
		return nil, err
	}
	a := s.Authority
	if a == nil {
		if a, err = NewAuthority(); err != nil {
			return nil, err
		}
	}
	if st.certs, err = a.chain(s.Domain, p.IP); err != nil {
		return nil, err
	}
	if st.dir, err = os.MkdirTemp(parent, "xmpprig-"+s.Driver+"-"); err != nil {
		return nil, fmt.Errorf("make the server's directory: %w", err)
	}
	return st, nil
}

// enterable returns the directory for temporary files, or /tmp where o cannot
// enter that (a test's own, say).
func enterable(o owner) (string, error) {
	wanted := os.TempDir()
	var first error
	for _, dir := range []string{wanted, "/tmp"} {
		err := o.canEnter(dir)
		if err == nil {
			return dir, nil
		}
		if first = errors.Join(first, err); !errors.Is(err, errBarred) {
			break
		}
	}
	return "", first
}

var errBarred = errors.New("set TMPDIR to a directory everyone can enter")

// canEnter checks dir and what leads to it.
func (o owner) canEnter(dir string) error {
	for {
		info, err := os.Stat(dir)
		if err != nil {
			return fmt.Errorf("make the server's directory: %w", err)
		}
		if !o.isZero() && info.Mode().Perm()&0o001 == 0 {
			return fmt.Errorf("user %s cannot enter %s: %w", o.name, dir, errBarred)
		}
		if up := filepath.Dir(dir); up != dir {
			dir = up
			continue
		}
		return nil
	}
}

func (st *site) path(name string) string { return filepath.Join(st.dir, name) }

func (st *site) write(name string, data []byte) error {
	if err := os.WriteFile(st.path(name), data, 0o640); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// writeCertificates writes ca.pem, cert.pem (leaf, then CA), key.pem and
// all.pem (everything), for whichever the server wants.
func (st *site) writeCertificates() error {
	full := append(append([]byte{}, st.certs.leaf...), st.certs.ca...)
	return errors.Join(
		st.write("ca.pem", st.certs.ca),
		st.write("cert.pem", full),
		st.write("key.pem", st.certs.key),
		st.write("all.pem", append(full, st.certs.key...)),
	)
}

func (st *site) endpoint() Endpoint {
	e := Endpoint{Addr: st.place.Addr(), DirectTLSAddr: st.place.TLSAddr(), Domain: st.spec.Domain,
		CAs: st.certs.pool, CAFile: st.path("ca.pem")}
	if st.spec.WebSocket || st.spec.BOSH {
		e.WebAddr, e.WebTLSAddr = st.place.WebAddr(), st.place.WebTLSAddr()
	}
	if st.spec.WebSocket {
		e.WebPath = websocket.DefaultPath
	}
	if st.spec.BOSH {
		e.BOSHPath = bosh.DefaultPath
	}
	if st.spec.Federation.wanted() {
		e.ServerAddr = st.place.ServerAddr()
	}
	if st.spec.Metrics {
		e.MetricsURL = "http://" + st.place.WebAddr() + "/metrics"
	}
	if st.spec.Component.Domain != "" {
		e.ComponentAddr = st.place.RouterAddr()
	}
	return e
}

// verifiers derives the keys of the accounts, and says so where it takes long.
func (st *site) verifiers(ctx context.Context, h scramHash, iterations int) (func(i int) verifier, error) {
	if u := st.spec.Users; u.numberedPasswords() && u.Count >= 1000 {
		st.logf("deriving SCRAM keys of %d passwords, %d iterations each", u.Count, iterations)
	}
	return verifiers(ctx, st.spec.Users, h, iterations)
}

func (st *site) logf(format string, args ...any) {
	if st.spec.Log != nil {
		fmt.Fprintf(st.spec.Log, format+"\n", args...)
	}
}

// An owner is the user a server runs as. The zero value is whoever runs the rig.
type owner struct {
	name     string
	uid, gid int
}

func (o owner) isZero() bool { return o.name == "" }

// unprivileged returns the first of the named users that exists, or nobody, when
// the rig runs as root, and the zero owner otherwise.
func unprivileged(names []string) (owner, error) {
	if os.Geteuid() != 0 || len(names) == 0 {
		return owner{}, nil
	}
	for _, name := range append(slices.Clone(names), "nobody") {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err := errors.Join(err1, err2); err != nil {
			return owner{}, fmt.Errorf("look up user %s: %w", name, err)
		}
		return owner{name, uid, gid}, nil
	}
	return owner{}, fmt.Errorf("no unprivileged user to run as: none of %s, nobody exists", strings.Join(names, ", "))
}

// give makes the server's user own everything in the directory.
func (st *site) give() error {
	if st.user.isZero() {
		return nil
	}
	err := filepath.WalkDir(st.dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, st.user.uid, st.user.gid)
	})
	if err != nil {
		return fmt.Errorf("give the directory to %s: %w", st.user.name, err)
	}
	return nil
}

// lookPath finds program on PATH or in the system directories a plain user's
// PATH leaves out.
func lookPath(software, program, install string) (string, error) {
	if path, err := exec.LookPath(program); err == nil {
		return filepath.Abs(path)
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/sbin"} {
		if path, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return path, nil
		}
	}
	return "", &NotInstalledError{Software: software, Program: program, Install: install}
}
