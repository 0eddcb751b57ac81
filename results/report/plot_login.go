package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"xmpprig/results"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg/draw"
)

// loginPlot shows where logging in spends its time: one hill a stage.
func (v *view) loginPlot() Plot {
	p := Plot{Name: "login", Title: "Logging in, stage by stage", Caption: "How long each stage of a login took: the higher the hill, the more logins " +
		"(each hill has its own height); reconnects of all phases are included. The scale is logarithmic."}
	var rows []hill
	lo, hi := math.Inf(1), 0.0
	seen := map[string]bool{}
	for _, s := range loginSteps(&v.Run) {
		kind := results.Response
		if s.Response == nil {
			kind = results.Service
		}
		if seen[s.Name] || len(rows) == 12 {
			continue
		}
		seen[s.Name] = true
		if h := v.Merged(s.Name, "", kind); h != nil {
			rows = append(rows, hill{s, h})
			lo, hi = min(lo, float64(h.Min())), max(hi, float64(h.Max()))
		}
	}
	pl := panel{height: float64(24 + 46*len(rows)), x: latencyTicks{6}, y: plot.ConstantTicks(nil), yMax: float64(len(rows))}
	if len(rows) == 0 {
		pl.xMin, pl.xMax = latencyRange(1e5, 1e9)
		pl.height, pl.yMax, pl.empty = 100, 1, "no samples"
		p.figure = figure{panels: []panel{pl}, xName: "time (log scale)"}
		return p
	}
	pl.xMin, pl.xMax = latencyRange(lo*.95, hi*1.05)
	for i, row := range rows {
		pl.marks = append(pl.marks, row.marks(float64(len(rows)-1-i), pl.xMin, pl.xMax)...)
	}
	p.figure = figure{panels: []panel{pl}, xName: "time (log scale)"}
	for _, q := range hillPercentiles() {
		if slices.ContainsFunc(rows, func(h hill) bool { return results.Enough(h.hist.TotalCount(), q.percentile) }) {
			p.figure.legend = append(p.figure.legend, entry{label: q.name, style: q.style})
		}
	}
	return p
}

type hillPercentile struct {
	name       string
	percentile float64
	style      draw.LineStyle
}

func hillPercentiles() []hillPercentile {
	return []hillPercentile{{"p50", 50, stroke(ink(), 1.4)}, {"p99", 99, stroke(red(), 1.4, 3, 2)}}
}

// hill is the distribution of one stage.
type hill struct {
	step step
	hist *hdrhistogram.Histogram
}

func (r hill) marks(base, from, to float64) []plot.Plotter {
	const bins = 220
	counts := smooth(density(r.hist, from, to, bins))
	most := slices.Max(counts)
	var a area
	a.fill = sky()
	for i, n := range counts {
		a.x = append(a.x, from+(to-from)*(float64(i)+.5)/bins)
		a.low, a.high = append(a.low, base), append(a.high, base+.62*n/most)
	}
	marks := []plot.Plotter{a, trace{xys(from, base, to, base), stroke(rgb(0xB4BCC5), .6)}}
	n := r.hist.TotalCount()
	label := stageName(r.step.Name) + ": " + plural(n, "sample")
	for _, q := range hillPercentiles() {
		if results.Enough(n, q.percentile) {
			at := r.hist.ValueAtPercentile(q.percentile)
			x := logLatency(at)
			marks = append(marks, trace{xys(x, base, x, base+.66), q.style})
			label += fmt.Sprintf(", %s %s", q.name, latency(float64(at)))
		}
	}
	label += ", max " + latency(float64(r.hist.Max()))
	style := small(ink())
	style.XAlign = text.XLeft
	return append(marks, note{from + (to-from)*.006, base + .74, label, style})
}

// stageName is what a stage is called in a picture.
func stageName(series string) string {
	switch stage := strings.TrimPrefix(series, "login."); stage {
	case "login":
		return "whole login"
	case "connect":
		return "TCP connect"
	case "tls":
		return "TLS"
	case "resumed":
		return "TLS, resumed"
	case "fast":
		return "SASL by token"
	case "upgrade":
		return "WebSocket upgrade"
	case "sasl":
		return "SASL"
	case "bind":
		return "resource binding"
	default:
		return line(stage, 30)
	}
}

// smooth evens counts out over their neighbours, so that the steps of the
// histogram's own buckets do not show as teeth.
func smooth(counts []float64) []float64 {
	weights := []float64{1, 4, 6, 4, 1}
	out := make([]float64, len(counts))
	for i := range counts {
		for k, w := range weights {
			if j := i + k - 2; j >= 0 && j < len(counts) {
				out[i] += counts[j] * w / 16
			}
		}
	}
	return out
}
