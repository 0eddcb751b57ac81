package loopback

import (
	"bytes"
	"time"
)

// miscontain is what defects do with the content of a request of BOSH.
func (c *conn) miscontain(content []byte) {
	if c.twist.has("truncated-request-loop") && bytes.HasPrefix(content, []byte{'{'}) {
		c.srv.spin(2 * time.Second)
	}
}
