package loopback

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Defect is one bug that the server can be told to have, of a kind that servers have had. Unlike a fault, which spoils
// what honest clients do, it lies still until somebody sends what it is about.
type Defect struct {
	Name string // in kebab-case
	// Class is the code of its class: EE entity expansion, PX parser, SM smuggling, AU authentication, ST order of the
	// stream's states, ID identity, UN Unicode and addresses, RX exhaustion, SL slow readers, EX extensions, LP loops,
	// LG logs and leaks of knowledge, DB dialback between servers, WS WebSocket and BOSH, ZB compression.
	Class string
	// Shape is a to g where it has one of the shapes that recur: a limit that one transport lacks (a) or that is checked
	// when the cost is paid (b), only the first of several handled (c), negotiation out of order (d), relaying what the
	// recipient's parser rejects (e), not offered but accepted (f), a crash on something unknown (g).
	Shape  string
	Record []int  // numbers of the public record of bugs that it is like
	Oracle string // what is to find it; see [Oracles]
	Level  string // MUST, SHOULD or MAY: what breaking it counts as
	// Meaning is what is wrong, Trigger what shows it; each is one line.
	Meaning, Trigger string
}

// Oracles are the values of Defect.Oracle: the ways in which misbehaviour shows.
func Oracles() []string {
	return []string{
		"crash",         // the process dies, or its log holds a panic
		"witness",       // another session receives what was not sent so, or loses its stream
		"identity",      // something comes from, or is done as, another user or host
		"pre-auth",      // something has an effect before authentication
		"order",         // a step of the negotiation is accepted where it was not offered
		"limit",         // an element without end is taken in
		"hang",          // neither an answer nor the end of the stream
		"leak",          // descriptors or memory stay when the connections are gone
		"cost",          // too much CPU for each byte
		"metamorphic",   // the same in another spelling, or cut otherwise, has another answer
		"answer",        // an answer is not the one required
		"neighbour",     // others wait
		"amplification", // many more bytes out than in
		"log-flood",     // many more bytes logged than in
		"secret",        // a password is in the log
	}
}

// Defects returns all defects, by class.
func Defects() []Defect {
	return slices.Concat(xmlDefects(), relayDefects(), loginDefects(), identityDefects(), exhaustionDefects(), serviceDefects(), webDefects(), serverDefects(), managedDefects(), roomDefects(), archiveDefects(),
		externalDefects(), scramDefects(), inlineDefects(), componentDefects(), boshDefects(), compressDefects(), boundsDefects())
}

// CheckDefects says which names are not those of defects.
func CheckDefects(names []string) error {
	var known []string
	for _, d := range Defects() {
		known = append(known, d.Name)
	}
	var unknown []string
	for _, n := range names {
		if !slices.Contains(known, n) {
			unknown = append(unknown, strconv.Quote(n))
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return fmt.Errorf("there is no defect %s; there are %s", strings.Join(unknown, ", "), strings.Join(known, ", "))
}

// planted is what the defects of one server share.
type planted struct {
	on map[string]bool

	gate  chan struct{} // slow-reader-blocks-all: holds one; who comes first goes first
	mu    sync.Mutex
	kept  [][]byte   // what leaks
	bytes int        // of it
	files []*os.File // what leaks

	buried map[string]bool // sessions with stream management that are over
}

// plant makes the server have its defects; nil if it has none.
func plant(o *Options) *planted {
	if len(o.Defects) == 0 {
		return nil
	}
	p := &planted{on: map[string]bool{}, gate: make(chan struct{}, 1)}
	for _, name := range o.Defects {
		p.on[name] = true
	}
	if p.on["deep-recursion"] {
		debug.SetMaxStack(4 << 20)
	}
	for _, d := range compressDefects() {
		o.Compression = o.Compression || p.on[d.Name]
	}
	if p.on["slow-reader-unbounded"] {
		o.Queue = unboundedQueue
	}
	return p
}

// twist is what the defects know of one connection.
type twist struct {
	planted *planted
	direct  bool   // TLS from the first byte
	held    []byte // read, but not handed on before more is there
	in      []byte // what was made of what was read
	token   []byte // quadratic-token: what its parser holds
	level   int    // and the brackets open in that
	begun   bool   // the stream header has come
	colon   bool   // prefix-relayed has hidden a colon
	host    string // host-migration: the domain moved to
	cut     byte   // resource-cut: what stands at the end of the resource
}

func (p *planted) twist(direct bool) *twist {
	if p == nil {
		return nil
	}
	return &twist{planted: p, direct: direct}
}

func (t *twist) has(name string) bool { return t.planted.on[name] }

// bug reports whether the server has a defect.
func (s *Server) bug(name string) bool { return s.planted != nil && s.planted.on[name] }

// maxLeak is what the machine can be asked to bear.
const maxLeak = 512 << 20

// keep never lets go of b, within reason.
func (p *planted) keep(b []byte) {
	for i := 0; i < len(b); i += 512 {
		b[i] |= 1 // memory that was never written is not resident
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bytes+len(b) <= maxLeak {
		p.kept, p.bytes = append(p.kept, b), p.bytes+len(b)
	}
}

// dispose lets go of what leaked, when the server is closed.
func (p *planted) dispose() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.files {
		_ = f.Close() // only its descriptor was of use
	}
	p.kept, p.files, p.bytes = nil, nil, 0
}

// logf writes to the server's log in one piece.
func (s *Server) logf(format string, args ...any) {
	fmt.Fprintf(s.options.Log, format, args...) // there is nobody to tell that the log fails
}

// survive runs f and, if that panics, logs it and lets the server live. It reports whether f panicked.
func (s *Server) survive(f func()) (failed bool) {
	defer func() {
		if r := recover(); r != nil {
			s.logf("panic: %v [recovered]\n\n%s", r, debug.Stack())
			failed = true
		}
	}()
	f()
	return false
}

// spin burns CPU, unless the server closes.
func (s *Server) spin(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		select {
		case <-s.stopping:
			return
		default:
		}
	}
}

// wait lets time pass, unless the server closes.
func (s *Server) wait(d time.Duration) {
	select {
	case <-s.stopping:
	case <-time.After(d):
	}
}
