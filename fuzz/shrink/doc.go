// Package shrink makes a program smaller, as long as it still shows what it was kept for.
//
//	small := shrink.Smallest(p, func(q *program.Program) bool { … })
//
// The cuts are tried from the largest to the smallest: operations, actors, elements and attributes of what is sent, bytes, and the
// numbers of repeats and ladders, which come down to where the finding would be lost (to a sixteenth; small ones exactly).
// The preamble is cut too. Nothing is known of servers here: what the smaller program shows is for the caller to find out, and the
// caller bounds how often.
package shrink
