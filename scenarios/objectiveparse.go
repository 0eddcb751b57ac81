package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ParseObjective reads an objective such as "message.delivery p99 < 250ms over
// 10s for 95% in steady abort after 30s". The error is an *ObjectiveError.
func ParseObjective(text string) (Objective, error) {
	p := &clause{text: text}
	p.split()
	o := Objective{}
	p.metric(&o)
	p.operator(&o)
	p.bound(&o)
	p.clauses(&o)
	if p.failed != nil {
		return Objective{}, p.failed
	}
	words := make([]string, len(p.words))
	for i, w := range p.words {
		words[i] = w.text
	}
	o.Text = strings.Join(words, " ")
	return o, nil
}

// longestObjective is how many characters one may have.
const longestObjective = 250

// clause is an objective being read, word by word. After an error all goes
// on without words.
type clause struct {
	text   string
	words  []mark
	next   int
	failed error
}

// mark is a word or an operator, and its column.
type mark struct {
	text   string
	column int
}

// split parts the text at spaces and around operators.
func (p *clause) split() {
	kind := func(r rune) int {
		switch {
		case r == ' ':
			return 0
		case strings.ContainsRune("<>=!", r):
			return 1
		}
		return 2
	}
	runes := []rune(p.text)
	if len(runes) > longestObjective {
		p.fail(mark{"", longestObjective + 1}, fmt.Sprintf("longer than %d characters", longestObjective), "")
		return
	}
	for i := 0; i < len(runes); {
		j := i + 1
		for j < len(runes) && kind(runes[j]) == kind(runes[i]) {
			j++
		}
		if kind(runes[i]) > 0 {
			p.words = append(p.words, mark{string(runes[i:j]), i + 1})
		}
		i = j
	}
}

func (p *clause) fail(at mark, reason, remedy string) {
	if p.failed == nil {
		p.failed = &ObjectiveError{p.text, at.column, reason, remedy}
	}
}

// take returns the next word, or fails with what is missing at the end.
func (p *clause) take(missing, remedy string) (mark, bool) {
	if p.failed != nil {
		return mark{}, false
	}
	if p.next == len(p.words) {
		p.fail(mark{"", len([]rune(strings.TrimRight(p.text, " "))) + 1}, missing, remedy)
		return mark{}, false
	}
	p.next++
	return p.words[p.next-1], true
}

var labelWord = regexp.MustCompile(labelPattern)

// metric reads METRIC [STATISTIC].
func (p *clause) metric(o *Objective) {
	w, ok := p.take("the objective is empty", "write one such as ping p99 < 250ms, or errors < 0.1%")
	if ok && !labelWord.MatchString(w.text) {
		p.fail(w, show(w.text)+" is neither the label of a series nor a figure", suggestion(w.text, figureNames()))
	}
	o.Metric, o.metricAt = w.text, w.column
	_, known := figureOf(o.Metric)
	switch {
	case p.failed != nil:
	case p.next < len(p.words) && !strings.ContainsAny(p.words[p.next].text, "<>=!"):
		p.statistic(o)
	case !known:
		p.fail(w, show(o.Metric)+" is no figure of a run, and no statistic follows", p.meant(o.Metric))
	}
}

// meant is the remedy for a metric without a statistic that is no figure.
func (p *clause) meant(metric string) string {
	if near := closest(metric, figureNames()); near != "" {
		return fmt.Sprintf("did you mean %q? A series needs a statistic, such as p99", near)
	}
	return fmt.Sprintf("a series needs a statistic: %s p99 < 250ms; the figures are %s", clip(metric), strings.Join(figureNames(), ", "))
}

func (p *clause) statistic(o *Objective) {
	w, _ := p.take("", "")
	if !slices.Contains(statistics(), w.text) {
		p.fail(w, show(w.text)+" is no statistic", suggestion(w.text, statistics())+"; then comes <, <=, >, >= or ==")
	}
	o.Statistic, o.statisticAt = w.text, w.column
}

func (p *clause) operator(o *Objective) {
	w, ok := p.take("the operator is missing", "write <, <=, > or >= and a bound")
	if ok && !slices.Contains(operators(), w.text) {
		p.fail(w, show(w.text)+" is no operator", "known here: "+strings.Join(operators(), ", "))
	}
	if w.text == "==" && o.Statistic != "" {
		p.fail(w, "times are never equal to a bound", "write <=")
	}
	o.Op = w.text
}

// bound reads BOUND, in one of the units that the metric has.
func (p *clause) bound(o *Objective) {
	w, ok := p.take("the bound is missing", "write it after the operator, such as 250ms")
	if !ok {
		return
	}
	units, wide := []Unit{Nanoseconds}, ""
	if o.Statistic == "" {
		f, _ := figureOf(o.Metric)
		units = f.units
	} else if _, known := figureOf(o.Metric); known && !durationWord.MatchString(w.text) {
		p.fail(mark{"", o.statisticAt}, show(o.Metric)+" is one figure and has no "+o.Statistic, "leave "+o.Statistic+" out")
		return
	}
	for _, u := range units {
		q := boundOf(u)
		if q.pattern.MatchString(w.text) {
			p.quantity(o, w, u, q)
			return
		}
		wide = strings.TrimPrefix(wide+" or "+q.what, " or ")
	}
	p.fail(w, show(w.text)+" is not "+wide, "")
}

