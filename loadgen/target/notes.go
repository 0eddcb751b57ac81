package target

import (
	"slices"
	"strings"
	"sync"
)

// notes is what the log of a starting server told.
type notes struct {
	launch *launch

	mu       sync.Mutex
	failure  string // the line with a hopeless text
	heard    []bool // which of the awaited texts were
	released string // version
}

// renew forgets what does not hold for the next process.
func (n *notes) renew() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.failure, n.heard = "", nil
}

// see takes every log line.
func (n *notes) see(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.released == "" && n.launch.version != nil {
		n.released = n.launch.version(line)
	}
	if n.heard == nil {
		n.heard = make([]bool, len(n.launch.awaited))
	}
	for i, text := range n.launch.awaited {
		n.heard[i] = n.heard[i] || strings.Contains(line, text)
	}
	if n.failure != "" {
		return
	}
	for _, text := range n.launch.hopeless {
		if strings.Contains(line, text) {
			n.failure = line
		}
	}
}

func (n *notes) fatal() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.failure
}

func (n *notes) ready() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.launch.awaited) == 0 || n.heard != nil && !slices.Contains(n.heard, false)
}

func (n *notes) version() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.released
}
