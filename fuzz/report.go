package fuzz

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/results"
)

// Report is what a run of Conform found. Its JSON is for machines to read.
type Report struct {
	Schema  int            `json:"schema"` // 1
	Started time.Time      `json:"started"`
	Server  Server         `json:"server"`
	Rows    []Finding      `json:"rows"`
	Counts  map[string]int `json:"counts"` // of rows, by outcome
	Crashes []Crash        `json:"crashes"`
	Verdict Verdict        `json:"verdict"`
}

// Server is what was examined.
type Server struct {
	Driver   string `json:"driver"`
	Software string `json:"software"`
	Version  string `json:"version,omitempty"`
	Address  string `json:"address"`
	Domain   string `json:"domain"`
}

// Finding is a Row as it is reported.
type Finding struct {
	Row     string         `json:"row"` // O-28
	Case    string         `json:"case"`
	Title   string         `json:"title"`
	State   string         `json:"state"`
	Outcome oracle.Outcome `json:"outcome"`
	Level   program.Level  `json:"level"`
	Seen    string         `json:"seen"`
	Reason  string         `json:"reason,omitempty"`
	Clause  string         `json:"clause"`
	Record  string         `json:"record,omitempty"` // file of the transcript
	number  int
}

// Crash is what the server's log or its end told while programs were played.
type Crash struct {
	After string `json:"after"` // the row that was played last
	Kind  string `json:"kind"`
	Text  string `json:"text"`
}

// Verdict is how the run ends.
type Verdict struct {
	Status   string           `json:"status"`
	ExitCode results.ExitCode `json:"exit_code"`
}

// NewReport begins a report.
func NewReport(s Server, started time.Time) *Report {
	return &Report{Schema: 1, Started: started.UTC(), Server: s, Rows: []Finding{}, Counts: map[string]int{}, Crashes: []Crash{},
		Verdict: Verdict{results.ExitPass.Status(), results.ExitPass}}
}

// Add takes a row over; record is the file of its transcript, empty if there is none.
func (r *Report) Add(row Row, record string) {
	p, j := row.Program, row.Judgement
	r.Rows = append(r.Rows, Finding{
		Row: fmt.Sprintf("O-%d", p.Row), Case: p.Case, Title: p.Title, State: p.State, Outcome: j.Outcome, Level: j.Level,
		Seen: j.Seen, Reason: row.Reason, Clause: p.Clause, Record: record, number: p.Row,
	})
	r.Counts[string(j.Outcome)]++
	if j.Outcome == oracle.Deviation && j.Level == program.Must {
		r.found()
	}
}

// AddCrash takes a crash over.
func (r *Report) AddCrash(c Crash) {
	r.Crashes = append(r.Crashes, c)
	r.found()
}

func (r *Report) found() { r.Verdict = Verdict{results.ExitFinding.Status(), results.ExitFinding} }

// WriteJSON writes the report as one object.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// sections are the parts of the answer table, by the last row of each.
func sections() []struct {
	last int
	name string
} {
	return []struct {
		last int
		name string
	}{
		{18, "Stream header"}, {40, "Stream and XML"}, {48, "TLS"}, {67, "SASL"}, {74, "Resource binding"}, {83, "Addressing and iq"},
		{98, "Addresses and delivery"}, {103, "Roster, order and payloads"}, {155, "Limits and extensions"},
	}
}

// WriteText writes the report as a table.
func (r *Report) WriteText(w io.Writer) error {
	fmt.Fprintf(w, "%s: %s %s, %s\n", r.Verdict.title(), r.Server.Software, r.Server.Version, r.Server.Domain)
	rest := r.Rows
	for _, s := range sections() {
		n := 0
		for n < len(rest) && rest[n].number <= s.last {
			n++
		}
		if n == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s\n", s.name)
		if err := table(w, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	for _, c := range r.Crashes {
		fmt.Fprintf(w, "\nCrash (%s), noticed after %s\n  %s\n", c.Kind, c.After, c.Text)
	}
	_, err := fmt.Fprintf(w, "\n%d programs: %d conform, %d tolerated, %d deviate (%d at MUST), %d not applicable\n", len(r.Rows),
		r.Counts[string(oracle.Conform)], r.Counts[string(oracle.Tolerated)], r.Counts[string(oracle.Deviation)], r.grave(), r.Counts[string(oracle.NotApplicable)])
	return err
}

func (r *Report) grave() (n int) {
	for _, f := range r.Rows {
		if f.Outcome == oracle.Deviation && f.Level == program.Must {
			n++
		}
	}
	return n
}

func table(w io.Writer, rows []Finding) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range rows {
		seen := f.Seen
		if f.Reason != "" && seen != "" {
			seen += " — "
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", f.Row, f.Case, f.Outcome, f.Level, f.Clause, seen+f.Reason)
	}
	return t.Flush()
}

func (v Verdict) title() string {
	if v.ExitCode == results.ExitPass {
		return "PASSED"
	}
	return "FOUND"
}
