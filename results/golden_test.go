package results

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

var update = flag.Bool("update", false, "write testdata/small anew")

const goldenDir = "testdata/small"

// TestGoldenRecord writes the small record and compares it with the one that
// is kept. Java's HistogramLogProcessor has read the latter's latency.hlog,
// with the figures in TestJavaFigures; a change of the format needs that done
// again.
func TestGoldenRecord(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	if err := writeSmall(t, dir).Close(finalRun()); err != nil {
		t.Fatal(err)
	}
	for _, name := range recordFiles {
		got := readFile(t, filepath.Join(dir, name))
		if *update {
			if err := os.MkdirAll(goldenDir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(goldenDir, name), got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if name == SeriesFile && !bytes.Equal(got, readFile(t, filepath.Join(goldenDir, name))) {
			t.Errorf("%s differs from %s:\n%s", name, goldenDir, got)
		}
	}
	// Another release of Go may compress otherwise, so histograms are compared unpacked.
	got, want := open(t, dir), open(t, goldenDir)
	checkIntervals(t, want)
	for _, r := range []*Record{got, want} {
		for i := range r.Run.Series {
			r.Run.Series[i].HDR = ""
		}
	}
	if !reflect.DeepEqual(got.Run, want.Run) || !reflect.DeepEqual(got.Ticks, want.Ticks) || len(want.Warnings) > 0 {
		t.Errorf("the golden record reads otherwise: %+v %v", want.Run, want.Warnings)
	}
	if got, want := withoutHistograms(t, dir), withoutHistograms(t, goldenDir); got != want {
		t.Errorf("latency.hlog is\n%s\nwant\n%s", got, want)
	}
}

// withoutHistograms is latency.hlog up to each line's last comma.
func withoutHistograms(t *testing.T, dir string) string {
	t.Helper()
	var text []byte
	for line := range bytes.Lines(readFile(t, filepath.Join(dir, LogFile))) {
		if bytes.HasPrefix(line, []byte("Tag=")) {
			line = append(line[:bytes.LastIndexByte(line, ',')], '\n')
		}
		text = append(text, line...)
	}
	return string(text)
}

func TestGoldenLogReadsWithHdrHistogram(t *testing.T) {
	f, err := os.Open(filepath.Join(goldenDir, LogFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := open(t, goldenDir)
	log := hdrhistogram.NewHistogramLogReader(f)
	for i := range r.Intervals {
		v := &r.Intervals[i]
		h, err := log.NextIntervalHistogram()
		if err != nil || h == nil {
			t.Fatalf("interval %d: %v", i, err)
		}
		begin := started.Add(v.Start).UnixMilli()
		if !h.Equals(v.Hist()) || h.Tag() != v.Name+"/"+v.Phase+"/"+v.Kind || h.StartTimeMs() != begin || h.EndTimeMs() != begin+v.Length.Milliseconds() {
			t.Errorf("interval %d: %s from %d to %d", i, h.Tag(), h.StartTimeMs(), h.EndTimeMs())
		}
	}
	if h, err := log.NextIntervalHistogram(); h != nil || err != nil {
		t.Errorf("one more interval: %v, %v", h, err)
	}
}

// TestJavaFigures compares our figures with those that Java's HdrHistogram
// gave for the golden latency.hlog; testdata/java.txt says how.
func TestJavaFigures(t *testing.T) {
	r := open(t, goldenDir)
	var got strings.Builder
	for _, s := range r.Run.Series {
		h := r.Merged(s.Name, s.Phase, s.Kind)
		fmt.Fprintf(&got, "%s n=%d p0=%d p50=%d p90=%d p99=%d p999=%d max=%d\n", appendTag(nil, s.Name, s.Phase, s.Kind),
			s.Count, s.MinNS, h.ValueAtPercentile(50), h.ValueAtPercentile(90), h.ValueAtPercentile(99), h.ValueAtPercentile(99.9), s.MaxNS)
	}
	lines := strings.SplitAfter(string(readFile(t, "testdata/java.txt")), "\n")[1:]
	if len(lines) != 5 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, line := range lines {
		if !strings.Contains(got.String(), line) {
			t.Errorf("Java reads %swe read\n%s", line, got.String())
		}
	}
}
