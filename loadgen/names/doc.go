// Package names is a name server on a loopback address that knows where the servers of domains are (RFC 6120 §3.2.1), and nothing else.
//
//	n, err := names.Listen(func(domain string) int { return ports[domain] })
//
// All of them are at 127.0.0.1, at ports of their own: that is what SRV records can say and addresses cannot. A server under test that is
// told to ask it finds the rig, whatever the rig calls itself, and nobody else.
package names
