package loadgen

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"

	"xmpprig/scenarios"
)

// population is the users of a run: session n logs in as user n, or as user n/devices.
type population struct {
	size     int
	devices  int      // sessions of each; 1 or more
	bare     []string // bare addresses by number
	users    scenarios.Users
	domain   string
	resource string
	away     *Elsewhere // nil: all are the server's
	// made are the accounts that sessions have made, in place of their users'; nil where none are.
	made []atomic.Pointer[made]
}

// made is an account that a session has made.
type made struct{ local, password, jid string }

func newPopulation(u scenarios.Users, sessions int, domain string, away *Elsewhere) *population {
	devices := u.PerUser()
	size := (sessions + devices - 1) / devices
	p := &population{size: size, devices: devices, users: u, domain: domain, away: away, resource: u.Resource, bare: make([]string, size)}
	if p.resource == "" {
		p.resource = "xmpprig"
	}
	for n := range size {
		p.bare[n] = number(u.Name, n) + "@" + p.home(n)
	}
	return p
}

// resourceOf is what the nth session of a user binds.
func (p *population) resourceOf(nth int) string {
	if nth == 0 {
		return p.resource
	}
	return p.resource + "-" + strconv.Itoa(nth+1)
}

// of is the user whose session n is.
func (p *population) of(n int) int { return n / p.devices }

func (p *population) local(n int) string {
	bare := p.address(n)
	return bare[:len(bare)-len("@")-len(p.home(n))]
}

func (p *population) password(n int) string {
	if p.made != nil {
		if a := p.made[n].Load(); a != nil {
			return a.password
		}
	}
	return number(p.users.Password, n)
}

// address is the bare address of user n, or of the account that its session has made.
func (p *population) address(n int) string {
	if p.made != nil {
		if a := p.made[n].Load(); a != nil {
			return a.jid
		}
	}
	return p.bare[n]
}

// number fills the {n} of a pattern.
func number(pattern string, n int) string {
	return strings.ReplaceAll(pattern, "{n}", strconv.Itoa(n))
}

// outside is the number of a recipient that is not one of the sessions.
const outside = -1

// pick draws whom session self talks to.
func (p *population) pick(peer *scenarios.Peer, self int, r *rand.Rand) int {
	switch peer.Mode {
	case scenarios.Random:
		if p.size == 1 {
			return self
		}
		n := r.IntN(p.size - 1)
		if n >= self {
			n++
		}
		return n
	case scenarios.Paired:
		if n := self ^ 1; n < p.size {
			return n
		}
		return self // the last of an odd number has nobody else
	case scenarios.Remote:
		return p.pickRemote(self, r)
	case scenarios.Ring:
		return (self + 1 + r.IntN(p.span(peer))) % p.size
	case scenarios.Fixed:
		if peer.JID == "" {
			return peer.N
		}
		return p.find(peer.JID)
	}
	return self
}

// find is the number of the session with a bare address, or outside.
func (p *population) find(jid string) int {
	before, _, _ := strings.Cut(p.users.Name, "{n}")
	digits, _ := strings.CutPrefix(jid, before)
	n := 0
	for i := 0; i < len(digits) && digits[i] >= '0' && digits[i] <= '9' && n < p.size; i++ {
		n = 10*n + int(digits[i]-'0')
	}
	if n < p.size && p.bare[n] == jid {
		return n
	}
	return outside
}

// all lists the users that a peer stands for: a ring's are many.
func (p *population) all(peer *scenarios.Peer, self int, r *rand.Rand) []int {
	if peer.Mode != scenarios.Ring {
		return []int{p.pick(peer, self, r)}
	}
	list := make([]int, 0, p.span(peer))
	for i := range p.span(peer) {
		list = append(list, (self+1+i)%p.size)
	}
	return list
}

// span is how many users a ring reaches: there may be fewer sessions than users.
func (p *population) span(ring *scenarios.Peer) int { return max(1, min(ring.Span, p.size-1)) }

// to is the address of a picked peer.
func (p *population) to(peer *scenarios.Peer, n int) string {
	if n == outside || n >= p.size {
		if peer.JID != "" {
			return peer.JID
		}
		return number(p.users.Name, n) + "@" + p.home(n)
	}
	return p.address(n)
}

// client is where a request to a picked peer goes: to the peer's session,
// since a server answers itself what is sent to a bare address (RFC 6121
// section 8.5.2.1.3); one's own account is asked by its bare address.
func (p *population) client(peer *scenarios.Peer, n, self int) string {
	if n == self || n == outside || n >= p.size {
		return p.to(peer, n)
	}
	return p.address(n) + "/" + p.resourceOf(0)
}

// sourcesPerAddress keeps well below the 28,232 ports that Linux gives out
// by default.
const sourcesPerAddress = 4000

// source is the local address of session n: loopback targets are dialled
// from many addresses of 127.0.0.0/8, so that ports never run out.
func source(target netip.Addr, n int) net.Addr {
	if !target.Is4() || !target.IsLoopback() {
		return nil
	}
	block := n / sourcesPerAddress
	ip := netip.AddrFrom4([4]byte{127, 64 + byte(block/254>>8), byte(block / 254), byte(block%254) + 1}) // neither .0 nor .255
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, 0))
}
