package loadgen

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"testing"

	"xmpprig/scenarios"
)

func TestPick(t *testing.T) {
	ring := func(span int) scenarios.Peer { return scenarios.Peer{Mode: scenarios.Ring, Span: span} }
	fixed := func(n int) scenarios.Peer { return scenarios.Peer{Mode: scenarios.Fixed, N: n} }
	jid := func(j string) scenarios.Peer { return scenarios.Peer{Mode: scenarios.Fixed, JID: j} }
	random, paired, self := scenarios.Peer{Mode: scenarios.Random}, scenarios.Peer{Mode: scenarios.Paired}, scenarios.Peer{Mode: scenarios.Self}
	for _, tt := range []struct {
		name    string
		size, n int
		peer    scenarios.Peer
		want    []int // all that may be picked, sorted
		to      string
	}{
		{"random, first", 4, 0, random, []int{1, 2, 3}, ""},
		{"random, middle", 4, 2, random, []int{0, 1, 3}, ""},
		{"random, last", 4, 3, random, []int{0, 1, 2}, ""},
		{"random of two", 2, 1, random, []int{0}, "user0@example.org"},
		{"random, alone", 1, 0, random, []int{0}, "user0@example.org"},
		{"paired, even", 4, 2, paired, []int{3}, "user3@example.org"},
		{"paired, odd", 4, 3, paired, []int{2}, "user2@example.org"},
		{"paired, last of an odd number", 5, 4, paired, []int{4}, "user4@example.org"},
		{"paired, alone", 1, 0, paired, []int{0}, "user0@example.org"},
		{"ring", 10, 3, ring(3), []int{4, 5, 6}, ""},
		{"ring that wraps", 10, 8, ring(3), []int{0, 1, 9}, ""},
		{"ring of all others", 4, 2, ring(3), []int{0, 1, 3}, ""},
		{"ring of more than there are", 4, 2, ring(9), []int{0, 1, 3}, ""},
		{"ring, alone", 1, 0, ring(2), []int{0}, "user0@example.org"},
		{"fixed", 4, 1, fixed(3), []int{3}, "user3@example.org"},
		{"fixed without a session", 4, 1, fixed(7), []int{7}, "user7@example.org"},
		{"address of a user", 4, 1, jid("user2@example.org"), []int{2}, "user2@example.org"},
		{"another address", 4, 1, jid("a@b/c"), []int{outside}, "a@b/c"},
		{"self", 4, 3, self, []int{3}, "user3@example.org"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPopulation(scenarios.Users{Name: "user{n}"}, tt.size, "example.org", nil)
			r := rand.New(rand.NewPCG(1, 2))
			counts := map[int]int{}
			const draws = 3000
			for range draws {
				counts[p.pick(&tt.peer, tt.n, r)]++
			}
			var got []int
			for n, count := range counts {
				got = append(got, n)
				// Five standard deviations of a binomial count at the most.
				if even := draws / len(tt.want); len(tt.want) > 1 && (count < even-150 || count > even+150) {
					t.Errorf("%d was picked %d times of %d", n, count, draws)
				}
			}
			if slices.Sort(got); !slices.Equal(got, tt.want) {
				t.Errorf("picked %v, want %v", got, tt.want)
			}
			if to := p.to(&tt.peer, tt.want[0]); tt.to != "" && to != tt.to {
				t.Errorf("to %s, want %s", to, tt.to)
			}
			all := p.all(&tt.peer, tt.n, r)
			if slices.Sort(all); tt.peer.Mode == scenarios.Ring && !slices.Equal(all, tt.want) {
				t.Errorf("all of it is %v, want %v", all, tt.want)
			}
		})
	}
}

func TestSource(t *testing.T) {
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	used := map[netip.Addr]int{}
	for n := range 1_000_000 {
		a, ok := source(netip.MustParseAddr("127.0.0.1"), n).(*net.TCPAddr)
		if !ok || a.Port != 0 {
			t.Fatalf("session %d: %v", n, a)
		}
		ip := a.AddrPort().Addr()
		if last := ip.As4()[3]; !loopback.Contains(ip) || last == 0 || last == 255 {
			t.Fatalf("session %d dials from %v", n, ip)
		}
		used[ip]++
	}
	if want := 1_000_000 / sourcesPerAddress; len(used) != want {
		t.Errorf("%d addresses, want %d", len(used), want)
	}
	for ip, n := range used {
		if n != sourcesPerAddress {
			t.Errorf("%d sessions dial from %v", n, ip)
		}
	}
	for _, far := range []string{"192.0.2.1", "::1", "2001:db8::1", "::ffff:127.0.0.1"} {
		if a := source(netip.MustParseAddr(far), 3); a != nil {
			t.Errorf("to %s from %v", far, a)
		}
	}
	if a := source(netip.Addr{}, 3); a != nil {
		t.Errorf("to an unknown address from %v", a)
	}
}
