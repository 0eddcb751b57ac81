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
	plots := Plots(r)
	return pageAndPlots(dir, "report.html", func(w io.Writer) error { return page(w, r, plots) }, plots)
}

func pageAndPlots(dir, name string, page func(io.Writer) error, plots []Plot) error {
	pictures := filepath.Join(dir, "plots")
	if err := os.MkdirAll(pictures, 0o755); err != nil {
		return fmt.Errorf("make folder for plots: %w", err)
	}
	jobs := []func() error{func() error { return writeFile(filepath.Join(dir, name), page) }}
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

// CampaignFiles writes fuzz.html and the campaign's pictures under plots/ into dir, which holds the directories of the findings.
// What was there under these names is replaced. Its error joins all that went wrong.
func CampaignFiles(dir string, c *results.Campaign) error {
	plots := CampaignPlots(c)
	page := func(w io.Writer) error { return campaignPage(w, dir, c, plots) }
	return pageAndPlots(dir, "fuzz.html", page, plots)
}

// ConformanceFiles writes conform.html into dir, which holds the transcripts of the deviations.
func ConformanceFiles(dir string, c *results.Conformance) error {
	return writeFile(filepath.Join(dir, "conform.html"), func(w io.Writer) error { return ConformanceHTML(w, dir, c) })
}
