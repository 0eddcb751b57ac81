package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"os"
	"strings"

	"xmpprig/results"
)

//go:embed campaign.html
var campaignSource string

// CampaignHTML writes a campaign as one page with everything in it: it loads nothing and runs nothing. Programs, transcripts and
// logs of findings are quoted from their directories under dir, where they are; an empty dir is none. It fails only where w does.
func CampaignHTML(w io.Writer, dir string, c *results.Campaign) error {
	return campaignPage(w, dir, c, CampaignPlots(c))
}

func campaignPage(w io.Writer, dir string, c *results.Campaign, plots []Plot) error {
	data, err := campaignData(dir, c, plots)
	if err != nil {
		return err
	}
	return fill(w, campaignSource, data)
}

// campaignContent is what the page's template is filled with, made visible here and escaped by the template.
type campaignContent struct {
	Title, Tone   string
	Reasons       []string
	Tiles         []tile
	Index, Doubts []briefFinding
	Findings      []fullFinding
	More          string
	Honest        tableRows
	HonestNote    string
	Did           []fact
	Layers        tableRows
	Restarts      []string
	Command       string
	Figures       map[string]drawn
	Style         template.CSS
}

// briefFinding is a line of a table of findings.
type briefFinding struct {
	Number                                                     int // 0: it is not told further down
	Oracle, Level, Tone, Row, Title, Place, Reliability, First string
}

// fullFinding is a finding with all that is known of it.
type fullFinding struct {
	briefFinding
	Accepted  bool
	Facts     []fact
	Evidence  []string
	Files     []quotation
	Reproduce string
}

// quotation is a file of a record, or its beginning.
type quotation struct{ Name, Text string }

func campaignData(dir string, c *results.Campaign, plots []Plot) (*campaignContent, error) {
	data := &campaignContent{
		Title: campaignTitle(c), Tone: outcomeTone(c.Verdict), Reasons: campaignReasons(c.Verdict), Tiles: campaignTiles(c), Did: campaignFacts(c),
		Honest: tableRows{Head: honestHead()}, HonestNote: honestNote, Layers: tableRows{Head: layerHead()}, Command: seenLine(strings.Join(c.Command, " "), 4000),
	}
	root := openRoot(dir)
	defer root.close()
	for i, f := range byValue(c.Findings) {
		if i == mostFindings {
			data.More = plural(int64(len(c.Findings)-i), "finding")
			break
		}
		full := tellFinding(root, i+1, f)
		if s := aroundText(c, f); s != "" {
			full.Facts = append(full.Facts, fact{"honest users", s})
		}
		data.Index, data.Findings = append(data.Index, full.briefFinding), append(data.Findings, full)
	}
	for _, f := range c.Doubts[:min(mostFindings, len(c.Doubts))] {
		data.Doubts = append(data.Doubts, brief(0, f))
	}
	for _, s := range spells(c.Honest) {
		data.Honest.Rows = append(data.Honest.Rows, s.cells())
	}
	for _, l := range layerRows(c) {
		data.Layers.Rows = append(data.Layers.Rows, layerCells(l))
	}
	for _, r := range c.Restarts[:min(mostFindings, len(c.Restarts))] {
		data.Restarts = append(data.Restarts, restartText(r))
	}
	var err error
	data.Figures, data.Style, err = drawAll(plots)
	return data, err
}

// outcomeTone is the colour of a verdict.
func outcomeTone(o results.Outcome) string {
	switch o.ExitCode {
	case results.ExitPass:
		return "good"
	case results.ExitFinding:
		return "bad"
	}
	return "doubt"
}

// levelTone is the colour of a level.
func levelTone(level string) string {
	switch level {
	case results.LevelMust:
		return "must"
	case results.LevelShould:
		return "should"
	}
	return "plain"
}

