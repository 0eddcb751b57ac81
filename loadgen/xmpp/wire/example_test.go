package wire_test

import (
	"fmt"

	"xmpprig/loadgen/xmpp/wire"
)

func ExampleScanner() {
	stream := wire.AppendHeader(nil, wire.StreamHeader{To: "im.example.com", Version: "1.0", Namespace: wire.NSClient})
	stream = wire.AppendMessage(stream, wire.Addressing{To: "romeo@example.net"}, "Art thou <not> Romeo?", nil)
	stream = append(stream, "<!-- no -->"...)

	var s wire.Scanner
	for {
		e, n, err := s.Next(stream)
		if err != nil {
			fmt.Println(err)
			return
		}
		stream = stream[n:]
		switch e.Kind {
		case wire.Header:
			fmt.Println("stream to", e.StreamHeader().To)
		case wire.Stanza:
			body, _ := e.Child(wire.NSClient, "body")
			fmt.Printf("%s to %s: %s\n", e.Local(), e.Attr("to"), body.Text())
		}
	}
	// Output:
	// stream to im.example.com
	// message to romeo@example.net: Art thou <not> Romeo?
	// restricted-xml at byte 222: comment
}
