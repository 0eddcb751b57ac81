package xmpp

import "sync"

// queue holds the stanzas that the peer has not acknowledged, the oldest first.
type queue struct {
	data  []byte
	ends  []int // of each stanza in data
	first int   // of ends that has not been popped
}

var queues = sync.Pool{New: func() any { return new(queue) }}

func borrowQueue() *queue { return queues.Get().(*queue) }

// giveBack lends an empty queue to others, unless it is large.
func (q *queue) giveBack() {
	q.data, q.ends, q.first = q.data[:0], q.ends[:0], 0
	if cap(q.data) <= bufferSize {
		queues.Put(q)
	}
}

func (q *queue) empty() bool { return q.first == len(q.ends) }

func (q *queue) start() int {
	if q.first == 0 {
		return 0
	}
	return q.ends[q.first-1]
}

// size is how many bytes wait.
func (q *queue) size() int { return len(q.data) - q.start() }

func (q *queue) push(stanza []byte) {
	q.compact()
	q.data = append(q.data, stanza...)
	q.ends = append(q.ends, len(q.data))
}

// pop returns the oldest stanza, valid until the next push.
func (q *queue) pop() []byte {
	q.first++
	return q.at(q.first - 1)
}

// at is stanza i, as ends counts them.
func (q *queue) at(i int) []byte {
	from := 0
	if i > 0 {
		from = q.ends[i-1]
	}
	return q.data[from:q.ends[i]]
}

// rest returns all that wait, one after the other.
func (q *queue) rest() []byte { return q.data[q.start():] }

// compact moves what waits to the front once more was popped than that.
func (q *queue) compact() {
	from := q.start()
	if from == 0 || from < len(q.data)-from {
		return
	}
	q.data = q.data[:copy(q.data, q.data[from:])]
	n := copy(q.ends, q.ends[q.first:])
	for i := range n {
		q.ends[i] -= from
	}
	q.ends, q.first = q.ends[:n], 0
}
