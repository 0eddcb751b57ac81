// Package openmetrics reads what a server says of itself over HTTP, in the text format of Prometheus or OpenMetrics.
//
//	s, err := openmetrics.New("http://127.0.0.1:9600/metrics", dial)
//	figures, err := s.Scrape(ctx)
//
// Figures are what the text holds but for the buckets of histograms and the times at which series were created: their sums and
// counts say as much each second. What cannot be read is left out; a server may say anything, so that the text and the number of
// figures are bounded.
package openmetrics
