package fuzz

import (
	"context"
	"errors"
	"sync"
	"time"

	"xmpprig/fuzz/program"
)

// canary is an honest session that pings the server all the time: what it has to wait is what a neighbour of the attacker's has to
// wait. Its account is the last of the Site's.
type canary struct {
	site   *Site
	watch  func() int64 // the memory of the server
	asks   chan chan error
	done   chan struct{}
	cancel context.CancelFunc

	mu      sync.Mutex
	peak    int64
	longest time.Duration
	usual   time.Duration // a moving average
	since   time.Time     // of the ping that is under way; zero: none is
}

// canaryInterval is the time between two pings.
const canaryInterval = 20 * time.Millisecond

// honest is the actor whose account the canary has. It plays in no program.
const honest program.Actor = "honest"

// newCanary logs the session in.
func newCanary(ctx context.Context, site *Site, watch func() int64) (*canary, error) {
	k := &canary{site: site, watch: watch, asks: make(chan chan error), done: make(chan struct{})}
	d, err := k.login(ctx)
	if err != nil {
		return nil, err
	}
	ctx, k.cancel = context.WithCancel(ctx)
	go k.live(ctx, d)
	return k, nil
}

func (k *canary) login(ctx context.Context) (*play, error) {
	own := *k.site
	own.Users = func(int) (string, string) { return k.site.Users(Accounts - 1) }
	d := newPlay(&own)
	d.quiet = true
	d.learn("", "domain", own.Domain)
	name, _ := own.user(honest)
	d.learn(honest, "local", name)
	if err := d.login(ctx, honest, ""); err != nil {
		d.leave()
		return nil, err
	}
	return d, nil
}

// live pings until ctx is done. A session that is lost is logged in again when somebody asks.
func (k *canary) live(ctx context.Context, d *play) {
	defer close(k.done)
	tick := time.NewTicker(canaryInterval)
	defer tick.Stop()
	var err error
	for {
		var ask chan error
		select {
		case <-ctx.Done():
			if d != nil {
				d.leave()
			}
			return
		case ask = <-k.asks:
		case <-tick.C:
		}
		if ask == nil && err != nil {
			continue // it is dead, and somebody will ask
		}
		if err = k.ping(ctx, &d, ask != nil); ask != nil {
			ask <- err
		}
	}
}

// ping pings once, on a new session where the old one is lost and again is set.
func (k *canary) ping(ctx context.Context, d **play, again bool) (err error) {
	start := time.Now()
	k.begin(start)
	defer func() { k.end(time.Since(start), err == nil) }()
	err = errEnd
	if *d != nil {
		if err = (*d).sync(ctx, (*d).peers[honest]); err == nil {
			return nil
		}
	}
	if !again || ctx.Err() != nil {
		return err
	}
	if *d != nil {
		(*d).leave()
	}
	*d, err = k.login(ctx)
	return err
}

func (k *canary) begin(now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.since = now
}

func (k *canary) end(took time.Duration, ok bool) {
	held := k.watch()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.peak = max(k.peak, held)
	k.since = time.Time{}
	k.longest = max(k.longest, took)
	if !ok {
		return
	}
	if k.usual == 0 {
		k.usual = took
	}
	k.usual += (min(took, 4*k.usual) - k.usual) / 32 // what is far from usual does not become so at once
}

// alive pings the server and waits for the answer, on a new session if the old one is lost.
func (k *canary) alive(ctx context.Context) error {
	answer := make(chan error, 1)
	select {
	case k.asks <- answer:
	case <-ctx.Done():
		return ctx.Err()
	case <-k.done:
		return errors.New("nobody pings any more")
	}
	select {
	case err := <-answer:
		return err
	case <-k.done:
		return errors.New("nobody pings any more")
	}
}

// take returns the longest wait since the last call, the usual one, and the most memory that the server held.
func (k *canary) take() (longest, usual time.Duration, peak int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	longest, usual, peak = k.longest, k.usual, k.peak
	if !k.since.IsZero() {
		longest = max(longest, time.Since(k.since))
	}
	k.longest, k.peak = 0, 0
	return longest, usual, peak
}

// close ends the session.
func (k *canary) close() {
	k.cancel()
	<-k.done
}
