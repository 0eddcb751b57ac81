package loadgen

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"xmpprig/loadgen/features"
	"xmpprig/loadgen/xmpp"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// preflight finds out before any load what would spoil the run: limits of
// this machine, and a server that lets nobody in.
func (e *engine) preflight(ctx context.Context, o *Options) error {
	if err := e.checkFiles(); err != nil {
		return err
	}
	if err := e.checkPorts(firstLine("/proc/sys/net/ipv4/ip_local_port_range")); err != nil {
		return err
	}
	if err := e.checkMemory(o.Dialer.TLS != xmpp.NoTLS); err != nil {
		return err
	}
	return e.tryLogin(ctx, o.Scenario)
}

// spareFiles are the descriptors of the rig beside those of its sessions.
// Each login under way holds a second one for a moment.
const spareFiles = 64 + atOnce

// sockets is how many connections all sessions have at once.
func (e *engine) sockets() int { return e.size * max(e.lanes, 1) }

// checkFiles raises the limit of open files as far as the run needs.
func (e *engine) checkFiles() error {
	soft, hard, err := fileLimit()
	need := uint64(e.sockets()) + spareFiles
	if err != nil || need <= soft {
		return nil
	}
	if need <= hard && syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: need, Max: hard}) == nil {
		return nil
	}
	return &SetupError{
		Class:  "limit",
		Err:    fmt.Errorf("%d sessions need %d open files; this process may have %d", e.size, need, hard),
		Remedy: fmt.Sprintf("raise the limit (ulimit -Hn, LimitNOFILE=), or use at most %d sessions", (hard-spareFiles)/uint64(max(e.lanes, 1))),
	}
}

// checkPorts finds out whether the local ports suffice where all sessions come
// from one address. Towards 127.0.0.0/8 they come from many (source).
func (e *engine) checkPorts(portRange string) error {
	var from, to int
	if n, _ := fmt.Sscan(portRange, &from, &to); n != 2 || !e.polled || e.source(0) != nil {
		return nil
	}
	if have := to - from + 1; e.sockets() > have {
		return &SetupError{
			Class:  "limit",
			Err:    fmt.Errorf("%d sessions need %d local ports; there are %d (%d to %d)", e.size, e.sockets(), have, from, to),
			Remedy: "widen net.ipv4.ip_local_port_range, or load a server on an address of 127.0.0.0/8, which is dialled from many",
		}
	}
	return nil
}

// Memory of one idle session as measured with 10,000 of them, half of it the
// goroutine's stack where there is no TLS, and the kernel's socket buffers.
const (
	plainSession = 8<<10 + 4<<10
	tlsSession   = 16<<10 + 4<<10
)

func (e *engine) checkMemory(tls bool) error {
	free := kilobytes("/proc/meminfo", "MemAvailable")
	each := int64(plainSession)
	if tls {
		each = tlsSession
	}
	each *= int64(max(e.lanes, 1))
	need := int64(e.size) * each
	if free == 0 || need < free {
		return nil
	}
	return &SetupError{
		Class:  "limit",
		Err:    fmt.Errorf("%d sessions need about %d MiB; %d MiB are free", e.size, need>>20, free>>20),
		Remedy: fmt.Sprintf("use at most %d sessions on this machine", free/each),
	}
}

// tryLogin logs the first user in and out again, and asks what is offered
// meanwhile.
func (e *engine) tryLogin(ctx context.Context, s *scenarios.Scenario) error {
	ctx, cancel := context.WithTimeoutCause(ctx, e.loginLimit, errTimeout)
	defer cancel()
	a := xmpp.Account{Local: e.users.local(0), Password: e.users.password(0), Resource: e.users.resource + "-preflight"}
	if e.keeps {
		a.Device = new(xmpp.Device)
	}
	var survey features.Survey
	c, _, err := e.dialer(0, "").Survey(ctx, a, e.source(0), survey.Stream)
	if err != nil {
		class := classify(err)
		return &SetupError{class, fmt.Errorf("try to log in as %s: %w (%s)", e.users.address(0), err, class), remedy(class)}
	}
	e.mechanism, e.means = c.Mechanism(), c.Means()
	if state, ok := c.TLS(); ok {
		e.alpn = state.NegotiatedProtocol
	}
	e.software, e.version = askVersion(c, e.users.domain)
	e.described = survey.Ask(c, e.users.domain, time.Now().Add(versionPatience))
	e.offers = offersOf(e.described)
	if missing := features.Missing(e.described, s); len(missing) > 0 {
		c.Abort()
		return &SetupError{"feature", missing, "xmpprig check --ask lists what the server offers"}
	}
	if err := e.checkRooms(ctx, c); err != nil {
		c.Abort()
		return err
	}
	if err := c.Close(ctx); err != nil && !broken(err) {
		return &SetupError{classify(err), fmt.Errorf("try to log out: %w", err), "see the server's log"}
	}
	if e.server != nil { // it may take what this session ends with for that of the next one
		select {
		case <-time.After(e.server.Rest()):
		case <-ctx.Done():
		}
	}
	return nil
}

// Survey logs one session in to see what the server offers. Where the scenario
// needs more than that, the error is a *SetupError of scenarios.Errors.
func Survey(ctx context.Context, o Options) (*results.Offered, error) {
	e := newEngine(&o)
	err := e.tryLogin(ctx, o.Scenario)
	return e.described, err
}

// remedy is what to do about a first login that failed.
func remedy(class string) string {
	switch class {
	case "connect-refused", "connect-timeout", "connect":
		return "is the server running, and is --server its address?"
	case "tls-certificate":
		return "give the authority's certificate with --ca FILE, or --insecure to trust any"
	case "tls", "negotiation":
		return "does the server offer what --transport, --tls and --mechanism ask for?"
	case "bosh:item-not-found":
		return "is BOSH spoken on this port, at this --bosh-path?"
	case "sasl":
		return "does the server offer a mechanism that --login, --mechanism and --tls allow? PLAIN is rarely offered without TLS"
	case "sasl:not-authorized":
		return "check --user and --password (or the scenario's users), and that the accounts exist"
	case "stream:host-unknown":
		return "the server does not serve this domain: give --domain"
	}
	return "see the server's log"
}
