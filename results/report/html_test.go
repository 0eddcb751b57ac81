package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"xmpprig/results"
)

func pageOf(t *testing.T, r *results.Record) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wellFormed fails unless every tag is closed in its place and every entity
// is known.
func wellFormed(t *testing.T, source string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(source))
	d.Entity = xml.HTMLEntity
	for {
		switch _, err := d.Token(); {
		case err == io.EOF:
			return
		case err != nil:
			t.Fatal(err)
		}
	}
}

func TestPageIsWholeAndOffline(t *testing.T) {
	reference := regexp.MustCompile(`(?i)\b(src|href|action|url|@import|srcset|xlink:href)\s*[=(]\s*["']?(\w+:|//|/|\.)?[^"')]{0,20}`)
	address := regexp.MustCompile(`https?://[^"\s<]*`)
	for name, make := range records {
		t.Run(name, func(t *testing.T) {
			source := pageOf(t, make(t))
			wellFormed(t, source)
			for _, ref := range reference.FindAllString(source, -1) {
				if !strings.HasPrefix(ref, `xlink:href="data:image/png`) {
					t.Errorf("the page refers to %s", ref)
				}
			}
			for _, a := range address.FindAllString(source, -1) {
				if !strings.HasPrefix(a, "http://www.w3.org/") {
					t.Errorf("the page names %s", a)
				}
			}
			if strings.Contains(source, "<script") || strings.Contains(source, "ZgotmplZ") {
				t.Error("the page holds a script, or a text in a place where it is not safe")
			}
			if n := strings.Count(source, "<svg"); n < 9 {
				t.Errorf("%d pictures", n)
			}
		})
	}
}

// hostile puts a text wherever a record takes one.
func hostile(sound *results.Record, text string) *results.Record {
	whole := *sound
	r := &whole
	r.Intervals, r.Ticks = slices.Clone(r.Intervals), slices.Clone(r.Ticks)
	r.Run.Phases, r.Run.Series = slices.Clone(r.Run.Phases), slices.Clone(r.Run.Series)
	run := &r.Run
	run.Tool.Name, run.Scenario.Name, run.Scenario.Source, run.Scenario.SHA256 = text, text, text, text
	run.Target.Software, run.Target.Version, run.Target.Address, run.Target.Domain = text, text, text, text
	run.Target.TLS, run.Target.Mechanism, run.Target.Accounts, run.Target.Faults = text, text, text, []string{text}
	run.Environment.OS, run.Environment.CPUModel, run.Environment.Kernel = text, text, text
	run.Command = []string{text, text}
	for i := range run.Phases {
		run.Phases[i].Name = text + run.Phases[i].Name
		run.Phases[i].Kind = text
	}
	for i := range run.Series {
		run.Series[i].Name = text + run.Series[i].Name
		run.Series[i].Phase = text + run.Series[i].Phase
		run.Series[i].Clipped = 1
	}
	for i := range r.Intervals {
		r.Intervals[i].Name = text + r.Intervals[i].Name
		r.Intervals[i].Phase = text + r.Intervals[i].Phase
	}
	for i := range r.Ticks {
		r.Ticks[i].Metrics = append(slices.Clip(r.Ticks[i].Metrics), results.Metric{Name: "error:" + text, Value: float64(i)})
	}
	run.Ledger.Samples = []results.LedgerSample{{What: text, ID: text, From: text, To: text, At: text}}
	run.Errors = []results.ErrorClass{{Class: text, Count: 1, Samples: []string{text, text}}}
	run.Server.Crashes = []results.Crash{{AtNS: 1, Title: text, Text: text}}
	run.Generator.Reasons = []string{text}
	run.Verdict = results.Verdict{Status: text, Reasons: []string{text}}
	r.Warnings = []error{errors.New(text)}
	return r
}

func TestHostileTextIsEscaped(t *testing.T) {
	sound := killedRecord(t)
	for _, text := range []string{
		`<script>alert(1)</script>`, `</style><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onload='alert(1)`,
		`</text></svg><script>alert(1)</script>`, `]]><script>`, "\x1b]0;owned\x07\x1b[2J", "\x00\u202e\xff", "{{.Title}}", `style="p0" <path d="1.23456"`,
	} {
		r := hostile(sound, text)
		plots := Plots(r)
		var b bytes.Buffer
		if err := page(&b, r, plots); err != nil {
			t.Fatal(err)
		}
		source := b.String()
		wellFormed(t, source)
		for _, bad := range []string{"<script", "<img", `onerror=alert(1)>"`, "\x1b", "\x00", "\u202e"} {
			if strings.Contains(source, bad) {
				t.Errorf("%q leaves %q in the page", text, bad)
			}
		}
		for _, p := range plots {
			b.Reset()
			if err := p.SVG(&b); err != nil {
				t.Fatal(err)
			}
			wellFormed(t, b.String())
		}
		b.Reset()
		if err := Text(&b, r); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "\x00\x07\x1b\r\u202e") {
			t.Errorf("%q reaches the terminal", text)
		}
	}
}

