package loadgen

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"xmpprig/loadgen/openmetrics"
	"xmpprig/results"
)

// ownFigures asks the server each second what it says of itself, so that its queues, pools and caches stand beside the times that users
// see. An answer may take longer than a second, which must not delay the run's own figures: it is asked beside them.
type ownFigures struct {
	scraper *openmetrics.Scraper
	stop    context.CancelFunc
	ended   chan struct{}

	mu      sync.Mutex
	latest  []openmetrics.Figure // not yet taken over
	asked   int
	failed  int
	because string

	courses map[string]*course
}

// course is how a figure went.
type course struct {
	kind     openmetrics.Kind
	value    float64
	measured bool // the others are of the measured seconds
	low      float64
	high     float64
	last     float64
	grown    float64 // of a counter, also through a restart of the server
	from, to time.Duration
}

// mostOwn is how many figures of the server are kept.
const mostOwn = 1000

// askOwn asks once, before any load.
func askOwn(ctx context.Context, s *openmetrics.Scraper) (*ownFigures, error) {
	if s == nil {
		return nil, nil
	}
	figures, err := s.Scrape(ctx)
	if err == nil && len(figures) == 0 {
		err = errors.New("ask for metrics: there are none in the answer")
	}
	if err != nil {
		return nil, &SetupError{"limit", err, "look at the address with a browser, or leave --server-metrics out"}
	}
	return &ownFigures{scraper: s, latest: figures, asked: 1, courses: map[string]*course{}}, nil
}

// begin goes on asking until end, or the end of ctx.
func (f *ownFigures) begin(ctx context.Context) {
	if f == nil {
		return
	}
	ctx, f.stop = context.WithCancel(ctx)
	f.ended = make(chan struct{})
	go func() {
		defer close(f.ended)
		defer f.scraper.Close()
		every := time.NewTicker(time.Second)
		defer every.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-every.C:
			}
			figures, err := f.scraper.Scrape(ctx)
			if ctx.Err() == nil {
				f.came(figures, err)
			}
		}
	}()
}

func (f *ownFigures) end() {
	if f != nil && f.stop != nil {
		f.stop()
		<-f.ended
	}
}

func (f *ownFigures) came(figures []openmetrics.Figure, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if err != nil {
		f.failed++
		f.because = err.Error()
		return
	}
	f.latest = figures
}

// take is the figures that changed since they were taken last.
func (f *ownFigures) take(now time.Duration, measured bool) (changed []results.Metric) {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.latest {
		c := f.courses[one.Name]
		if c == nil && len(f.courses) == mostOwn {
			continue
		}
		if c == nil || c.value != one.Value {
			changed = append(changed, results.Metric{Name: "own:" + one.Name, Value: one.Value})
		}
		if c == nil {
			c = &course{kind: one.Kind, value: one.Value}
			f.courses[one.Name] = c
		}
		c.add(one.Value, now, measured)
	}
	f.latest = nil
	return changed
}

// add counts a value; what a counter grew by until the first measured second does not count.
func (c *course) add(v float64, now time.Duration, measured bool) {
	if measured && !c.measured {
		c.measured, c.low, c.high, c.from = true, v, v, now
	} else if measured {
		if v >= c.value {
			c.grown += v - c.value
		} else {
			c.grown += v
		}
		c.low, c.high = min(c.low, v), max(c.high, v)
	}
	if measured {
		c.to, c.last = now, v
	}
	c.value = v
}

// account is how the figures went in the measured phases.
func (f *ownFigures) account(s *results.Server) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s.OwnAsked, s.OwnFailed, s.OwnError = f.asked, f.failed, f.because
	for _, name := range slices.Sorted(maps.Keys(f.courses)) {
		c := f.courses[name]
		if !c.measured {
			continue
		}
		one := results.OwnFigure{Name: name, Kind: string(c.kind), Low: c.low, High: c.high, Last: c.last}
		if c.kind == openmetrics.Counter && c.to > c.from {
			rate := c.grown / (c.to - c.from).Seconds()
			one.PerSecond = &rate
		}
		s.Own = append(s.Own, one)
	}
}
