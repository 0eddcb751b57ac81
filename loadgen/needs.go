package loadgen

import (
	"fmt"
	"slices"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
	"xmpprig/scenarios"
)

// need is something of the server without which a request is in vain.
type need struct {
	what string
	met  func(*offers) bool
}

// feature is the need of one feature of disco#info.
func feature(what, name string) need {
	return need{what, func(o *offers) bool { return o.features[name] }}
}

// needOf is what a request needs; none where what is nil.
func needOf(st *scenarios.Request) need {
	switch st.Kind {
	case "archive":
		if st.To == nil {
			return feature("an archive of messages (XEP-0313)", wire.NSArchive)
		}
	case "blocklist", "block", "unblock":
		return feature("blocking (XEP-0191)", wire.NSBlocking)
	case "push", "push-disable":
		return feature("push notifications (XEP-0357)", wire.NSPush)
	case "vcard", "vcard-set":
		return need{"vCards (XEP-0292, XEP-0054)", func(o *offers) bool { return o.nodes || o.features[wire.NSVCardTemp] }}
	default:
		switch {
		case st.Service:
			return need{"a publish-subscribe service (XEP-0060)", func(o *offers) bool { return o.pubsub != "" }}
		case st.To == nil || st.To.JID == "":
			return need{"nodes of accounts (XEP-0163)", func(o *offers) bool { return o.nodes }}
		}
	}
	return need{}
}

// require notes what a step needs, once.
func (p *program) require(n need) {
	if n.met != nil && !slices.ContainsFunc(p.needs, func(known need) bool { return known.what == n.what }) {
		p.needs = append(p.needs, n)
	}
}

// lacking says, as a *SetupError, what the scenario's steps need and the
// server does not offer.
func (e *engine) lacking() error {
	var what []string
	for _, n := range e.program.needs {
		if !n.met(&e.offers) {
			what = append(what, n.what)
		}
	}
	if len(what) == 0 {
		return nil
	}
	return &SetupError{
		Class:  "feature",
		Err:    fmt.Errorf("the server does not offer what the scenario needs: %s", strings.Join(what, ", ")),
		Remedy: "leave these steps out, or have the server load the modules for them",
	}
}
