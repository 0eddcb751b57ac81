// Package loadgen runs a scenario's load against a server and records it.
//
// Run is the whole of it: it takes a checked scenario, a way to log in and a
// record directory, and returns when the last session has said goodbye.
//
// # How a run goes
//
// One goroutine per session executes the scenario's steps in a straight
// line. Whenever it has nothing to do until its next step is due it waits in
// Conn.Receive with that time as the deadline, so what arrives is handled at
// once and an idle session holds no buffer. The sessions share a phase's
// schedule by arithmetic (package pace): nothing is dispatched.
//
// The run goes through the phases login, warm-up, those of the scenario, and
// drain. Phases begin on whole seconds of the run, so that an interval of
// the record belongs to one phase. Drain still begins what had come due before
// it, and waits for answers; pauses within the work end with the last phase.
//
// # What is measured
//
// Every operation has three times. It is due when the schedule says so, or
// when the step before it was over. Response time is answered − due, the
// headline: a server that stalls is charged for every arrival that came due
// meanwhile, not only for the one that was on its way (no coordinated
// omission). Service time is answered − sent. Lag is how much later the rig
// sent than it could have: sent − max(due, time the session was free). Time
// an arrival spends waiting for its own session to finish earlier work is
// the server's doing, and so is in the response time but not in the lag.
//
// Messages carry in their id the sender, a sequence number, and when they
// were due and sent; the receiver needs no lookup to time the delivery, and
// the ledger one array access to account for it.
//
// # Errors
//
// Errors are counted by class, from a closed list (Classes); their texts are
// kept only as samples.
//
// # Objectives
//
// When the run is over the scenario's objectives are judged, by the merged
// histograms and the counts of the measured phases. A percentile without ten
// samples beyond it decides nothing.
package loadgen
