// Package corpus holds the inputs that xmpprig ships: programs that ask one thing of a server each.
//
// [Rows] lists them by row of the table of required answers. An [Entry] is identified by the hash of its bytes, so that a
// record of what was sent stays true when a file changes. What the text means is for package fuzz/program to say.
package corpus
