// Package away has users of a run at home elsewhere than at the server under test: behind an external component,
// at a second server that is federated with it, or at domains whose server is the rig itself.
//
//	side, err := away.Prepare(scenario) // nil where all users are the server's
//	side.Extend(&spec)                  // before the server is started: what it has to know of them
//	err = side.Open(ctx, server)
//	options.Elsewhere = side.Users()
//	…
//	err = side.Close()
package away
