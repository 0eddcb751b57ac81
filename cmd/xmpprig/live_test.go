package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"xmpprig/loadgen"
	"xmpprig/loadgen/openmetrics"
	"xmpprig/results"
)

// TestExposition reads the figures with our own reader.
func TestExposition(t *testing.T) {
	n := loadgen.Progress{At: 3 * time.Second, Phase: "ste\"ady\n", Last: loadgen.LastSecond{Count: 4, P50: time.Millisecond, P99: 2 * time.Millisecond, Max: time.Second},
		Metrics: []results.Metric{{Name: "offered", Value: 7}, {Name: "ledger.sent", Value: 5}, {Name: "error:tls", Value: 2}, {Name: "error:timeout", Value: 1}, {Name: "server.cpu", Value: .25}, {Name: "own:x{y=\"z\"}", Value: 9}}}
	got := map[string]openmetrics.Figure{}
	for _, f := range openmetrics.Parse([]byte(exposition(n))) {
		got[f.Name] = f
	}
	for name, want := range map[string]openmetrics.Figure{
		`xmpprig_elapsed_seconds{phase="ste\"ady\n"}`: {Kind: openmetrics.Gauge, Value: 3}, "xmpprig_offered_total": {Kind: openmetrics.Counter, Value: 7},
		"xmpprig_ledger_sent_total": {Kind: openmetrics.Counter, Value: 5}, `xmpprig_errors_total{class="tls"}`: {Kind: openmetrics.Counter, Value: 2},
		`xmpprig_errors_total{class="timeout"}`: {Kind: openmetrics.Counter, Value: 1}, "xmpprig_server_cpu": {Kind: openmetrics.Gauge, Value: .25},
		`xmpprig_response_seconds{quantile="0.99"}`: {Kind: openmetrics.Gauge, Value: .002}, "xmpprig_answered_last_second": {Kind: openmetrics.Gauge, Value: 4},
	} {
		if want.Name = name; got[name] != want {
			t.Errorf("%s: %+v, want %+v", name, got[name], want)
		}
	}
	if len(got) != 10 {
		t.Errorf("%d figures: %v", len(got), got)
	}
}

func TestLiveOverHTTP(t *testing.T) {
	if v, err := goLive(""); v != nil || err != nil {
		t.Errorf("for nobody: %v, %v", v, err)
	}
	if _, err := goLive("203.0.113.7:1"); exitCode(err) != results.ExitSetup {
		t.Errorf("at an address of somebody else: %v", err)
	}
	v, err := goLive("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer v.close()
	v.show(loadgen.Progress{Phase: "login"})
	resp, err := http.Get("http://" + v.addr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(text), `xmpprig_elapsed_seconds{phase="login"} 0`) {
		t.Errorf("%s, %v", text, err)
	}
}
