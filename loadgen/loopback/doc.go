// Package loopback is a small XMPP server, correct or faulty on request.
package loopback
