// Package results records a run and reads it back.
//
//	rec, err := results.Create(dir, run)          // the engine
//	h := rec.Series("message", "steady", results.Response)
//	h.Record(ns)                                  // from any goroutine, no lock, no garbage
//	err = rec.Tick(results.Tick{…})               // once a second
//	err = rec.Close(final)
//
//	r, err := results.Open(dir)                   // reports and comparisons
//
// # The record
//
// A record is a directory with three files, which are written while the run
// goes on. If the process is killed they hold the run up to the last Tick,
// and Open puts together what Close would have written.
//
//	run.json      one object, the type Run: conditions, phases, series, ledger, errors, verdict
//	latency.hlog  every series second by second, an HdrHistogram log
//	series.csv    counters and gauges second by second
//
// Findings, plots and report.html may lie beside them; run.json.tmp is left
// where a process was killed while it rewrote run.json, and means nothing.
// A fuzzing campaign leaves campaign.json, the type Campaign, and an
// examination conform.json, the type Conformance: in a directory of their own
// or beside a run. See ReadCampaign and ReadConformance. What became of a
// history of runs is in trend.json, the type Trend; see ReadTrend.
//
// All offsets are since Run.Started. A time named _ns is in nanoseconds, t_s
// is in seconds with three decimals. Each Tick hands its lines to the
// operating system, which keeps them when the process dies; only Close waits
// for the disk, since waiting each second would disturb the run.
//
// # run.json
//
// schema_version is 1. Additions keep it, so a reader ignores fields that it
// does not know; a change of meaning raises it, and Open refuses what is
// newer than itself. The file is replaced at one stroke, by renaming. Until
// Close, "unfinished" is true, the verdict is incomplete with exit code 13,
// and "series" and "objectives" are empty: what judges the run comes at its
// end. Lists are never null. A percentile is there only if ten samples lie
// beyond it: p50 from 20 samples, p90 from 100, p99 from 1000, p99.9 from
// 10,000. min_ns is the lower end of its bucket and all other
// values are upper ends, as everywhere in HdrHistogram; "hdr" holds all of
// them. Hence max_ns is up to 0.1 % above the longest time, and a little more
// than an hour where times were clipped.
//
// # latency.hlog
//
// An HdrHistogram log of version 1.3, which HistogramLogProcessor and others
// read. Four lines of header: the version, StartTime and BaseTime (both
// Run.Started, in seconds since the epoch), the legend. Then a line for each
// series that gained something, each Tick:
//
//	Tag=NAME/PHASE/KIND,START,LENGTH,MAX,HISTOGRAM
//
// START and LENGTH are in seconds, START since BaseTime; MAX is in
// milliseconds; HISTOGRAM is a V2 compressed histogram of nanoseconds in
// base64. It holds what was recorded in that interval and belongs to the phase
// in its tag. All histograms have three digits from 1 ns to 1 h. KIND is
// response, service or lag. In a tag, a slash, space, comma, quote, percent
// sign or control character within a part is %XX, as in a URL.
//
// # series.csv
//
// One figure a line, under the header
//
//	t_s,phase,metric,value
//
// where rows of one t_s make a Tick and phase is the one then under way. A
// comma, quote, percent sign or control character in phase or metric is %XX.
// A figure that is not known has no row. The metrics:
//
//	offered completed failed dropped          operations; see Phase
//	stanzas_in stanzas_out bytes_in bytes_out the generator's traffic
//	error:CLASS                               errors of a class; see ErrorClass
//	ledger.sent ledger.delivered ledger.lost ledger.duplicated ledger.reordered
//	ledger.misdelivered ledger.refused        messages; see Ledger
//	clipped:TAG negative:TAG                  times of a series beyond its range, where it changed
//
// are counts since the start of the run, and
//
//	sessions in_flight                        sessions bound, operations not yet answered
//	generator.cpu generator.rss generator.fds CPUs in use, bytes, descriptors
//	generator.lag_p99_s                       of the last second, in seconds
//	server.cpu server.rss server.fds server.threads
//	server.busiest_thread server.waiting_threads
//
// are gauges. own:NAME is a figure of the server's own, in the seconds in which it changed. Others may be added; readers ignore what they do not know.
//
// # A killed run
//
// From a record that is unfinished Open takes the series from latency.hlog,
// and the counts, peaks and phases that run.json does not give from
// series.csv. Phases are then known to the Tick: a phase's counts are what
// the counters gained from the last Tick before it to its own last. The
// verdict is incomplete.
//
// Torn last lines, bad lines, lines beyond 1 MiB, files that are missing and
// series that contradict their histogram become Warnings, and reading goes on.
// run.json must be whole: it is at most 64 MiB. Of latency.hlog 1 GiB is read
// and of series.csv 256 MiB. No histogram is inflated beyond what the range
// can need, about 300 KB.
package results
