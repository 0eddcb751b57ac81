// Package oracle judges a transcript by what its program says is required.
//
// Look reduces a transcript to what each actor saw after the mark, in words such as "stream-error restricted-xml"; Judge
// compares that with the lines of the program's header. Two rules hold for every program, whatever its lines say: what
// the witness or the bystander receives comes from who sent it, and neither loses its stream by what the attacker
// did. A breach of these is a deviation at MUST.
package oracle
