package results

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestTrendFile(t *testing.T) {
	dir, v := t.TempDir(), 1.5
	in := &Trend{MinEffect: .03, Histories: []History{{Scenario: "chat", Records: make([]TrendRecord, 2), Metrics: []TrendMetric{
		{Name: "x", Values: []*float64{nil, &v}, Segments: []Segment{{To: 2, Level: 1.5}}, Changes: []Change{{At: 1}}}}}}}
	if err := WriteTrend(dir, in); err != nil {
		t.Fatal(err)
	}
	out, err := ReadTrend(dir)
	if err != nil || !reflect.DeepEqual(out, in.Listed()) {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := ReadTrend(t.TempDir()); !errors.As(err, new(*AbsentError)) {
		t.Errorf("no file: %v", err)
	}
	for _, c := range []string{
		`{"schema":1,"histories":[{"records":[{}],"metrics":[{"values":[]}]}]}`,
		`{"schema":1,"histories":[{"records":[{}],"metrics":[{"values":[1],"changes":[{"at":1}]}]}]}`,
		`{"schema":1,"histories":[{"records":[{}],"metrics":[{"values":[1],"segments":[{"from":0,"to":2}]}]}]}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, TrendFile), []byte(c), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadTrend(dir); !errors.As(err, new(*FormatError)) {
			t.Errorf("%s: %v", c, err)
		}
	}
}

func TestMeasures(t *testing.T) {
	p := func(v int64) *int64 { return &v }
	r := Run{
		Phases: []Phase{{Name: "login", Kind: PhaseLogin}, {Name: "warm-up", Kind: PhaseWarmUp, EndNS: 1e9, Completed: 9}, {Name: "steady", Kind: PhaseOpen, StartNS: 1e9, EndNS: 3e9, Completed: 500}},
		Series: []Series{
			{Name: "login", Phase: "login", Kind: Response, Count: 30, P50NS: p(5), MeanNS: 6},
			{Name: "login.tls", Phase: "login", Kind: Response, Count: 30, P50NS: p(4)},
			{Name: "ping", Phase: "warm-up", Kind: Response, Count: 2000, P50NS: p(1)},
			{Name: "ping", Phase: "steady", Kind: Response, Count: 2000, P50NS: p(2), P99NS: p(3)},
			{Name: "ping", Phase: "steady", Kind: Service, Count: 2000, P50NS: p(1)},
			{Name: "rare", Phase: "steady", Kind: Response, Count: 5, MeanNS: 3},
		},
		Server: Server{Observed: true, CPUPerMsgNS: 7, RSSPeak: 8},
	}
	got := map[string]bool{}
	for _, m := range r.Measures() {
		got[m.Name] = m.Main
		if m.Name == "rate in steady" && (m.Value != 250 || m.Better != BetterHigher || m.Unit != "/s" || m.Samples != 500) {
			t.Errorf("%+v", m)
		}
	}
	want := map[string]bool{"login p50 in login": true, "login mean in login": false, "login.tls p50 in login": false, "login.tls mean in login": false,
		"ping p50 in steady": true, "ping p99 in steady": true, "ping mean in steady": false, "rate in steady": true, "server.cpu per stanza": true, "server.rss": false}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
