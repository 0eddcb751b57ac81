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
// # Classes
//
// The regressions are named by the classes of the record: EE entity expansion, PX limits and complexity of the parser, SM
// smuggling, AU authentication, ST order of states, ID identity, UN Unicode and addresses, RX exhaustion of resources, SL slow
// readers and queues, EX extensions, LP loops, LG logs and leaks, WS WebSocket and BOSH, ZB compression. A client's stream does not reach
// DB (dialback). [Unreached] says which entries of the record have no program, and why.
package corpus
