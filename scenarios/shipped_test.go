package scenarios

import "testing"

func TestShipped(t *testing.T) {
	want := []string{"chat", "idle", "login-storm", "ping", "presence-fanout", "reconnect-churn"}
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
