package report

import (
	_ "embed"
	"html/template"
	"io"

	"xmpprig/results"
)

//go:embed trend.html
var trendSource string

// TrendHTML writes a trend as one page that loads nothing and runs nothing. It fails only where w does.
func TrendHTML(w io.Writer, t *results.Trend) error { return trendPage(w, t, TrendPlots(t)) }

type trendContent struct {
	Title, Tone, Method string
	Reasons             []string
	Histories           []trendHistory
	LeftOut             []fact
	Style               template.CSS
}

type trendHistory struct {
	Title   string
	Facts   []fact
	Figure  drawn
	Metrics *tableRows
	Changes *tableRows
	Doubts  []string
}

func trendPage(w io.Writer, t *results.Trend, plots []Plot) error {
	figures, style, err := drawAll(plots)
	if err != nil {
		return err
	}
	c := trendContent{Title: trendTitle(t), Tone: tone(t.Verdict.Status), Method: trendMethod(t), Style: style}
	for _, r := range t.Verdict.Reasons {
		c.Reasons = append(c.Reasons, line(r, 500))
	}
	for i := range t.Histories {
		h := pageHistory(&t.Histories[i], historyTitle(t, i))
		h.Figure = figures[trendPlotName(i)]
		c.Histories = append(c.Histories, h)
	}
	for _, l := range t.LeftOut[:min(mostLeftOut, len(t.LeftOut))] {
		c.LeftOut = append(c.LeftOut, fact{line(l.Dir, 200), line(l.Reason, 200)})
	}
	return fill(w, trendSource, c)
}

// mostLeftOut is how many records that were left out a page names.
const mostLeftOut = 200

func pageHistory(h *results.History, title string) trendHistory {
	p := trendHistory{Title: title, Facts: historyFacts(h), Metrics: &tableRows{Head: trendHead()}, Changes: &tableRows{Head: []string{"metric", "first with", "before", "behind", "step", "95 % interval", "n"}}}
	for i := range h.Metrics {
		m := &h.Metrics[i]
		p.Metrics.Rows = append(p.Metrics.Rows, trendCells(m))
		if m.Reason != "" {
			p.Doubts = append(p.Doubts, line(m.Name, 80)+" was not judged: "+line(m.Reason, 200))
		}
	}
	for _, c := range changesOf(h) {
		word := "improvement "
		if c.Regression {
			word = "regression "
		}
		p.Changes.Rows = append(p.Changes.Rows, []string{line(c.metric.Name, 60), line(tickName(h.Records[c.At]), 40), inUnit(c.From, c.metric.Unit), inUnit(c.To, c.metric.Unit), word + signedPercent(c.Effect),
			signedPercent(c.Low) + " … " + signedPercent(c.High), count(int64(c.Before)) + " + " + count(int64(c.Behind))})
	}
	return p
}
