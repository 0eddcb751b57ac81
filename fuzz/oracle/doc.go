// Package oracle judges what a server did: by what a program requires, and by what no input may bring about.
//
//	found := oracle.Examine(&oracle.Case{Program: p, Transcript: t, Facts: facts, Domain: "localhost"})
//
// [Examine] runs all oracles, in the order of their value: crash, witness, identity, reach before authentication, order of the negotiation,
// limits, hangs, leaks, cost, the answer table, neighbours, amplification, floods of the log and passwords in it. They read the transcript
// as talks: what each actor sent and heard, element by element, with its state at that moment; and [Facts], which is what was seen of the
// server itself. One program shows no more than a suspicion where time or memory is measured; who plays it has to confirm.
//
// A [Finding] names its oracle, row, level, state, class of input, and the bytes that show it. Its title is the same whenever it happens
// again, and so is its [Finding.Fingerprint].
//
// # The answer table
//
// [Look] reduces a transcript to what each actor saw after the mark, in words such as "stream-error restricted-xml"; [Judge] compares that
// with the lines of the program's header. Two rules hold for every program, whatever its lines say: what the witness or the bystander
// receives comes from who sent it, and neither loses its stream by what the attacker did. A breach of these is a deviation at MUST.
package oracle
