package target

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"os"

	"xmpprig/loadgen/xmpp/bosh"
	"xmpprig/loadgen/xmpp/websocket"
)

// prepareRemote starts nothing and connects to nothing: the first login tells
// whether the server is there. An address without a port means the registered
// ports of c2s; SRV records are not looked up.
func prepareRemote(_ context.Context, st *site) (*launch, error) {
	e, err := remoteEndpoint(st.spec)
	if err != nil {
		return nil, err
	}
	return &launch{
		endpoint: func() (Endpoint, bool, error) { return e, true, nil },
		accounts: "accounts made beforehand",
	}, nil
}

func remoteEndpoint(s Spec) (Endpoint, error) {
	if s.Addr == "" {
		return Endpoint{}, &SpecError{"address", "a remote server needs one: HOST or HOST:PORT"}
	}
	e := Endpoint{Addr: s.Addr, DirectTLSAddr: s.Addr, WebAddr: s.Addr, WebTLSAddr: s.Addr, WebPath: cmp.Or(s.WebPath, websocket.DefaultPath), BOSHPath: cmp.Or(s.BOSHPath, bosh.DefaultPath), Domain: s.Domain, CAFile: s.CAFile, Insecure: s.Insecure}
	if host, port, err := net.SplitHostPort(s.Addr); err != nil {
		host = trimBrackets(s.Addr)
		e.Addr, e.DirectTLSAddr = net.JoinHostPort(host, "5222"), net.JoinHostPort(host, "5223")
		e.WebAddr, e.WebTLSAddr = net.JoinHostPort(host, "5280"), net.JoinHostPort(host, "5281")
	} else if host == "" || port == "" {
		return Endpoint{}, &SpecError{"address", fmt.Sprintf("%q lacks a host or a port", s.Addr)}
	}
	if s.CAFile == "" {
		return e, nil
	}
	pem, err := os.ReadFile(s.CAFile)
	if err != nil {
		return Endpoint{}, &SpecError{"CA file", err.Error()}
	}
	e.CAs = x509.NewCertPool()
	if !e.CAs.AppendCertsFromPEM(pem) {
		return Endpoint{}, &SpecError{"CA file", s.CAFile + " holds no certificate"}
	}
	return e, nil
}

// trimBrackets takes the brackets off an IPv6 address.
func trimBrackets(host string) string {
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		return host[1 : len(host)-1]
	}
	return host
}
