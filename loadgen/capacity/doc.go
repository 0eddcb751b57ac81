// Package capacity finds how much a server sustains within its objectives, by trials, and says what ran out first.
//
//	found := capacity.Search(ctx, capacity.Options{Start: 100, Max: 1e5, Within: .05}, trial)
//	fmt.Println(found.Answer.Text)
//
// # The search
//
// The load is doubled until a trial does not pass (or halved until one does), and then bisected until the highest load that passed and
// the lowest that did not lie half as far apart as the answer may be off. A trial at the border that is not clear is repeated: the best
// of three decides, or of five where those differ. Both ends of the interval are decided that way before the search ends with a longer
// trial at 0.95 of the answer.
//
// # Classes
//
// A trial passed, missed (an objective was missed, the server did not keep up, or it turned sessions away), failed, or was
// generator-limited: then it says nothing of the server. [Judge] decides that from the record of a run. Response times hold the rig's own
// delays, so a trial that keeps its objectives has passed, however late the rig was. One that does not is the server's only where the
// rig is not the reason. Where the lowest load that did not pass was the rig's doing, the answer is "at least".
//
// # What comes of the trials
//
// [FitUSL] fits the Universal Scalability Law, [FindKnee] is Kneedle, [RanOut] names what was short at the border, and [NeedsOf] works
// out what numbers of users need. None of them says anything beyond twice what was measured.
package capacity
