package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"xmpprig/loadgen"
	"xmpprig/results"
)

// live shows the figures of the last second to whoever asks over HTTP, in the text format of Prometheus.
type live struct {
	server http.Server
	addr   string // where it listens
	ended  chan struct{}

	mu   sync.Mutex
	text string
}

// goLive listens at addr until close; nil where nobody is to look.
func goLive(addr string) (*live, error) {
	if addr == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, &exitError{results.ExitSetup, fmt.Errorf("--live: %w", err)}
	}
	v := &live{addr: l.Addr().String(), ended: make(chan struct{}), text: "# EOF\n"}
	v.server = http.Server{Handler: v, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second}
	go func() {
		defer close(v.ended)
		_ = v.server.Serve(l) // its end is Close
	}()
	return v, nil
}

func (v *live) close() {
	if v == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := v.server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		_ = v.server.Close()
	}
	<-v.ended
}

// ServeHTTP shows the last second, under every path.
func (v *live) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	v.mu.Lock()
	text := v.text
	v.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = io.WriteString(w, text) // who went away needs no answer
}

// show takes a second over.
func (v *live) show(n loadgen.Progress) {
	if v == nil {
		return
	}
	text := exposition(n)
	v.mu.Lock()
	v.text = text
	v.mu.Unlock()
}

// exposition writes the figures of the record's series.csv under names that begin with xmpprig_.
func exposition(n loadgen.Progress) string {
	var b strings.Builder
	families := map[string]bool{}
	put := func(name, kind, labels string, v float64) {
		if !families[name] {
			families[name] = true
			fmt.Fprintf(&b, "# TYPE %s %s\n", name, kind)
		}
		b.WriteString(name + labels + " " + strconv.FormatFloat(v, 'g', -1, 64) + "\n")
	}
	put("xmpprig_elapsed_seconds", "gauge", "{phase="+strconv.Quote(n.Phase)+"}", n.At.Seconds())
	for _, m := range n.Metrics {
		if class, ok := strings.CutPrefix(m.Name, "error:"); ok {
			put("xmpprig_errors_total", "counter", "{class="+strconv.Quote(class)+"}", m.Value)
			continue
		}
		switch name := "xmpprig_" + strings.ReplaceAll(m.Name, ".", "_"); {
		case strings.Contains(m.Name, ":"): // the server's own, which has an address for them
		case counts(m.Name):
			put(name+"_total", "counter", "", m.Value)
		default:
			put(name, "gauge", "", m.Value)
		}
	}
	put("xmpprig_answered_last_second", "gauge", "", float64(n.Last.Count))
	if n.Last.Count > 0 {
		for _, q := range []struct {
			label string
			v     time.Duration
		}{{"0.5", n.Last.P50}, {"0.99", n.Last.P99}, {"1", n.Last.Max}} {
			put("xmpprig_response_seconds", "gauge", "{quantile=\""+q.label+"\"}", q.v.Seconds())
		}
	}
	return b.String()
}

// counts says that a figure only grows; see package results.
func counts(metric string) bool {
	switch metric {
	case "offered", "completed", "failed", "dropped", "stanzas_in", "stanzas_out", "bytes_in", "bytes_out":
		return true
	}
	return strings.HasPrefix(metric, "ledger.")
}
