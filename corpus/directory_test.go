package corpus

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestAdd(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	text := []byte("seed \xff\r\n")
	for range 2 {
		file, err := Add(dir, text)
		if err != nil || file != filepath.Join(dir, Name(text)) {
			t.Fatalf("%s, %v", file, err)
		}
	}
	all, err := ReadDir(dir)
	if err != nil || len(all) != 1 || string(all[0].Text) != string(text) || all[0].Kind != Added || all[0].File != Name(text) {
		t.Errorf("%+v, %v", all, err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%v, %v are left", left, err)
	}
	if err := os.WriteFile(filepath.Join(dir, Name(text)), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Add(dir, text); !errors.Is(err, errOther) {
		t.Errorf("another text in its place: %v", err)
	}
	if _, err := Add(dir, make([]byte, MaxText+1)); !errors.Is(err, errLong) {
		t.Errorf("too long a text: %v", err)
	}
	if _, err := Add(filepath.Join(dir, Name(text)), text); err == nil {
		t.Error("a file is taken for a directory")
	}
}

// TestReadDirIsSafe puts in a directory what should not be read, opened or waited for.
func TestReadDirIsSafe(t *testing.T) {
	dir := t.TempDir()
	if _, err := Add(dir, []byte("good")); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	long, err := os.Create(filepath.Join(dir, "long.xp"))
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		long.Truncate(1<<40), long.Close(),
		os.WriteFile(secret, []byte("secret"), 0o600),
		os.Symlink(secret, filepath.Join(dir, "link.xp")),
		os.Symlink("link2.xp", filepath.Join(dir, "link2.xp")),
		syscall.Mkfifo(filepath.Join(dir, "pipe.xp"), 0o600),
		os.Mkdir(filepath.Join(dir, "folder.xp"), 0o700),
		os.WriteFile(filepath.Join(dir, "README"), []byte("not one"), 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
	all, err := ReadDir(dir)
	if len(all) != 1 || string(all[0].Text) != "good" {
		t.Errorf("%+v", all)
	}
	for _, want := range []string{"long.xp", "link.xp", "link2.xp", "pipe.xp", "folder.xp"} {
		if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, want)) {
			t.Errorf("nothing about %s in: %v", want, err)
		}
	}
	if _, err := ReadDir(secret); err == nil {
		t.Error("a file is taken for a directory")
	}
}
