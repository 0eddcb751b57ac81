// Package compare tells runs apart, and says how surely.
//
//	c, err := compare.Runs(base, head, compare.Options{Paired: true})   // results.Comparison, with a verdict
//	n, err := compare.Noise(same, compare.Options{})                    // what differences so many runs can see
//
// The run is the unit: what 10,000 messages of one run have in common, the mood of the machine, is one observation and not 10,000.
// Single runs differ by several percent for no reason, and a test over the messages of two of them raises false alarms in half of the
// cases. So a side is at least four runs, better ten, and sides are best run in turn, pair by pair.
//
// For each metric the effect is the Hodges–Lehmann estimate: the median of the ratios of all runs of the head to all of the base or,
// in pairs, of the Walsh averages of the ratios within pairs, with the interval of order statistics that belongs to it (Hollander,
// Wolfe and Chicken, Nonparametric Statistical Methods, 3rd ed., §3.1–3.3, §4.1–4.3). The test is Mann and Whitney's or, in pairs,
// Wilcoxon's of signed ranks, both exact where the runs are few. p values of the gated metrics are adjusted by Holm. A metric that is the
// same in all runs has nothing to be tested and does not count.
//
// A difference is a regression, or an improvement, if it is significant, at least as large as the floor, and its interval lies beyond
// half of the floor. Where the whole interval is within the floor, and so few runs have one of the wanted probability, there is no difference
// larger than that. All else is undecided, and insufficient where so few runs could not have shown anything. Shares that may be zero, as
// of lost messages, are subtracted; as their interval is blind to a few runs that stand out, their means must agree within the floor, too.
package compare
