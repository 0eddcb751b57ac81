package oracle

import "testing"

func TestSameText(t *testing.T) {
	for _, c := range []struct {
		sent, got string
		want      bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"***", "secret", true}, {"a***b", "asecretb", true}, {"a***b", "asecret", false}, {"a***", "secret", false},
		{"***a***", "xay", true}, {"***a***", "xby", false}, {"x***a***b", "y", false},
	} {
		if got := sameText([]byte(c.sent), []byte(c.got)); got != c.want {
			t.Errorf("%q, %q: %v", c.sent, c.got, got)
		}
	}
}
