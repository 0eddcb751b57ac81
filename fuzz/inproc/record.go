package inproc

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/metrics"

	"xmpprig/results"
)

// recordFiles are the files of a record, in the order in which data has them.
var recordFiles = [...]string{results.RunFile, results.LogFile, results.SeriesFile}

// parted stands between the files of a record, and in none of them.
var parted = []byte("\x00")

// FuzzRecord opens a record of any bytes, and asks it everything.
func FuzzRecord(data []byte) int {
	if len(data) > 64<<10 {
		return -1
	}
	dir, err := os.MkdirTemp("", "xmpprig-fuzz")
	if err != nil {
		return 0 // the disk is full, and no record is wrong
	}
	defer os.RemoveAll(dir)
	for i, part := range bytes.SplitN(data, parted, len(recordFiles)) {
		if os.WriteFile(filepath.Join(dir, recordFiles[i]), part, 0o600) != nil {
			return 0
		}
	}
	before := allocated()
	r, err := results.Open(dir)
	require(allocated()-before <= mostAllocated(len(data)), "opening a record takes memory without bound")
	if err != nil {
		require(err.Error() != "", "an error says nothing")
		return 0
	}
	ask(r)
	return score(len(r.Intervals)+len(r.Ticks) > 0)
}

// mostAllocated bounds what opening n bytes may take: a line of the log of a hundred bytes inflates to some hundred
// thousand at most.
func mostAllocated(n int) uint64 { return 16<<20 + 8<<10*uint64(n) }

func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// ask asks a record every question.
func ask(r *results.Record) {
	for _, w := range r.Warnings {
		at, ok := errors.AsType[*results.Warning](w)
		require(ok && at.File != "" && at.Line >= 0 && at.Reason != "", "a warning does not name its place")
	}
	r.Bounds()
	for i := range r.Intervals {
		v := &r.Intervals[i]
		require(v.Count >= 0 && v.Start >= 0 && v.Length >= 0, "an interval is negative")
		if i < 16 {
			require(v.Hist().TotalCount() == v.Count, "an interval does not hold what it counts")
		}
	}
	for i, s := range r.Run.Series {
		if h := r.Merged(s.Name, s.Phase, s.Kind); i < 16 && h != nil {
			require(h.TotalCount() > 0, "a series holds nothing")
		}
	}
	for i, k := range r.Ticks {
		require(len(k.Metrics) > 0, "a tick holds nothing")
		if i < 16 {
			require(len(r.Metric(k.Metrics[0].Name)) > 0, "a metric of a tick is not known")
		}
	}
}

// joinRecord makes an input of a record.
func joinRecord(dir string) ([]byte, error) {
	var parts [][]byte
	for _, name := range recordFiles {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("join a record: %w", err)
		}
		parts = append(parts, b)
	}
	return bytes.Join(parts, parted), nil
}
