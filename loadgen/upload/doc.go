// Package upload puts files where an XMPP server said (XEP-0363), and fetches
// them again.
//
//	c := upload.Client{Dial: guarded, TLS: &tls.Config{RootCAs: pool}}
//	slot, err := upload.ParseSlot(iq)           // the server's answer to a request for a slot
//	err = c.Put(ctx, slot, nil, 120_000)
//	err = c.Get(ctx, slot.Get, nil, 120_000)
//
// Where the files go is for the server to say, and so for nobody to trust: Dial
// decides which addresses are connected to, redirects are not followed, of the
// header fields that the server asks for only those of XEP-0363 section 4 are
// sent, and of the answers no more than is expected is read.
//
// Each request has a connection of its own, as each client would.
package upload
