package loadgen

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"xmpprig/loadgen/target"
	"xmpprig/loadgen/upload"
	"xmpprig/results"
)

// uploads is what the sessions of a run share that put files, and fetch them.
type uploads struct {
	client upload.Client

	asked, made, refused, failed, bytes        atomic.Int64
	linked, fetched, fetchedBytes, lost, wrong atomic.Int64

	mu    sync.Mutex
	sizes map[uint64]linkedFile // of files whose addresses are on their way, by sender and number of the message
	links chan link             // to be fetched
}

// linkedFile is a file whose address was sent in a message that asks for it to be
// fetched.
type linkedFile struct{ size, series int }

// link is one file to be fetched.
type link struct {
	linkedFile
	url  string
	at   time.Duration // when its address came
	from net.Addr
}

// fetchers bounds the fetches at once, and waiting those that wait for their turn.
const (
	fetchers = 32
	waiting  = 4096
)

// errNoSlots says that the server has no service for files.
var errNoSlots = errors.New("the server has no service for files")

// newUploads readies uploads to the server of a run. What may be connected to are
// addresses of this machine, and nothing where the server itself is not here: else it could have the rig
// knock at doors that it does not reach.
func newUploads(o *Options, server netip.Addr) *uploads {
	u := &uploads{sizes: map[uint64]linkedFile{}, links: make(chan link, waiting)}
	u.client = upload.Client{TLS: o.Dialer.TLSConfig, Dial: func(ctx context.Context, addr string, laddr net.Addr) (net.Conn, error) {
		if server.IsValid() && !server.IsLoopback() {
			return nil, &target.ForeignError{Address: addr}
		}
		return target.DialGuarded(addr)(ctx, fitting(laddr, addr))
	}}
	return u
}

// fitting is laddr where it can reach addr: an address of 127.0.0.0/8 reaches others of it alone.
func fitting(laddr net.Addr, addr string) net.Addr {
	at, err := netip.ParseAddrPort(addr)
	if err != nil || !at.Addr().Is4() {
		return nil
	}
	return laddr
}

// note keeps what the recipient of a message has to know of the file.
func (u *uploads) note(st stamp, f linkedFile) {
	u.linked.Add(1)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sizes[uint64(st.from)<<32|uint64(st.seq)] = f
}

// of returns what is known of the file that a message tells of, once.
func (u *uploads) of(st stamp) (linkedFile, bool) {
	id := uint64(st.from)<<32 | uint64(st.seq)
	u.mu.Lock()
	defer u.mu.Unlock()
	f, ok := u.sizes[id]
	delete(u.sizes, id)
	return f, ok
}

// forget takes back what was noted of a message that was not sent.
func (u *uploads) forget(st stamp) {
	if _, ok := u.of(st); ok {
		u.linked.Add(-1)
	}
}

// fetch has a file fetched when its turn comes.
func (u *uploads) fetch(l link) {
	select {
	case u.links <- l:
	default:
		u.lost.Add(1) // more than anybody can have meant
	}
}

// fetching fetches files until the run leaves.
func (e *engine) fetching(ctx context.Context) {
	for {
		changed := *e.changed.Load()
		if e.stage.Load() >= stageLeave {
			return
		}
		select {
		case l := <-e.uploads.links:
			e.fetch(ctx, l)
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

func (e *engine) fetch(ctx context.Context, l link) {
	ctx, cancel := context.WithTimeoutCause(ctx, e.timeout, errTimeout)
	defer cancel()
	sent := e.now()
	err := e.uploads.client.Get(ctx, l.url, l.from, l.size)
	now, phase := e.now(), e.board.at(l.at)
	switch {
	case err == nil:
		e.uploads.fetched.Add(1)
		e.uploads.fetchedBytes.Add(int64(l.size))
		e.board.answered(phase, l.series, l.at, sent, now)
		return
	case errors.Is(err, upload.ErrAltered):
		e.uploads.wrong.Add(1)
	default:
		e.uploads.lost.Add(1)
	}
	e.errors.add(err, now)
	e.board.phases[phase].errors.Add(1)
}

// outstanding is how many files wait to be fetched whose addresses may still arrive, or have.
func (u *uploads) outstanding() int64 {
	if u == nil {
		return 0
	}
	done := u.fetched.Load() + u.lost.Load() + u.wrong.Load()
	return u.linked.Load() - done
}

// account is for the record; nil where no files are put.
func (u *uploads) account() *results.Uploads {
	if u == nil {
		return nil
	}
	return &results.Uploads{Asked: u.asked.Load(), Made: u.made.Load(), Refused: u.refused.Load(), Failed: u.failed.Load(), Bytes: u.bytes.Load(),
		Fetched: u.fetched.Load(), FetchedBytes: u.fetchedBytes.Load(), FetchFailed: u.lost.Load(), Altered: u.wrong.Load()}
}
