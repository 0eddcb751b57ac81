package target

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
)

// A site is where one server lives: directory, address, certificates.
type site struct {
	spec  Spec
	dir   string
	place place
	certs *chain
}

// newSite makes the directory. What happens after that, remove must follow.
func newSite(s Spec, p place) (*site, error) {
	dir, err := os.MkdirTemp("", "xmpprig-"+s.Driver+"-")
	if err != nil {
		return nil, fmt.Errorf("make the server's directory: %w", err)
	}
	certs, err := newChain(s.Domain, p.IP)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &site{spec: s, dir: dir, place: p, certs: certs}, nil
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
	return Endpoint{Addr: st.place.Addr(), DirectTLSAddr: st.place.TLSAddr(), Domain: st.spec.Domain,
		CAs: st.certs.pool, CAFile: st.path("ca.pem")}
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

// unprivileged returns the first of the named users that exists when the rig
// runs as root, and the zero owner otherwise.
func unprivileged(names ...string) (owner, error) {
	if os.Geteuid() != 0 {
		return owner{}, nil
	}
	for _, name := range append(names, "nobody") {
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

// give makes o own everything in the directory and checks that o can get there.
func (st *site) give(o owner) error {
	if o.isZero() {
		return nil
	}
	err := filepath.WalkDir(st.dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, o.uid, o.gid)
	})
	if err != nil {
		return fmt.Errorf("give the directory to %s: %w", o.name, err)
	}
	for dir := filepath.Dir(st.dir); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return fmt.Errorf("look at %s: %w", dir, err)
		}
		if info.Mode().Perm()&0o001 == 0 {
			return fmt.Errorf("user %s cannot enter %s (set TMPDIR to a directory everyone can enter)", o.name, dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
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
