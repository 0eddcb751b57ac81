package main

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"xmpprig/fuzz/inproc"
)

// export writes all inputs that are known to the corpus of the engine, and returns how many it has. What crashed in an earlier
// run is forgotten: the engine would not report the like again, even if that is mended since.
func (j *job) export() (int, error) {
	for _, old := range []string{"crashers", "suppressions"} {
		if err := os.RemoveAll(filepath.Join(j.dir, old)); err != nil {
			return 0, err
		}
	}
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return 0, fmt.Errorf("find the cache of go: %w", err)
	}
	j.cache = filepath.Join(strings.TrimSpace(string(out)), "fuzz", "xmpprig", path.Clean(pkg), j.target.Name)
	inputs, err := j.target.Seeds()
	if err != nil {
		return 0, fmt.Errorf("seeds: %w", err)
	}
	for _, dir := range []string{j.found, j.cache} {
		native, err := readNative(dir)
		if err != nil {
			return 0, err
		}
		inputs = append(inputs, native...)
	}
	corpus := filepath.Join(j.dir, "corpus")
	for _, b := range inputs {
		if err := write(filepath.Join(corpus, fmt.Sprintf("%x", sha1.Sum(b))), b); err != nil {
			return 0, err
		}
	}
	files, err := readDir(corpus)
	return len(files), err
}

// keep hands the corpus of the engine on to go test -fuzz, and returns how many inputs it has.
func (j *job) keep() (int, error) {
	files, err := readDir(filepath.Join(j.dir, "corpus"))
	for _, raw := range files {
		if err := write(filepath.Join(j.cache, nativeName(raw)), inproc.ToNative(raw)); err != nil {
			return 0, err
		}
	}
	return len(files), err
}

// judge hands the crashers on to go test, and counts those that fail there. Those that do not are said, and not kept.
func (j *job) judge() (broken int, err error) {
	crashers, err := readDir(filepath.Join(j.dir, "crashers"))
	if err != nil {
		return 0, err
	}
	for name, raw := range crashers {
		if strings.Contains(name, ".") {
			continue // says how another crashed
		}
		fails, err := j.try(name, raw)
		if err != nil {
			return broken, err
		}
		if fails {
			broken++
		}
	}
	return broken, nil
}

// try makes a crasher a file of go test, which stays if it fails there or was there before.
func (j *job) try(name string, raw []byte) (fails bool, err error) {
	kept := filepath.Join(j.found, nativeName(raw))
	_, err = os.Stat(kept)
	isNew := errors.Is(err, fs.ErrNotExist)
	if isNew {
		if err := write(kept, inproc.ToNative(raw)); err != nil {
			return false, err
		}
	}
	verdict, fails := j.test(nativeName(raw))
	fmt.Printf("crasher %s: %s\n", filepath.Join(j.dir, "crashers", name), verdict)
	switch {
	case fails:
		fmt.Printf("  kept as %s\n", kept)
	case isNew:
		if err := os.Remove(kept); err != nil {
			return false, fmt.Errorf("drop a crasher: %w", err)
		}
		os.Remove(j.found) // if it was made for this
	}
	return fails, nil
}

// test runs one input as go test does.
func (j *job) test(input string) (verdict string, fails bool) {
	out, err := exec.Command("go", "test", pkg, "-count", "1", "-v", "-timeout", "60s", "-run", "^"+j.target.Name+"$/^"+input+"$").CombinedOutput()
	if err != nil {
		return "fails in go test too: " + firstLine(out), true
	}
	if _, rest, ok := bytes.Cut(out, []byte(inproc.KnownFinding)); ok {
		return inproc.KnownFinding + " " + firstLine(rest), false
	}
	return "go test passes it: it may need the time or the memory of the engine", false
}

// firstLine is the first line that is not about the run.
func firstLine(b []byte) string {
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			return line
		}
	}
	return "it says nothing"
}

// nativeName names an input as go test -fuzz does.
func nativeName(raw []byte) string {
	return fmt.Sprintf("%x", sha256.Sum256(inproc.ToNative(raw)))[:16]
}

// readNative reads the inputs that go test -fuzz keeps in a folder.
func readNative(dir string) (all [][]byte, err error) {
	files, err := readDir(dir)
	for name, b := range files {
		raw, err := inproc.FromNative(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
		}
		all = append(all, raw)
	}
	return all, err
}

// readDir reads the files of a folder, which may be missing.
func readDir(dir string) (map[string][]byte, error) {
	names, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	files := make(map[string][]byte, len(names))
	for _, n := range names {
		if files[n.Name()], err = os.ReadFile(filepath.Join(dir, n.Name())); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// write makes the folder too.
func write(file string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o644)
}
