package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestShipped(t *testing.T) {
	want := []string{"archive", "chat", "component-chat", "devices", "federated-chat", "half-open", "idle", "login-flood", "login-storm", "modern-client", "muc", "netsplit",
		"offline", "peer-domains", "ping", "presence-fanout", "presence-flood", "pubsub", "reactions", "receipts", "reconnect-churn", "registration", "restart-storm", "resume-storm",
		"room-join-flood", "slow-readers", "upload"}
	got := Shipped()
	if len(got) != len(want) {
		t.Fatalf("shipped are %v, want %v", got, want)
	}
	for i, name := range want {
		s, err := Read(name)
		if err != nil {
			t.Errorf("%s does not parse:\n%v", name, err)
			continue
		}
		if s.Name != name || got[i].Name != name || s.Description == "" {
			t.Errorf("%s is named %q (%q)", name, s.Name, s.Description)
		}
	}
}

func TestReadSuggests(t *testing.T) {
	for name, want := range map[string]string{"caht": "chat", "login-strom": "login-storm", "zzzzzz": "", "": "", "..": "", "chat\x00": "chat"} {
		_, err := Read(name)
		var missing *NotFoundError
		if !errors.As(err, &missing) || missing.Suggestion != want || missing.Name != name || len(missing.Known) != len(Shipped()) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestReadFiles(t *testing.T) {
	dir := t.TempDir()
	good, bad, large := filepath.Join(dir, "good.scenario"), filepath.Join(dir, "bad.yaml"), filepath.Join(dir, "large.yml")
	for name, src := range map[string]string{good: frame, bad: "nam: x\n", large: strings.Repeat("#", maxBytes+1)} {
		if err := os.WriteFile(name, []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Read(good)
	sum := sha256.Sum256([]byte(frame))
	if err != nil || s.Name != "x" || string(s.Source) != frame || s.Hash != hex.EncodeToString(sum[:]) {
		t.Errorf("%+v, %v", s, err)
	}
	for name, reason := range map[string]string{bad: "bad.yaml:1:1: unknown key", large: "larger than"} {
		var list Errors
		if _, err := Read(name); !errors.As(err, &list) || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"none.yaml", dir + "/none", dir} {
		var path *fs.PathError
		if _, err := Read(name); !errors.As(err, &path) || !strings.HasPrefix(err.Error(), "read scenario: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
