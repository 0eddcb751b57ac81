package main

import (
	"context"
	"net"

	"xmpprig/loadgen/openmetrics"
	"xmpprig/loadgen/target"
)

// ownMetrics has a server that is started tell its own figures where it can.
const ownMetrics = "own"

// scraper is what asks for them; nil where nobody wants to know.
func (r *reach) scraper(srv *target.Server) (*openmetrics.Scraper, error) {
	url := r.metrics
	switch url {
	case "":
		return nil, nil
	case ownMetrics:
		url = srv.Endpoint().MetricsURL
	}
	return openmetrics.New(url, func(ctx context.Context, address string) (net.Conn, error) {
		dial, err := r.dial(ctx, address)
		if err != nil {
			return nil, err
		}
		return dial(ctx, nil)
	})
}

// checkMetrics refuses what could not be asked, before a server is started.
func (r *reach) checkMetrics() error {
	if r.metrics == "" || r.metrics == ownMetrics {
		return nil
	}
	if _, err := openmetrics.New(r.metrics, nil); err != nil {
		return &usageError{"--server-metrics: " + err.Error(), "write it as in http://127.0.0.1:5280/metrics"}
	}
	return nil
}
