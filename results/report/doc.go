// Package report shows a record of a run to people: [Text] for a terminal,
// [HTML] as one page that needs no network, [Plots] as pictures, [JSON] for
// programs, and [Files] for the page and the pictures beside the record.
// A fuzzing campaign has [CampaignText], [CampaignHTML], [CampaignPlots],
// [CampaignJSON] and [CampaignFiles], and how a server did in the table of
// required answers the same with Conformance; [SARIF] and [JUnit] tell either
// to CI. Runs, one or several, have [RunJUnit], [Markdown], [Benchfmt] for
// benchstat and [CSV] for Apache Otava; a history of them has [TrendText],
// [TrendHTML], [TrendPlots], [TrendJSON] and [TrendFiles].
//
// Every figure is taken from the record and keeps its conditions with it:
// percentiles come with their counts and are left out (printed as "–") where
// fewer than ten samples lie beyond them, intervals are merged as histograms
// and never averaged, and a run that the rig itself limited is marked as such
// on every number and every picture.
//
// All text in a record may come from a hostile server. Control characters
// are replaced before anything is printed, and HTML escapes the rest. In
// campaigns and examinations they are evidence, and so stand as in a Go string.
package report
