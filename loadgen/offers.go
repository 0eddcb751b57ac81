package loadgen

import (
	"context"

	"xmpprig/loadgen/xmpp"
	"xmpprig/loadgen/xmpp/wire"
)

// offers is what requests have to know of the server, from service discovery
// (XEP-0030).
type offers struct {
	features map[string]bool // of the server, its services and one's account
	nodes    bool            // accounts have nodes (XEP-0163)
	pubsub   string          // address of a publish-subscribe service; empty: none
	upload   string          // likewise of one that takes files (XEP-0363)
}

// survey asks the account, the server and its services what they offer.
func survey(ctx context.Context, c *xmpp.Conn, account, domain string) offers {
	o := offers{features: map[string]bool{}}
	q := &inquiry{conn: c}
	for _, address := range append([]string{account, domain}, q.items(ctx, domain)...) {
		q.ask(ctx, address, wire.NSDiscoInfo, func(item *wire.Element) { o.add(item, address) })
	}
	return o
}

// add takes a piece of what an address says of itself.
func (o *offers) add(item *wire.Element, address string) {
	switch string(item.Local()) {
	case "identity":
		if string(item.Attr("category")) != "pubsub" {
			return
		}
		switch string(item.Attr("type")) {
		case "pep":
			o.nodes = true
		case "service":
			o.pubsub = address
		}
	case "feature":
		name := string(item.Attr("var"))
		o.features[name] = true
		if name == wire.NSUpload {
			o.upload = address
		}
	}
}
