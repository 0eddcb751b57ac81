package loadgen

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math/rand/v2"
	"time"

	"xmpprig/loadgen/pace"
)

// rehearsal goes through a run's draws without running it.
type rehearsal struct {
	users *population
	rooms *rooms
	n     int // session
	user  int // whose it is
	pcg   *rand.PCG
	rng   *rand.Rand
	sum   hash.Hash
	word  [8]byte
}

func (r *rehearsal) note(values ...uint64) {
	for _, v := range values {
		binary.LittleEndian.PutUint64(r.word[:], v)
		r.sum.Write(r.word[:])
	}
}

// places is to how many rooms the session at hand belongs.
func (r *rehearsal) places() int {
	if r.rooms == nil {
		return 0
	}
	return len(r.rooms.of[r.n])
}

func (r *rehearsal) all(ops []op) {
	for _, o := range ops {
		o.rehearse(r)
	}
}

// offerings counts the arrivals of a phase that have come due, in bins.
type offerings struct {
	length time.Duration
	bins   []int64 // cumulative
}

const offeringBin = 10 * time.Millisecond

func newOfferings(length time.Duration) offerings {
	return offerings{length, make([]int64, length/offeringBin+1)}
}

func (o offerings) add(due time.Duration) { o.bins[min(int(due/offeringBin), len(o.bins)-1)]++ }

func (o offerings) accumulate() {
	for i := 1; i < len(o.bins); i++ {
		o.bins[i] += o.bins[i-1]
	}
}

// by is how many have come due until after, to the bin; all at the end.
func (o offerings) by(after time.Duration) int64 {
	i := int(after/offeringBin) - 1
	if after >= o.length {
		i = len(o.bins) - 1
	}
	if i < 0 {
		return 0
	}
	return o.bins[i]
}

// rehearse lists every arrival of the run with its draws. It fills the
// offerings of the open phases and returns the hash of all of it: the same
// seed, scenario and number of sessions give the same hash.
func (e *engine) rehearse() string {
	pcg := rand.NewPCG(0, 0)
	r := &rehearsal{users: e.users, rooms: e.rooms, pcg: pcg, rng: rand.New(pcg), sum: sha256.New()}
	r.note(e.seed, uint64(e.size))
	if e.rooms != nil {
		e.rooms.rehearse(r)
	}
	e.plan[0].offered = newOfferings(e.plan[0].length)
	for n := range e.size {
		r.n, r.user = n, e.users.of(n)
		e.plan[0].offered.add(e.rising.due(n))
		r.sum.Write([]byte(e.users.local(r.user)))
		reseed(pcg, e.seed, 0, n, 0)
		r.all(e.program.start)
	}
	e.plan[0].offered.accumulate()
	for i := range e.plan {
		if e.plan[i].open != nil {
			e.rehearsePhase(r, i)
		}
	}
	return hex.EncodeToString(r.sum.Sum(nil))
}

func (e *engine) rehearsePhase(r *rehearsal, i int) {
	p := &e.plan[i]
	p.offered = newOfferings(p.length)
	for n := range e.size {
		r.n, r.user = n, e.users.of(n)
		k := uint64(0)
		for due := range p.open.Arrivals(pace.Share{I: n, N: e.size}) {
			p.offered.add(due)
			r.note(uint64(i), uint64(n), uint64(due))
			reseed(r.pcg, e.seed, i, n, k)
			r.all(e.program.work)
			k++
		}
	}
	p.offered.accumulate()
}