func (p *clause) quantity(o *Objective, w mark, u Unit, q bounding) {
	v, err := q.value(w.text)
	switch {
	case err != nil || v > q.most:
		p.fail(w, clip(w.text)+" is out of range", "write "+q.what+", at most "+q.spelt)
	case o.Op == "==" && u != Count:
		p.fail(w, "what is measured in "+q.in+" is never equal to a bound", "write <= or >=; == is for counts")
	case v == 0 && o.Op == "<":
		p.fail(w, "nothing is below 0", "write == 0 or <= 0, or a larger bound")
	case v == 0 && o.Op == ">=":
		p.fail(w, "everything is at least 0", "write > 0, or a larger bound")
	}
	o.Bound, o.Unit = v, u
}

// clauses reads what may follow the bound, in any order.
func (p *clause) clauses(o *Objective) {
	read := map[string]func(*Objective, mark){"over": p.window, "for": p.share, "in": p.phase, "abort": p.abort}
	share := mark{}
	for p.failed == nil && p.next < len(p.words) {
		w, _ := p.take("", "")
		f := read[w.text]
		switch {
		case f == nil && slices.Contains([]string{"over", "for", "in", "abort"}, w.text):
			p.fail(w, show(w.text)+" stands there twice", "write one objective for each bound")
			return
		case f == nil:
			p.fail(w, show(w.text)+" has no place after the bound", `"over WINDOW", "for SHARE", "in PHASE" and "abort after DELAY" may follow`)
			return
		case w.text == "for":
			share = w
		}
		delete(read, w.text)
		f(o, w)
	}
	if p.failed == nil && o.Window == 0 && share.text != "" {
		p.fail(share, "for a share of what? There are no windows", "write over 10s before it")
	}
	if o.Window > 0 && o.Share == 0 {
		o.Share = 100
	}
}

// phase reads PHASE after in.
func (p *clause) phase(o *Objective, in mark) {
	w, ok := p.take("the phase is missing", "name one of the scenario's phases after in")
	if !ok {
		return
	}
	if f, _ := figureOf(o.Metric); o.Statistic == "" && !f.byPhase {
		p.fail(in, show(o.Metric)+" is known for the whole run, not for a phase", "leave in "+clip(w.text)+" out")
	}
	if !labelWord.MatchString(w.text) {
		p.fail(w, show(w.text)+" is no name of a phase", "")
	}
	o.Phase, o.phaseAt = w.text, w.column
}

// window reads WINDOW after over.
func (p *clause) window(o *Objective, over mark) {
	w, ok := p.take("the length of the windows is missing", "write it after over, such as 10s")
	if !ok {
		return
	}
	if f, _ := figureOf(o.Metric); o.Statistic == "" && !f.windowed {
		p.fail(over, show(o.Metric)+" is known when the run is over, not for a stretch of it", "leave over "+clip(w.text)+" out")
	}
	d := p.delay(w, "a window")
	if p.failed == nil && (d < time.Second || d%time.Second != 0) {
		p.fail(w, "a window lasts whole seconds, at least one", "write over 10s")
	}
	o.Window, o.windowAt = d, over.column
}

// share reads SHARE after for.
func (p *clause) share(o *Objective, _ mark) {
	w, ok := p.take("the share of the windows is missing", "write it after for, such as 95%")
	if !ok {
		return
	}
	q := boundOf(Percent)
	if !q.pattern.MatchString(w.text) {
		p.fail(w, show(w.text)+" is not "+q.what, "write for 95%")
		return
	}
	v, err := q.value(w.text)
	if err != nil || v <= 0 || v > 100 {
		p.fail(w, clip(w.text)+" is out of range", "the share is more than 0% and at most 100%")
	}
	o.Share = v
}

// abort reads [after DELAY] after abort.
func (p *clause) abort(o *Objective, at mark) {
	o.Abort, o.abortAt = true, at.column
	switch {
	case o.Metric == FigureLost:
		p.fail(at, "what is lost is known when the run is over", "leave abort out")
	case o.Statistic == "" && IsRecovery(o.Metric):
		p.fail(at, "who is back for good is known when the run is over", "leave abort out")
	case o.Statistic == "" && o.Unit == Count && strings.HasPrefix(o.Op, ">"):
		p.fail(at, show(o.Metric)+" grows until the run is over", "leave abort out")
	}
	if p.next == len(p.words) || p.words[p.next].text != "after" {
		return
	}
	p.next++
	if w, ok := p.take("the delay is missing", "write it after abort after, such as 30s"); ok {
		o.AbortAfter = p.delay(w, "a delay")
	}
}

// delay is a duration of up to an hour.
func (p *clause) delay(w mark, what string) time.Duration {
	q := boundOf(Nanoseconds)
	d, err := time.ParseDuration(w.text)
	if !q.pattern.MatchString(w.text) || err != nil || float64(d) > q.most {
		p.fail(w, show(w.text)+" is not "+what+" such as 30s, of up to an hour", "")
	}
	return d
}
