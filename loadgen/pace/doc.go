// Package pace says when arrivals are due.
//
// A Schedule yields due times from the start of a phase and knows no clock,
// so its tests are tables and a run's arrivals can be listed before it begins:
//
//	for due := range pace.Constant(100, 10*time.Second).Arrivals(pace.Whole) { … }
//
// A schedule is a rate that goes along straight pieces, and a unit process
// of arrivals that is laid along the area under the rate. Evenly spaced
// arrivals fall where the area passes 0, 1, 2, …; Poisson arrivals fall where
// it passes the sums of exponential draws (time change of a unit Poisson
// process; Çinlar, Introduction to Stochastic Processes, 1975, ch. 4.7).
//
// Many sessions share one schedule by arithmetic, not by messages: Share i
// of n takes every n-th even arrival, or its own Poisson process at 1/n of
// the rate, whose sum over all shares is the whole process again.
package pace
