// Package trend finds where the figures of a server stepped in a history of runs.
//
//	t := trend.Of(runs, trend.Options{})              // histories of records, each metric judged
//	steps := trend.Find(values, trend.Options{})      // one list of figures
//
// # Histories
//
// Runs under the same conditions make a history: the same scenario as it was run, the same machine, the same kind of server reached
// in the same way. Differing ones are kept apart, and it is said in what they differ. What the server itself is, its version, its
// commit and its configuration, is what is looked at, and so no condition. Runs that are unfinished, did not come to their end or
// were limited by the rig are left out.
//
// # Steps
//
// A figure of a run is never the same twice, so a step is told only where chance does not explain it. Find works on logarithms:
// a step is a ratio. Outliers, one or two runs far off both neighbours, are drawn in to the edge of the noise.
// Then the history is cut, by dynamic programming over all ways to cut it, where that lowers the sum of squares by more than a
// weak penalty: candidates, more than there are steps. They are tested by Student's t between the segments on either side, the
// weakest is merged first, the others are placed anew, and so on until all that are left hold.
// This follows E-divisive means as Hunter (now Apache Otava) uses it, arXiv 2301.03034: weak points first, merged by a test that
// is the same each time. It differs in three things: all cuts are weighed at once, so that a step cannot hide another; the test pays
// for having searched, by as many comparisons as there were places for the step; and it pays for memory, as runs on one machine
// resemble their neighbours, by the factor (1+r)/(1−r) on the variance, where r is the correlation from run to run.
//
// Runs that differ among themselves far more than others do, as a burst of other work on the machine leaves them, are no level, and so
// make no step. Besides, a step has to be as large as Options.MinEffect, on the mean and on the median. What lies within three records of the
// ends or of another step is not told: wait for the next records. A slow drift shows as stairs.
package trend
