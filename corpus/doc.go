// Package corpus holds the inputs that xmpprig ships, and those that campaigns add to a directory.
//
//	corpus.Rows()        // programs of the table of required answers, which are judged by it
//	corpus.Seeds()       // programs that lead to every state, with a vocabulary to mutate
//	corpus.Regressions() // a shape of every class of the public record of robustness bugs, in small
//	corpus.Dictionary("namespaces")
//	corpus.ReadDir("corpus")
//	corpus.Add("corpus", text)
//
// An [Entry] is identified by the hash of its bytes, so that a record of what was sent stays true when a file changes. What the
// text means is for package fuzz/program to say. [Cover] chooses the few entries that reach what all do.
//
// # Rows
//
// Rows are named by their number in the table, and cases tell the programs of a row apart. Those about limits are of two kinds: of what
// the server announces (XEP-0478), which any server can be asked, and of what an operator sets, which "needs setting NAME" keeps for
// servers that were set up so: 67 accounts in trouble, 107 connections in a row, 109 recipients, 110 bytes of an element and silence, 111
// peers without a session and sessions that do not answer, 112 messages stored, 121 what is never acknowledged, 148 addresses of one
// message. Nothing is asked about bandwidth (108).
//
// # Classes
//
// The regressions are named by the classes of the record: EE entity expansion, PX limits and complexity of the parser, SM
// smuggling, AU authentication, ST order of states, ID identity, UN Unicode and addresses, RX exhaustion of resources, SL slow
// readers and queues, EX extensions, LP loops, LG logs and leaks, WS WebSocket and BOSH, ZB compression, DB dialback
// between servers. [Unreached] says which entries of the record have no program, and why.
package corpus
