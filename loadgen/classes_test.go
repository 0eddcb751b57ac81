package loadgen

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
)

func TestClassify(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	at := func(stage xmpp.Stage, err error) error { return &xmpp.LoginError{Stage: stage, Err: err} }
	syntax := wire.SyntaxError{Condition: wire.NotWellFormed}
	for _, tt := range []struct {
		class string
		err   error
	}{
		{"connect-refused", at(xmpp.Connect, dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)))},
		{"connect-timeout", at(xmpp.Connect, dial(syscall.ETIMEDOUT))},
		{"connect-timeout", at(xmpp.Connect, errTimeout)},
		{"connect-timeout", at(xmpp.Connect, dial(context.DeadlineExceeded))},
		{"connect", at(xmpp.Connect, dial(syscall.EHOSTUNREACH))},
		{"connect", at(xmpp.Connect, dial(&net.DNSError{Name: "x", IsNotFound: true}))},
		{"connect", at(xmpp.Connect, dial(syscall.ECONNRESET))},
		{"no-descriptors", at(xmpp.Connect, dial(os.NewSyscallError("socket", syscall.EMFILE)))},
		{"no-descriptors", at(xmpp.Connect, dial(syscall.ENFILE))},
		{"no-ports", at(xmpp.Connect, dial(os.NewSyscallError("bind", syscall.EADDRNOTAVAIL)))},
		{"no-ports", at(xmpp.Connect, dial(syscall.EADDRINUSE))},
		{"tls-certificate", at(xmpp.TLS, &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}})},
		{"tls-certificate", at(xmpp.TLS, x509.HostnameError{Certificate: new(x509.Certificate), Host: "x"})},
		{"tls-certificate", at(xmpp.TLS, x509.CertificateInvalidError{Reason: x509.Expired})},
		{"tls", at(xmpp.TLS, tls.AlertError(40))},
		{"tls", at(xmpp.TLS, xmpp.NoStartTLS)},
		{"sasl:not-authorized", at(xmpp.SASL, &xmpp.SASLError{Mechanism: "PLAIN", Condition: "not-authorized"})},
		{"sasl", at(xmpp.SASL, &xmpp.SASLError{Condition: "made-up"})},
		{"sasl", at(xmpp.SASL, &xmpp.SASLError{})},
		{"sasl", at(xmpp.SASL, xmpp.BadSignature)},
		{"sasl", at(xmpp.SASL, xmpp.IterationError{Count: 1 << 30})},
		{"bind", at(xmpp.Bind, &xmpp.StanzaError{Type: "cancel", Condition: "conflict"})},
		{"bind", at(xmpp.Bind, xmpp.BadJID)},
		{"negotiation", at(xmpp.Stream, xmpp.NotStream)},
		{"negotiation", at(xmpp.Stream, syntax)},
		{"stream:host-unknown", at(xmpp.Stream, &xmpp.StreamError{Condition: "host-unknown"})},
		{"timeout", at(xmpp.Stream, errTimeout)},
		{"timeout", at(xmpp.TLS, errTimeout)},
		{"timeout", at(xmpp.SASL, fmt.Errorf("read: %w", os.ErrDeadlineExceeded))},
		{"timeout", at(xmpp.Bind, context.DeadlineExceeded)},
		{"closed", at(xmpp.Stream, io.EOF)},
		{"closed", at(xmpp.TLS, fmt.Errorf("handshake: %w", io.ErrUnexpectedEOF))},
		{"stream:conflict", &xmpp.StreamError{Condition: "conflict"}},
		{"stream:undefined-condition", &xmpp.StreamError{Condition: "made-up"}},
		{"stream:undefined-condition", &xmpp.StreamError{}},
		{"stanza:service-unavailable", &xmpp.StanzaError{Type: "cancel", Condition: "service-unavailable"}},
		{"stanza:undefined-condition", &xmpp.StanzaError{Condition: "<made up>"}},
		{"malformed", syntax},
		{"malformed", fmt.Errorf("read: %w", syntax)},
		{"timeout", errTimeout},
		{"timeout", fmt.Errorf("send: %w", os.ErrDeadlineExceeded)},
		{"expect", errExpect},
		{"closed", io.EOF},
		{"closed", fmt.Errorf("send: %w", net.ErrClosed)},
		{"closed", fmt.Errorf("send: %w", os.NewSyscallError("write", syscall.EPIPE))},
		{"closed", os.NewSyscallError("read", syscall.ECONNRESET)},
		{"closed", io.ErrClosedPipe},
		{"not-connected", errNoConnection},
		{"other", errors.New("what nobody thought of")},
	} {
		got := classify(tt.err)
		if got != tt.class {
			t.Errorf("%v: class %s, want %s", tt.err, got, tt.class)
		}
		if !inClasses(got) {
			t.Errorf("%v: class %s is not in Classes", tt.err, got)
		}
	}
}

// inClasses says whether a class is of the closed list, with a condition that
// the RFC knows where there is one.
func inClasses(class string) bool {
	for _, c := range Classes() {
		prefix, isFamily := strings.CutSuffix(c, ":")
		if !isFamily {
			if c == class {
				return true
			}
			continue
		}
		conditions := map[string]string{"sasl": saslConditions, "stream": streamConditions, "stanza": stanzaConditions}[prefix]
		if condition, ok := strings.CutPrefix(class, c); ok {
			for known := range strings.FieldsSeq(conditions) {
				if known == condition {
					return true
				}
			}
		}
	}
	return false
}

// Whatever is counted stays within the list, however many texts there are.
func TestErrorLog(t *testing.T) {
	var l errorLog
	for n := range 100 {
		l.add(&xmpp.StanzaError{Type: "cancel", Condition: fmt.Sprint("condition-", n), Text: strings.Repeat("x", n)}, 7)
	}
	l.add(io.EOF, 9)
	list := l.list()
	if len(list) != 2 || list[0].Class != "stanza:undefined-condition" || list[0].Count != 100 || list[0].FirstNS != 7 || len(list[0].Samples) != maxErrorSamples || list[1].Class != "closed" {
		t.Errorf("%+v", list)
	}
}
