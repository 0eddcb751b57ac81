package loadgen

import (
	"slices"

	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/results"
)

// offers is what requests have to know of the server.
type offers struct {
	nodes  bool   // accounts have nodes (XEP-0163)
	pubsub string // address of a publish-subscribe service; empty: none
	upload string // likewise of one that takes files (XEP-0363)
}

// offersOf finds it in what the server, its services and an account said.
func offersOf(d *results.Offered) (o offers) {
	for _, e := range append([]results.Entity{d.Account, d.Server}, d.Components...) {
		o.nodes = o.nodes || slices.Contains(e.Identities, "pubsub/pep")
		if slices.Contains(e.Identities, "pubsub/service") {
			o.pubsub = e.JID
		}
		if slices.Contains(e.Features, wire.NSUpload) {
			o.upload = e.JID
		}
	}
	return o
}
