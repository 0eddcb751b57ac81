// Package target starts, provisions, watches and stops a server under test.
//
//	s, err := target.Start(ctx, target.Spec{
//		Driver: "prosody", Domain: "example.org",
//		Users: target.Users{Count: 1000, Name: "user{n}", Password: "secret"},
//	})
//	if err != nil { … }
//	defer s.Stop(ctx)
//	dial(s.Endpoint().Addr)
//
// A server gets a temporary directory, a loopback address of its own with
// free ports, a certificate chain made for the occasion, a generated
// configuration without rate limits, and real accounts in its own store.
// Started by root it runs as its package's unprivileged user. It cannot reach
// other servers: federation is off.
//
// # Drivers
//
//	loopback  this project's own server, run as a child: xmpprig serve
//	prosody   Prosody found on PATH; 0.12 is what the tests run
//	ejabberd  ejabberd and Erlang found on PATH; 23.01 is what the tests run
//	jabberd2  jabberd2 and sqlite3 found on PATH; 2.7.0 is what the tests run
//	remote    a server that runs already; nothing is started or stopped
//
// # Accounts
//
// Names and passwords are patterns in which {n} stands for the number of the
// user. The keys SCRAM stores are derived here and written in the server's own
// format with the server's own default iteration count (Prosody 10000,
// ejabberd 4096): SCRAM-SHA-256 unless [Spec.Mechanism] names another hash. A
// password without {n} is derived once and shared with its salt, so any number
// of accounts takes as long as writing them; a password with {n} costs one
// derivation each. Accounts says for the record how it was done. Both servers
// know one hash at a time, so only the SCRAM mechanism of that hash is offered,
// beside PLAIN, which makes them derive the keys anew at each login. ejabberd's
// -PLUS variant fails over TLS 1.3 and is offered only if Spec.Mechanism names it.
// jabberd2 keeps passwords, in sqlite, and salts them anew at each login: so both
// sides derive keys each time.
//
// # Watching
//
// jabberd2 is four processes, which count together; the death of one is the
// server's, and the others are ended with the next Stop or Restart.
// [Server.Usage] sums the process trees. [Server.Cost] leaves helper processes
// out, and is cheap and fine enough to charge a single exchange. [Server.Crashes]
// reports what the logs and the exit status say about crashes; the table of what
// counts as a crash is in crash.go. [Server.LogSince] returns what was logged
// after a mark. [Server.Exited] closes when a process of the server ends, and
// [Server.Restart] brings a server back at the same addresses.
//
// # Stopping
//
// Stop asks (SIGTERM), waits, kills the process group, waits for helper
// processes the server started, and removes the directory. A Start that fails
// or is cancelled does the same. Should the rig itself be killed, the kernel
// kills the server's processes with it (Linux); the directory then stays.
//
// Server processes are run on Unix; resource usage needs Linux's /proc.
package target
