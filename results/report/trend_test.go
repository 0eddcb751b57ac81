package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"xmpprig/results"
)

var trendPicture = flag.String("trend.picture", "", "directory for the files of the sample trend, to be looked at")

// sampleTrend is a history of 60 runs in which one metric steps twice and others do not, and a short one.
func sampleTrend() *results.Trend {
	r := rand.New(rand.NewPCG(5, 6))
	h := results.History{Scenario: "chat", Source: "1f3ac2d49b0e77aa", Server: "prosody, TLS starttls, SCRAM-SHA-256", Machine: "linux/amd64, Example CPU, 2 CPUs", FewestRuns: 10}
	steps := results.TrendMetric{Name: "message.delivery p99 in steady", Unit: "ns", Better: results.BetterLower, Noise: .02, Memory: .1, Count: 59,
		Segments: []results.Segment{{From: 0, To: 20, Level: 9e6, Count: 20}, {From: 20, To: 52, Level: 8.1e6, Count: 31}, {From: 52, To: 60, Level: 9.1e6, Count: 8}},
		Changes: []results.Change{{At: 20, After: 19, From: 9e6, To: 8.1e6, Effect: -.1, Low: -.12, High: -.08, Before: 20, Behind: 31, P: 1e-9},
			{At: 52, After: 51, From: 8.1e6, To: 9.1e6, Effect: .123, Low: .1, High: .15, Before: 31, Behind: 8, P: 1e-7, Regression: true, Recent: true}}}
	flat := results.TrendMetric{Name: "server.rss per session", Unit: "B", Better: results.BetterLower, Noise: .01, Count: 60, Segments: []results.Segment{{To: 60, Level: 31000, Count: 60}}}
	none := results.TrendMetric{Name: "login p99 in login", Unit: "ns", Better: results.BetterLower, Reason: "3 values, and 10 are the fewest that a step can be seen in", Count: 3}
	for i := range 60 {
		h.Records = append(h.Records, results.TrendRecord{Dir: fmt.Sprintf("runs/%02d", i), Started: time.Date(2026, 9, 20+i, 3, 0, 0, 0, time.UTC), Version: "Prosody 0.12.3",
			Labels: results.Labels{"commit": fmt.Sprintf("%08x", r.Uint32()), "branch": "main"}})
		level := 9e6
		if i >= 20 && i < 52 {
			level = 8.1e6
		}
		v, w := level*math.Exp(.02*r.NormFloat64()), 31000*math.Exp(.01*r.NormFloat64())
		steps.Values, flat.Values, none.Values = append(steps.Values, &v), append(flat.Values, &w), append(none.Values, nil)
	}
	steps.Values[30] = nil
	h.Records[19].Rig = "v0.1.0"
	h.Metrics = []results.TrendMetric{steps, flat, none}
	short := results.History{Scenario: "chat", Server: "ejabberd", Machine: h.Machine, FewestRuns: 10, TooShort: true, Differs: []string{"server"}, Records: h.Records[:2],
		Metrics: []results.TrendMetric{{Name: "rate in steady", Unit: "/s", Values: flat.Values[:2], Count: 2, Reason: "2 values, and 10 are the fewest that a step can be seen in"}}}
	return &results.Trend{MinEffect: .03, Alpha: .005, Last: 10, Histories: []results.History{h, short}, LeftOut: []results.LeftOut{{Dir: "runs/x", Reason: "the run was not finished"}},
		Verdict: results.Verdict{Status: results.StatusFailed, ExitCode: 11, Reasons: []string{"message.delivery p99 in steady of chat went +12.3 %"}}}
}

func TestTrendText(t *testing.T) {
	var b bytes.Buffer
	if err := TrendText(&b, sampleTrend()); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"REGRESSION: 62 records in 2 histories\n", "History 1 of 2: chat\n", "  message.delivery p99 in steady  59", "9.10 ms",
		"  ! message.delivery p99 in steady: 8.10 ms → 9.10 ms, +12.3 % (95 % interval +10.0…+15.0 %, n = 31\n", "  + message.delivery p99 in steady: 9.00 ms → 8.10 ms, -10.0 %",
		"kept apart  it differs from the first history in server", "it takes 10 records", "Left out: 1 record\n", "was not judged: 3 values", "xmpprig changed, too, from v0.1.0",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for l := range strings.Lines(text) {
		if utf8.RuneCountInString(strings.TrimSuffix(l, "\n")) > textWidth {
			t.Errorf("too wide: %s", l)
		}
	}
}

func TestTrendFiles(t *testing.T) {
	dir := t.TempDir()
	if *trendPicture != "" {
		dir = *trendPicture
	}
	if err := TrendFiles(dir, sampleTrend()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"trend.html", "plots/trend.svg", "plots/trend.png", "plots/trend-2.svg"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 1000 {
			t.Errorf("%s: %v", name, err)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "trend.html"))
	if err != nil {
		t.Fatal(err)
	}
	offline(t, string(page))
	if !strings.Contains(string(page), "regression &#43;12.3 %") || strings.Count(string(page), "<svg") != 2 {
		t.Error("the page has not its step, or not its pictures")
	}
}

// TestTrendOfAnything has no trend, however odd, and no hostile text stop a report or get through it.
func TestTrendOfAnything(t *testing.T) {
	const text = "</style><script>\x1b[31m\u202e\xff|{{.Title}}"
	hostile := sampleTrend()
	h := &hostile.Histories[0]
	h.Scenario, h.Server, h.Machine, h.Differs = text, text, text, []string{text}
	h.Records[52].Labels, h.Records[52].Dir, h.Records[52].Version, h.Records[0].Labels = results.Labels{"commit": text}, text, text, results.Labels{"commit": text}
	h.Metrics[0].Name, h.Metrics[0].Unit, h.Metrics[2].Reason, hostile.LeftOut[0].Dir, hostile.Verdict.Reasons[0] = text, text, text, text, text
	for _, tr := range []*results.Trend{hostile, {}, {Histories: []results.History{{}}}, {Histories: []results.History{{Records: make([]results.TrendRecord, 3), Metrics: []results.TrendMetric{{Values: make([]*float64, 3)}}}}}} {
		var text, page, doc bytes.Buffer
		if TrendText(&text, tr) != nil || TrendHTML(&page, tr) != nil || TrendJSON(&doc, tr) != nil || !json.Valid(doc.Bytes()) {
			t.Fatal("it cannot be written")
		}
		harmless(t, "trend text", text.String())
		harmless(t, "trend page", page.String())
		harmless(t, "trend JSON", doc.String())
		offline(t, page.String())
	}
}
