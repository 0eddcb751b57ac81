package main

import (
	"slices"
	"strings"

	"xmpprig/fuzz/program"
)

// transportNames are what --transport of conform and fuzz knows.
func transportNames() []string { return []string{"tcp", "direct-tls", "websocket", "bosh"} }

// transportOf is the transport of a name.
func transportOf(name string) program.Transport {
	switch name {
	case "direct-tls":
		return program.TLS
	case "websocket":
		return program.WSS
	case "bosh":
		return program.BOSH
	}
	return program.TCP
}

// everyTransport is the value of --transport that has programs played as they are written, and carried over all that the server has.
const everyTransport = "all"

// parseTransports reads --transport of fuzz: names with commas between; nil: all.
func parseTransports(list string) (over []program.Transport, err error) {
	if list == everyTransport {
		return nil, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		if err := oneOf("transport", name, append(transportNames(), everyTransport)...); err != nil {
			return nil, err
		}
		if name == everyTransport {
			return nil, &usageError{"--transport all has all the others in it", "leave them out"}
		}
		if t := transportOf(name); !slices.Contains(over, t) {
			over = append(over, t)
		}
	}
	return over, nil
}
