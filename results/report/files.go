package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"xmpprig/results"
)

// Files writes report.html and plots/NAME.svg and plots/NAME.png into dir,
// beside the record. What was there under these names is replaced. Its error
// joins all that went wrong.
func Files(dir string, r *results.Record) error {
	pictures := filepath.Join(dir, "plots")
	if err := os.MkdirAll(pictures, 0o755); err != nil {
		return fmt.Errorf("make folder for plots: %w", err)
	}
	plots := Plots(r)
	jobs := []func() error{func() error {
		return writeFile(filepath.Join(dir, "report.html"), func(w io.Writer) error { return page(w, r, plots) })
	}}
	for _, p := range plots {
		base := filepath.Join(pictures, p.Name)
		jobs = append(jobs, func() error { return writeFile(base+".png", p.PNG) }, func() error { return writeFile(base+".svg", p.SVG) })
	}
	return inParallel(jobs)
}

// inParallel does the jobs, as many at once as there are processors, and
// waits for all of them.
func inParallel(jobs []func() error) error {
	errs := make([]error, len(jobs))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(len(jobs), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := range next {
				errs[i] = jobs[i]()
			}
		})
	}
	for i := range jobs {
		next <- i
	}
	close(next)
	workers.Wait()
	return errors.Join(errs...)
}

// writeFile writes a whole file or leaves the old one.
func writeFile(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	part := name + ".part"
	if err := os.WriteFile(part, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if err := os.Rename(part, name); err != nil {
		return errors.Join(fmt.Errorf("write report: %w", err), os.Remove(part))
	}
	return nil
}
