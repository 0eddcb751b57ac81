package report

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"xmpprig/results"
)

// CSV writes runs as a table, a line for each: time, commit and branch, further labels, the conditions, and then every measure that any
// of the runs has, in its unit, empty where a run has it not. Apache Otava and spreadsheets read it. It fails only where w does.
func CSV(w io.Writer, runs ...*results.Run) error {
	labels, columns := csvLabels(runs), csvColumns(runs)
	c := csv.NewWriter(w)
	head := append([]string{"time"}, labels...)
	head = append(head, "scenario", "scenario_hash", "server", "server_version", "machine", "verdict")
	for _, m := range columns {
		head = append(head, csvColumn(m))
	}
	c.Write(head)
	for _, r := range runs {
		c.Write(csvLine(r, labels, columns))
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// csvLabels are the keys of all labels, commit and branch always.
func csvLabels(runs []*results.Run) []string {
	all := results.Labels{"commit": "", "branch": ""}
	for _, r := range runs {
		for k := range r.Labels {
			all[k] = ""
		}
	}
	return all.Keys()
}

// csvColumns are the measures that occur, in the order in which they do.
func csvColumns(runs []*results.Run) (all []results.Measure) {
	for _, r := range runs {
		for _, m := range r.Measures() {
			if !slices.ContainsFunc(all, func(c results.Measure) bool { return c.Name == m.Name }) {
				all = append(all, m)
			}
		}
	}
	return all
}

// csvColumn is the head of a measure's column: "ping_p99_in_steady_ns".
func csvColumn(m results.Measure) string {
	name := strings.Join(strings.Fields(line(m.Name, 120)), "_")
	switch m.Unit {
	case "":
		return name
	case "/s":
		return name + "_per_s"
	}
	return name + "_" + m.Unit
}

func csvLine(r *results.Run, labels []string, columns []results.Measure) []string {
	row := []string{r.Started.UTC().Format(time.RFC3339)}
	for _, k := range labels {
		row = append(row, csvText(r.Labels[k]))
	}
	for _, s := range []string{r.Scenario.Name, scenarioHash(r), r.Target.Driver, strings.TrimSpace(r.Target.Software + " " + r.Target.Version), machine(r.Environment), r.Verdict.Status} {
		row = append(row, csvText(s))
	}
	have := map[string]float64{}
	for _, m := range r.Measures() {
		have[m.Name] = m.Value
	}
	for _, m := range columns {
		cell := ""
		if v, ok := have[m.Name]; ok {
			cell = strconv.FormatFloat(v, 'f', -1, 64)
		}
		row = append(row, cell)
	}
	return row
}

// csvText is a text that no spreadsheet takes for a formula.
func csvText(s string) string {
	s = line(s, 300)
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}

// scenarioHash is of the scenario as it was run.
func scenarioHash(r *results.Run) string {
	sum := sha256.Sum256([]byte(r.Scenario.Source))
	return hex.EncodeToString(sum[:6])
}
