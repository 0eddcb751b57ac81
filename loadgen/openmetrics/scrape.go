package openmetrics

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Dial connects to the host and port of the address.
type Dial func(ctx context.Context, address string) (net.Conn, error)

// Scraper asks one address again and again, over one connection.
type Scraper struct {
	address string
	client  *http.Client
}

// mostText bounds an answer.
const mostText = 4 << 20

// patience is how long an answer may take.
const patience = 5 * time.Second

// New refuses what is no http address. The server's redirects are not followed.
func New(address string, dial Dial) (*Scraper, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("read the address of metrics: %w", err)
	}
	if u.Scheme != "http" || u.Host == "" {
		return nil, fmt.Errorf("read the address of metrics: %q is not written http://HOST:PORT/PATH", address)
	}
	return &Scraper{address: address, client: &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:  func(ctx context.Context, _, address string) (net.Conn, error) { return dial(ctx, address) },
			MaxIdleConns: 1, MaxResponseHeaderBytes: 64 << 10,
		},
	}}, nil
}

// Scrape asks once.
func (s *Scraper) Scrape(ctx context.Context) ([]Figure, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for metrics: %w", err)
	}
	req.Header.Set("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for metrics: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask for metrics: %s says %s", s.address, resp.Status)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, mostText+1))
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	if len(text) > mostText {
		return nil, errors.New("read metrics: the answer is longer than 4 MiB")
	}
	return Parse(text), nil
}

// Close drops the connection that waits.
func (s *Scraper) Close() { s.client.CloseIdleConnections() }
