// Package features asks a server what it offers, before any load, and sees what
// of it a scenario needs.
//
//	survey := features.Survey{}
//	conn, _, err := dialer.Survey(ctx, account, nil, survey.Stream)
//	offered := survey.Ask(conn, "example.org", time.Now().Add(5*time.Second))
//	missing := features.Missing(offered, scenario)
//
// One table, in table.go, has a row for each feature: its name, the
// specification, how it is recognised (a feature of the stream, or a feature or
// an identity that the server, the user's account or a component of the server
// shows to service discovery), and which steps of a scenario need it. A new step
// that a server may not support gets its row there.
//
// What could not be asked is not called missing: a server need not describe
// itself.
package features
