package trunk

import (
	"sync"
)

// mostWaiting is how many bytes may wait for a peer before senders do.
const mostWaiting = 1 << 20

// outbox collects what many goroutines send over one stream, and has one of its own write it in as few pieces as it can.
type outbox struct {
	write func([]byte) error

	mu      sync.Mutex
	room    sync.Cond
	full    sync.Cond
	pending []byte
	spare   []byte
	err     error // why nothing more is taken
	closing bool
	done    chan struct{} // closed when the writer has ended; nil before start
}

func (o *outbox) init(write func([]byte) error) {
	o.write = write
	o.room.L, o.full.L = &o.mu, &o.mu
}

// start begins to write.
func (o *outbox) start() {
	o.done = make(chan struct{})
	go o.run()
}

// put takes b. It waits only for a peer that does not read.
func (o *outbox) put(b []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.pending) > mostWaiting && o.err == nil && !o.closing {
		o.room.Wait()
	}
	if o.err != nil {
		return o.err
	}
	if o.closing {
		return ErrClosed
	}
	o.pending = append(o.pending, b...)
	o.full.Signal()
	return nil
}

func (o *outbox) run() {
	defer close(o.done)
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		for len(o.pending) == 0 && !o.closing {
			o.full.Wait()
		}
		if len(o.pending) == 0 || o.err != nil {
			return
		}
		b := o.pending
		o.pending = o.spare[:0]
		o.mu.Unlock()
		err := o.write(b)
		o.mu.Lock()
		if o.spare = b[:0]; cap(b) > mostWaiting {
			o.spare = nil
		}
		if err != nil && o.err == nil {
			o.err = err
		}
		o.room.Broadcast()
	}
}

// close has the last word written, and waits until all is.
func (o *outbox) close(last []byte) {
	o.mu.Lock()
	if o.done == nil {
		o.mu.Unlock()
		_ = o.write(last) // the connection is dropped next, whether or not the peer hears it
		return
	}
	if !o.closing {
		o.closing = true
		o.pending = append(o.pending, last...)
	}
	o.full.Signal()
	o.room.Broadcast()
	o.mu.Unlock()
	<-o.done
}
