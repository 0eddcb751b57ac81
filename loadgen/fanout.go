package loadgen

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"xmpprig/results"
)

// fanout accounts for the items that are published: each goes to everybody who
// watches its node, so there is one account a node name, of recipients.
type fanout struct {
	delivery, first, last int // series
	board                 *board
	outstanding           atomic.Int64 // notifications that may still arrive

	sheets []publisher // by session

	mu     sync.Mutex // guards what follows
	nodes  map[string]*nodeAccount
	fans   map[watched]map[int]struct{} // who watches what
	listed []*nodeAccount
}

// watched is a node, or all of an account where node is empty.
type watched struct{ at, node string }

// nodeAccount is the account of one node name.
type nodeAccount struct {
	name                                                         string
	published, expected, delivered, duplicated, unexpected, lost atomic.Int64
}

// publisher is what one session has published and not everybody has yet.
type publisher struct {
	mu    sync.Mutex
	next  uint32
	items map[uint32]*publication
}

// publication is one item on its way.
type publication struct {
	node    *nodeAccount
	waiting map[int]struct{} // sessions that do not have it
	had     map[int]struct{} // sessions that do
	latest  time.Duration
}

// remembered is how many items of a publisher are kept once everybody has
// them, to tell what comes twice.
const remembered = 8

func newFanout(sessions int, b *board) *fanout {
	return &fanout{board: b, sheets: make([]publisher, sessions), nodes: map[string]*nodeAccount{}, fans: map[watched]map[int]struct{}{}}
}

// watch says that session n watches, or no more.
func (f *fanout) watch(w watched, n int, on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case !on:
		delete(f.fans[w], n)
	case f.fans[w] == nil:
		f.fans[w] = map[int]struct{}{n: {}}
	default:
		f.fans[w][n] = struct{}{}
	}
}

// account returns the account of a node name.
func (f *fanout) account(name string) *nodeAccount {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.nodes[name]
	if a == nil {
		a = &nodeAccount{name: name}
		f.nodes[name] = a
		f.listed = append(f.listed, a)
	}
	return a
}

// audience is who watches any of what is given and listens now.
func (f *fanout) audience(listens func(w watched, n int) bool, of ...watched) map[int]struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := map[int]struct{}{}
	for _, w := range of {
		for n := range f.fans[w] {
			if listens(w, n) {
				all[n] = struct{}{}
			}
		}
	}
	return all
}

// watches says whether session n watches; f.mu is held.
func (f *fanout) watches(n int, w watched) bool {
	_, ok := f.fans[w][n]
	return ok
}

// open takes the next number of a publisher, for an item that is about to be
// sent to an audience.
func (f *fanout) open(from int, a *nodeAccount, audience map[int]struct{}) (seq uint32) {
	p := &f.sheets[from]
	p.mu.Lock()
	defer p.mu.Unlock()
	seq = p.next
	p.next++
	if p.items == nil {
		p.items = map[uint32]*publication{}
	}
	if old := p.items[seq-remembered]; old != nil && len(old.waiting) == 0 {
		delete(p.items, seq-remembered)
	}
	p.items[seq] = &publication{node: a, waiting: audience, had: make(map[int]struct{}, len(audience))}
	a.published.Add(1)
	a.expected.Add(int64(len(audience)))
	f.outstanding.Add(int64(len(audience)))
	return seq
}

// void says that the server did not take the item.
func (f *fanout) void(from int, seq uint32) {
	p := &f.sheets[from]
	p.mu.Lock()
	defer p.mu.Unlock()
	if it := p.items[seq]; it != nil {
		it.node.published.Add(-1)
		it.node.expected.Add(int64(-len(it.waiting)))
		f.outstanding.Add(int64(-len(it.waiting)))
		it.waiting = nil
	}
}

// arrive says that session n has been told of an item; shown is when the
// session sent presence last, on which a server tells of the newest item again.
func (f *fanout) arrive(st stamp, n int, at, shown time.Duration) {
	if int(st.from) >= len(f.sheets) {
		return
	}
	p := &f.sheets[st.from]
	p.mu.Lock()
	defer p.mu.Unlock()
	it := p.items[st.seq]
	if it == nil {
		return // everybody had it long ago: the newest item again, or from before the run
	}
	if _, ok := it.waiting[n]; !ok {
		it.again(n, shown >= st.sent)
		return
	}
	delete(it.waiting, n)
	it.had[n] = struct{}{}
	it.latest = max(it.latest, at)
	it.node.delivered.Add(1)
	f.outstanding.Add(-1)
	f.time(it, st, at)
}

// again counts a notification that nobody waited for.
func (it *publication) again(n int, since bool) {
	if _, had := it.had[n]; !had {
		it.node.unexpected.Add(1)
		it.had[n] = struct{}{}
	} else if !since {
		it.node.duplicated.Add(1)
	}
}

// time records a delivery, and whether it was the first or the last.
func (f *fanout) time(it *publication, st stamp, at time.Duration) {
	phase := f.board.at(st.due)
	f.board.answered(phase, f.delivery, st.due, st.sent, max(at, st.sent))
	if len(it.had) == 1 {
		f.board.answered(phase, f.first, st.due, st.sent, max(at, st.sent))
	}
	if len(it.waiting) == 0 {
		f.board.answered(phase, f.last, st.due, st.sent, max(it.latest, st.sent))
	}
}

// settled says that nothing is on its way.
func (f *fanout) settled() bool { return f == nil || f.outstanding.Load() <= 0 }

// close counts what was lost. Nothing may be published or arrive any more.
func (f *fanout) close() {
	if f == nil {
		return
	}
	for i := range f.sheets {
		for _, it := range f.sheets[i].items {
			it.node.lost.Add(int64(len(it.waiting)))
		}
	}
}

// accounts are the accounts so far, by name.
func (f *fanout) accounts() []results.Node {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]results.Node, 0, len(f.listed))
	for _, a := range f.listed {
		all = append(all, results.Node{Name: a.name, Published: a.published.Load(), Expected: a.expected.Load(), Delivered: a.delivered.Load(),
			Lost: a.lost.Load(), Duplicated: a.duplicated.Load(), Unexpected: a.unexpected.Load()})
	}
	slices.SortFunc(all, func(a, b results.Node) int { return strings.Compare(a.Name, b.Name) })
	return all
}
