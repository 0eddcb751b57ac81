package compare

import (
	"strings"
	"testing"

	"xmpprig/results"
)

// TestWithoutAHandshake compares logins over TLS with logins without: the handshake that one side does not have is no reason to give no
// verdict, unless nothing says that it was to do without.
func TestWithoutAHandshake(t *testing.T) {
	side := func(tls string, handshake bool) (runs []*results.Run) {
		for i := range 10 {
			f := usual()
			f.p50 *= 1 + .001*float64(i)
			r := f.run()
			r.Target.TLS = tls
			if handshake {
				s := r.Series[0]
				s.Name = "login.tls"
				r.Series = append(r.Series, s)
			}
			runs = append(runs, r)
		}
		return runs
	}
	o := Options{Paired: true, Force: true}
	for _, c := range []struct {
		name       string
		base, head []*results.Run
		want       string
		left       bool
	}{
		{"without TLS on the head", side("starttls", true), side("none", false), results.Same, true},
		{"without TLS on the base", side("none", false), side("starttls", true), results.Same, true},
		{"handshakes that did not come", side("starttls", true), side("starttls", false), results.Insufficient, false},
	} {
		got, err := Runs(c.base, c.head, o)
		if err != nil {
			t.Fatal(err)
		}
		if got.Verdict.Status != c.want || strings.Contains(strings.Join(got.Left, "\n"), "login.tls p50") != c.left {
			t.Errorf("%s: %+v, left %q", c.name, got.Verdict, got.Left)
		}
	}
}
