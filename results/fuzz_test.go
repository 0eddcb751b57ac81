package results

import (
	"bytes"
	"path/filepath"
	"testing"
)

// FuzzOpen opens records of any bytes. Whatever Open lets through must bear
// every question.
func FuzzOpen(f *testing.F) {
	dir := filepath.Join(f.TempDir(), "r")
	w := writeTiny(f, dir)
	add := func() {
		f.Add(readFile(f, filepath.Join(dir, RunFile)), readFile(f, filepath.Join(dir, LogFile)), readFile(f, filepath.Join(dir, SeriesFile)))
	}
	add()
	if err := w.Close(Run{Started: started}); err != nil {
		f.Fatal(err)
	}
	add()
	f.Add([]byte(`{"schema_version":1,"unfinished":true}`), []byte("Tag=a/b/c,0,1,2,HISTFAAA"), []byte("t_s,phase,metric,value\n1,,offered,1e300\n"))
	f.Fuzz(func(t *testing.T, run, log, series []byte) {
		r := &Record{}
		if r.readRun(bytes.NewReader(run)) != nil {
			return
		}
		r.scan(LogFile, bytes.NewReader(log), maxLog, r.readLog)
		r.scan(SeriesFile, bytes.NewReader(series), maxSeries, r.readTicks)
		r.rebuild()
		interrogate(t, r)
	})
}

func interrogate(t *testing.T, r *Record) {
	r.Bounds()
	for i := range r.Intervals {
		v := &r.Intervals[i]
		if n := v.Hist().TotalCount(); n != v.Count || v.Count < 0 || v.Start < 0 || v.Length < 0 {
			t.Fatalf("interval %+v holds %d", v, n)
		}
	}
	for _, s := range r.Run.Series {
		if h := r.Merged(s.Name, s.Phase, s.Kind); h != nil && h.TotalCount() <= 0 {
			t.Fatalf("series %q holds %d", s.Name, h.TotalCount())
		}
	}
	for _, k := range r.Ticks {
		if len(k.Metrics) == 0 || len(r.Metric(k.Metrics[0].Name)) == 0 {
			t.Fatalf("tick %+v", k)
		}
	}
}

// FuzzDecode decodes histograms of any counts.
func FuzzDecode(f *testing.F) {
	for _, h := range samples() {
		f.Add(appendV2(nil, h.Reader().next(nil)))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		var d decoder
		bins, err := d.decode(pack(plain))
		if err != nil {
			return
		}
		back, err := d.decode(string(newEncoder().append(nil, append([]bin(nil), bins...))))
		if err != nil || total(back) != dense(bins).TotalCount() {
			t.Fatalf("%v: %d bins hold %d", err, len(back), total(back))
		}
	})
}
