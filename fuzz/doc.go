// Package fuzz sends programs to a live server and has the answers judged.
//
// [Conform] runs programs of the corpus, a row of the table of required answers each, and returns how the server did:
//
//	programs, err := corpus.Rows()
//	…
//	err = fuzz.Conform(ctx, site, programs, func(r fuzz.Row) error { … })
//
// [Play] runs one program. It waits for events, never for time to pass: a sync is over when the server's answer to a ping is
// there, or the stream has ended; Site.Patience bounds every wait. Only loopback addresses are connected to.
package fuzz
