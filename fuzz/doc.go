// Package fuzz searches a live server for input that hurts it, proves what it finds, makes it small, and keeps it.
//
//	c, err := fuzz.Run(ctx, server, fuzz.Plan{Corpus: programs, Sites: []*fuzz.Site{site}, Record: dir, Time: time.Minute})
//
// [Run] is a campaign. It plays programs of package fuzz/program, first those of the corpus, then mutants of them (fuzz/mutate), and has
// the oracles (fuzz/oracle) judge what the server, its log and other sessions made of each. An honest session pings all the time: it tells
// when the server is dead, and how long neighbours wait. The server is started again when it dies.
//
// What comes next is one expression of small parts, strategy.go: suspicions are confirmed before anything can blur them (three of
// five trials), the corpus is replayed, findings are shrunk (fuzz/shrink), new programs are mutated at once, and else anything of the
// corpus. A program joins the corpus when it shows a new edge: a state, a class of input, and the skeleton of the answer. With one worker
// the seed decides all of it, up to the server's own timing.
//
// # The record
//
// journal.jsonl is written as things happen, a line each, and is what a campaign is resumed from; campaign.json is the report that package
// results describes. corpus/ has the programs that joined, under names made of their content. findings/FINGERPRINT/ has what proves one
// finding: program.xp as first seen, minimal.xp, the transcript of that, what the server logged, and the command that shows it again.
// [ReadExhibit] and [Again] are that command.
//
// # Conformance
//
// [Conform] plays the programs of the answer table once each, and returns how the server did. [Play] runs one program. It waits for events,
// never for time to pass: a sync is over when the server's answer to a ping is there, or the stream has ended; Site.Patience bounds every
// wait. Only loopback addresses are connected to.
package fuzz
