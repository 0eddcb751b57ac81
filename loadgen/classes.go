package loadgen

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"xmpprig/loadgen/target"
	"xmpprig/loadgen/upload"
	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/results"
)

// Errors of the engine itself.
var (
	errNoConnection = errors.New("the session has no connection")
	errTimeout      = errors.New("no answer within the time limit")
	errExpect       = errors.New("what was expected did not arrive within the time limit")
	errStopped      = errors.New("the run is over")
)

// Classes lists every class an error can be counted under. A class ending in
// ":" is followed by a condition of RFC 6120 (sections 4.9.3, 6.5, 8.3.3) or
// XEP-0124 (section 17.2), or by a class of status such as 4xx.
var classes = []string{
	"connect-refused", "connect-timeout", "connect", "no-descriptors", "no-ports",
	"tls-certificate", "tls",
	"sasl:", "sasl", "bind", "sm:", "negotiation",
	"stream:", "stanza:", "bosh:", "malformed",
	"timeout", "expect", "closed", "not-connected", "not-resumable", "not-joined", "no-account", "no-upload", "http:", "bad-url", "foreign-address", "altered", "removed", "other",
}

// Classes returns the closed list of error classes.
func Classes() []string { return slices.Clone(classes) }

// classify finds the class of an error.
func classify(err error) string {
	if c, ok := classifyStage(err); ok {
		return c
	}
	switch e := err; {
	case errors.Is(e, errNoConnection):
		return "not-connected"
	case errors.Is(e, errNotJoined):
		return "not-joined"
	case errors.Is(e, errRemoved):
		return "removed"
	case errors.Is(e, errNoSlots):
		return "no-upload"
	case errors.Is(e, upload.ErrAltered):
		return "altered"
	case errors.Is(e, errNoAccount):
		return "no-account"
	case errors.Is(e, errNothingKept):
		return "not-resumable"
	case errors.Is(e, xmpp.NoManagement):
		return "negotiation"
	case errors.Is(e, errExpect):
		return "expect"
	case timedOut(e):
		return "timeout"
	}
	if e, ok := errors.AsType[*xmpp.StreamError](err); ok {
		return "stream:" + known(string(e.Condition), streamConditions)
	}
	if e, ok := errors.AsType[*xmpp.ManagementError](err); ok {
		return "sm:" + known(e.Condition, stanzaConditions)
	}
	if e, ok := errors.AsType[*xmpp.StanzaError](err); ok {
		return "stanza:" + known(string(e.Condition), stanzaConditions)
	}
	if c, ok := classifyBOSH(err); ok {
		return c
	}
	if c, ok := classifyUpload(err); ok {
		return c
	}
	if _, ok := errors.AsType[wire.SyntaxError](err); ok {
		return "malformed"
	}
	if broken(err) {
		return "closed"
	}
	return "other"
}

// classifyStage classes errors of logging in, by how far it got.
func classifyStage(err error) (string, bool) {
	login, ok := errors.AsType[*xmpp.LoginError](err)
	if !ok {
		return "", false
	}
	if e, ok := errors.AsType[*xmpp.SASLError](err); ok {
		if c := known(string(e.Condition), saslConditions); c != "undefined-condition" {
			return "sasl:" + c, true
		}
		return "sasl", true // there is no undefined-condition of SASL
	}
	if e, ok := errors.AsType[*xmpp.StreamError](err); ok {
		return "stream:" + known(string(e.Condition), streamConditions), true
	}
	if e, ok := errors.AsType[*xmpp.ManagementError](err); ok {
		return "sm:" + known(e.Condition, stanzaConditions), true
	}
	if c, ok := classifyBOSH(err); ok {
		return c, true
	}
	if e, ok := errors.AsType[*xmpp.StanzaError](err); ok && login.Stage == xmpp.Registration {
		return "stanza:" + known(string(e.Condition), stanzaConditions), true
	}
	if login.Stage == xmpp.Connect {
		return classifyConnect(login.Err), true
	}
	switch {
	case timedOut(err):
		return "timeout", true
	case broken(login.Err):
		return "closed", true
	}
	switch login.Stage {
	case xmpp.TLS:
		return classifyTLS(login.Err), true
	case xmpp.SASL:
		return "sasl", true
	case xmpp.Bind:
		return "bind", true
	}
	return "negotiation", true
}