func TestLimitedRunIsMarkedEverywhere(t *testing.T) {
	r := limitedRecord(t)
	source := pageOf(t, r)
	if n := strings.Count(source, "GENERATOR-LIMITED: these figures describe the rig"); n < 4 {
		t.Errorf("the page's numbers are marked %d times", n)
	}
	for _, p := range Plots(r) {
		svg, err := p.svg()
		if err != nil {
			t.Fatal(err)
		}
		shown := len(slices.DeleteFunc(slices.Clone(p.figure.panels), func(pl panel) bool { return pl.empty != "" }))
		if got := strings.Count(svg, ">GENERATOR-LIMITED<"); shown == 0 || got != shown {
			t.Errorf("%s: %d of %d panels are marked", p.Name, got, shown)
		}
	}
	for _, p := range Plots(sample(t)) {
		if p.figure.mark != "" {
			t.Errorf("%s of a sound run is marked %q", p.Name, p.figure.mark)
		}
	}
}

func TestRecordsWithoutSamplesSaySo(t *testing.T) {
	for name, want := range map[string]int{"empty": 9, "failed": 7} {
		source := pageOf(t, records[name](t))
		if n := strings.Count(source, ">no samples<") + strings.Count(source, ">not observed<"); n < want {
			t.Errorf("%s: %d panels say that they are empty, want %d", name, n, want)
		}
		if strings.Contains(source, "NaN") || strings.Contains(source, "Inf") {
			t.Errorf("%s: the page holds NaN or Inf", name)
		}
	}
}

func TestJSONIsTheRun(t *testing.T) {
	r := sample(t)
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(r.Dir, results.RunFile))
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := errors.Join(json.Unmarshal(b.Bytes(), &got), json.Unmarshal(file, &want)); err != nil {
		t.Fatal(err)
	}
	gotText, _ := json.Marshal(got)
	wantText, _ := json.Marshal(want)
	if !bytes.Equal(gotText, wantText) {
		t.Error("the JSON of a whole record is not what its run.json says")
	}
}

// longRecord is a run of eight hours, recorded every half minute.
func longRecord(t *testing.T) *results.Record {
	s := newSampler(t, nil)
	phase := results.Phase{Name: "steady", Kind: results.PhaseOpen, EndNS: int64(8 * time.Hour), Rate: 5}
	s.run.Phases, s.run.ElapsedNS = []results.Phase{phase}, phase.EndNS
	for at := 30 * time.Second; at <= 8*time.Hour; at += 30 * time.Second {
		for range 12 {
			s.record("ping", "steady", results.Response, s.draw(2e6, .6))
		}
		s.sums["offered"] += 150
		s.sums["sessions"] = 2000
		m := []results.Metric{{Name: "offered", Value: s.sums["offered"]}, {Name: "completed", Value: s.sums["offered"]}, {Name: "sessions", Value: 2000},
			{Name: "server.cpu", Value: s.r.Float64()}, {Name: "error:timeout", Value: s.sums["offered"] / 100}}
		if err := s.rec.Tick(results.Tick{At: at, Phase: "steady", Metrics: m}); err != nil {
			t.Fatal(err)
		}
	}
	return s.close()
}

func TestLongRunStaysSmall(t *testing.T) {
	r := longRecord(t)
	plots := Plots(r)
	var b bytes.Buffer
	if err := page(&b, r, plots); err != nil || b.Len() > 1<<20 {
		t.Errorf("the page of a long run has %d bytes, %v", b.Len(), err)
	}
	for _, p := range plots {
		for _, pl := range p.figure.panels {
			for _, m := range pl.marks {
				if tr, ok := m.(trace); ok && len(tr.points) > 2*mostWindows {
					t.Errorf("%s draws a line of %d points", p.Name, len(tr.points))
				}
			}
			if len(pl.marks) > 8*mostWindows {
				t.Errorf("%s draws %d marks", p.Name, len(pl.marks))
			}
		}
	}
	if *pictures != "" {
		if err := Files(filepath.Join(*pictures, "long"), r); err != nil {
			t.Fatal(err)
		}
	}
}
