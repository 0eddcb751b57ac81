// Package mutate makes a program worse.
//
//	worse, ok := mutate.Mutate(r, mutate.Tree, parent, material)
//
// is a changed copy of the parent: one operation of one [Layer], drawn from r. Equal seeds give equal mutants, and the parent
// is never changed. [Respell] gives a variant that must be answered like the original, and [Weights] picks layers by what they
// have found.
//
// A mutant is a program "seed NAME" without anything of a row: no level, no clause, no outcomes. What it did is for oracles that
// need no table. It has one mark; what changes stands behind it, but for where Order changes the way to it. It always passes
// program.Check, expands to at most 2 MiB, and is over in some 3 s unless the server makes it wait.
//
// # How a mutant ends
//
// Behind the last thing that is sent, every actor with a bound session syncs, the attacker and the accomplice first, so that what
// they caused has reached the others by then. An attacker without a bound session awaits instead: the features where it had no
// stream before, an element where it had one, the end of the connection where it half-closed it. The first two are also over at
// the end of the stream, so "await end", which a server that has reason to go on leaves to time out, becomes one of them. Waits
// that only lose time are left out: before anything is done, and in a repeat on one connection, where each times out once the
// server is silent. A mutant whose last element is not complete may be owed no answer: its sync is then part of that element.
//
// # Templates
//
// Texts are changed as templates: a placeholder is one indivisible piece, and braces that come in are doubled. Where a text names
// what no operation before it learns, such as {witness.jid} of a witness who is not there, what is always known takes its
// place. Entries of a [Dictionary] are templates as well; one that is none stands for itself.
package mutate
