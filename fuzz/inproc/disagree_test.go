package inproc

import (
	"strings"
	"testing"

	"xmpprig/loadgen/xmpp/wire"
)

// TestRefusals holds that encoding/xml still refuses what it is excused for, and that wire does not.
func TestRefusals(t *testing.T) {
	for _, r := range refusals() {
		if o := scanNew(wire.DefaultLimits(), []byte(r.sample)); o.err != nil {
			t.Errorf("%s: wire: %v", r.why, o.err)
		}
		if _, err := readXML([]byte(r.sample + "</stream:stream>")); err == nil || !strings.Contains(err.Error(), r.text) {
			t.Errorf("%s: encoding/xml: %v", r.why, err)
		}
	}
}