// classifyBOSH classes the end of a session that BOSH itself reports.
func classifyBOSH(err error) (string, bool) {
	if e, ok := errors.AsType[*bosh.TerminalError](err); ok {
		return "bosh:" + known(e.Condition, strings.Join(bosh.Conditions(), " ")), true
	}
	return "", false
}

// classifyUpload classes what HTTP or the guard of the rig has against a file.
func classifyUpload(err error) (string, bool) {
	if e, ok := errors.AsType[*upload.StatusError](err); ok {
		return fmt.Sprintf("http:%dxx", max(1, min(e.Code/100, 5))), true
	}
	if _, ok := errors.AsType[*upload.URLError](err); ok {
		return "bad-url", true
	}
	if _, ok := errors.AsType[*target.ForeignError](err); ok {
		return "foreign-address", true
	}
	return "", false
}

func classifyConnect(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connect-refused"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "no-descriptors"
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EADDRINUSE):
		return "no-ports"
	case timedOut(err), errors.As(err, &timeout) && timeout.Timeout():
		return "connect-timeout"
	}
	return "connect"
}

func classifyTLS(err error) string {
	var (
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	if errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) {
		return "tls-certificate"
	}
	return "tls"
}

func timedOut(err error) bool {
	return errors.Is(err, errTimeout) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

func broken(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// known keeps the list of classes closed whatever a server sends.
func known(condition, list string) string {
	for c := range strings.FieldsSeq(list) {
		if c == condition {
			return c
		}
	}
	return "undefined-condition"
}

// Conditions of RFC 6120.
const (
	streamConditions = `bad-format bad-namespace-prefix conflict connection-timeout host-gone host-unknown
		improper-addressing internal-server-error invalid-from invalid-namespace invalid-xml not-authorized
		not-well-formed policy-violation remote-connection-failed reset resource-constraint restricted-xml
		see-other-host system-shutdown undefined-condition unsupported-encoding unsupported-feature
		unsupported-stanza-type unsupported-version`
	stanzaConditions = `bad-request conflict feature-not-implemented forbidden gone internal-server-error
		item-not-found jid-malformed not-acceptable not-allowed not-authorized policy-violation
		recipient-unavailable redirect registration-required remote-server-not-found remote-server-timeout
		resource-constraint service-unavailable subscription-required undefined-condition unexpected-request`
	saslConditions = `aborted account-disabled credentials-expired encryption-required incorrect-encoding
		invalid-authzid invalid-mechanism malformed-request mechanism-too-weak not-authorized temporary-auth-failure`
)

// errorLog counts errors by class. Errors are rare enough for a lock.
type errorLog struct {
	mu      sync.Mutex
	classes map[string]*results.ErrorClass
}

const maxErrorSamples = 3

func (l *errorLog) add(err error, at time.Duration) {
	class := classify(err)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.classes == nil {
		l.classes = map[string]*results.ErrorClass{}
	}
	c := l.classes[class]
	if c == nil {
		c = &results.ErrorClass{Class: class, FirstNS: int64(at)}
		l.classes[class] = c
	}
	c.Count++
	if text := sampled(err.Error()); len(c.Samples) < maxErrorSamples && !slices.Contains(c.Samples, text) {
		c.Samples = append(c.Samples, text)
	}
}

// sampled cuts what a server may have made long.
func sampled(text string) string {
	const longest = 300
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}

// list returns the classes, the most frequent first.
func (l *errorLog) list() []results.ErrorClass {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]results.ErrorClass, 0, len(l.classes))
	for _, c := range l.classes {
		class := *c
		class.Samples = slices.Clone(c.Samples)
		list = append(list, class)
	}
	slices.SortFunc(list, func(a, b results.ErrorClass) int {
		if a.Count != b.Count {
			return int(b.Count - a.Count)
		}
		return strings.Compare(a.Class, b.Class)
	})
	return list
}