func campaignTiles(c *results.Campaign) []tile {
	fresh, accepted := byAcceptance(c.Findings)
	note := levelsText(fresh)
	if note == "" {
		note = "none at any level"
	}
	if len(accepted) > 0 {
		note += "; " + count(int64(len(accepted))) + " accepted"
	}
	took := seconds(c.Seconds)
	all := []tile{
		{"findings", count(int64(len(fresh))), note}, {"doubts", count(int64(len(c.Doubts))), "seen, and not confirmed"},
		{"programs", count(c.Programs), perSecond(c.Programs, took) + " over " + span(took)},
		{"edges", count(int64(c.Coverage.Edges)), "in " + plural(int64(c.Coverage.States), "state") + "; " + plural(int64(c.Coverage.Rows), "row") + " of the table"},
		{"restarts", count(int64(len(c.Restarts))), "of the server"},
	}
	for _, s := range spells(c.Honest) {
		if s.name == "under attack" && len(s.p99s) > 0 {
			all = append(all, tile{"honest p99 under attack", middle(s.p99s), "median of " + plural(int64(len(s.p99s)), "second") + "; worst " + latency(float64(s.worst))})
		}
	}
	return all
}

func brief(n int, f results.Finding) briefFinding {
	return briefFinding{n, seenLine(f.Oracle, 30), seenLine(f.Level, 20), levelTone(f.Level), seenLine(f.Row, 20), seenLine(f.Title, 300), placeText(f),
		nonEmpty(seenLine(f.Reliability, 20)), span(seconds(f.Seconds))}
}

func tellFinding(root record, n int, f results.Finding) fullFinding {
	full := fullFinding{briefFinding: brief(n, f), Accepted: f.Accepted, Reproduce: seenLine(f.Reproduce, 1000)}
	if f.Detail != "" {
		full.Facts = []fact{{"what happened", seenLine(f.Detail, 2000)}}
	}
	full.Facts = append(full.Facts, []fact{{"what is right", requirement(f)}, {"where", placeText(f)}, {"history", historyText(f)},
		{"program", sizeText(f)}, {"fingerprint", nonEmpty(seenLine(f.Fingerprint, 100))}}...)
	for _, e := range f.Evidence[:min(mostSamples, len(f.Evidence))] {
		full.Evidence = append(full.Evidence, evidenceText(e, 1000))
	}
	if f.Directory == "" {
		return full
	}
	for _, file := range []struct{ name, title string }{
		{"minimal.xp", "the smallest program that shows it"}, {"program.xp", "the program that showed it first"}, {"transcript", "transcript"}, {"server.log", "the server’s log"},
	} {
		if text, ok := root.read(f.Directory + "/" + file.name); ok {
			full.Files = append(full.Files, quotation{file.title + " (" + file.name + ", " + size(float64(text.size)) + ")", text.shown})
		}
	}
	return full
}

// record is the directory of a record from which files are quoted: none from outside it, whatever the record says.
type record struct{ root *os.Root }

// openRoot opens a directory; what cannot be opened has no files.
func openRoot(dir string) record {
	if dir == "" {
		return record{}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return record{}
	}
	return record{root}
}

func (r record) close() {
	if r.root != nil {
		r.root.Close() // it was only read
	}
}

// quoted is the beginning of a file, and how long the whole is.
type quoted struct {
	shown string
	size  int64
}

// mostQuoted is how many bytes of a file a page has.
const mostQuoted = 32 << 10

// read quotes a regular file.
func (r record) read(name string) (quoted, bool) {
	if r.root == nil {
		return quoted{}, false
	}
	info, err := r.root.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return quoted{}, false
	}
	f, err := r.root.Open(name)
	if err != nil {
		return quoted{}, false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostQuoted+1))
	if err != nil {
		return quoted{seenText(string(text), mostQuoted) + fmt.Sprintf("\n… (%v)", err), info.Size()}, true
	}
	return quoted{seenText(string(text), mostQuoted), info.Size()}, true
}
