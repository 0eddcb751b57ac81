package report

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"xmpprig/results"
)

// section is a part of the table of required answers, with the rows of it that were asked.
type section struct {
	last int // row
	name string
	rows []results.Judged
}

// sections divides rows, in their order, among the parts of the table; parts without a row are left out.
func sections(rows []results.Judged) []section {
	all := []section{
		{18, "Stream header", nil}, {40, "Stream and XML", nil}, {48, "TLS", nil}, {67, "SASL", nil}, {74, "Resource binding", nil},
		{83, "Addressing and iq", nil}, {98, "Addresses and delivery", nil}, {103, "Roster, order and payloads", nil},
		{155, "Limits and extensions", nil}, {1 << 31, "Other rows", nil},
	}
	for _, r := range rows {
		at := 0
		for at < len(all)-1 && rowNumber(r.Row) > all[at].last {
			at++
		}
		all[at].rows = append(all[at].rows, r)
	}
	used := all[:0]
	for _, s := range all {
		if len(s.rows) > 0 {
			used = append(used, s)
		}
	}
	return used
}

// rowNumber is the number in O-28; what is no such name comes last.
func rowNumber(row string) int {
	n, err := strconv.ParseUint(strings.TrimPrefix(row, "O-"), 10, 16)
	if err != nil {
		return 1 << 30
	}
	return int(n)
}

// ConformanceText writes an examination for a terminal: the verdict, the rows by section, crashes, counts.
// It fails only where w does.
func ConformanceText(w io.Writer, c *results.Conformance) error {
	var b strings.Builder
	b.WriteString(conformTitle(c) + "\n")
	for _, s := range sections(c.Rows) {
		fmt.Fprintf(&b, "\n%s\n", s.name)
		if err := rowTable(&b, s.rows); err != nil {
			return err
		}
	}
	for _, x := range c.Crashes {
		fmt.Fprintf(&b, "\nCrash (%s), noticed after %s\n", seenLine(x.Kind, 60), seenLine(x.After, 60))
		b.WriteString("  " + strings.ReplaceAll(strings.TrimSpace(seenText(x.Text, mostCrash)), "\n", "\n  ") + "\n")
	}
	b.WriteString("\n" + conformCounts(c) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func rowTable(w io.Writer, rows []results.Judged) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", seenLine(r.Row, 20), seenLine(r.Case, 60), seenLine(r.Outcome, 20), seenLine(r.Level, 20),
			seenLine(r.Clause, 80), seenAndWhy(r))
	}
	return t.Flush()
}

// seenAndWhy is what was seen in a row, and what else there is to say.
func seenAndWhy(r results.Judged) string {
	seen := r.Seen
	if r.Reason != "" && seen != "" {
		seen += " — "
	}
	return seenLine(seen+r.Reason, 2000)
}

func conformTitle(c *results.Conformance) string {
	return outcomeWord(c.Verdict) + ": " + examinedName(c.Server)
}

// examinedName is a server's software, and the domain that it was asked for.
func examinedName(s results.Examined) string {
	name := seenLine(strings.TrimSpace(cmp.Or(s.Software, s.Driver, s.Address)+" "+s.Version), 80)
	return nonEmpty(name) + ", " + nonEmpty(seenLine(s.Domain, 80))
}

// outcomeWord is the verdict in one word, or a few.
func outcomeWord(o results.Outcome) string {
	switch o.ExitCode {
	case results.ExitPass:
		return "PASSED"
	case results.ExitFinding:
		return "FOUND"
	}
	return strings.ToUpper(seenLine(cmp.Or(o.Status, o.ExitCode.String()), 40))
}

func conformCounts(c *results.Conformance) string {
	n := countRows(c.Rows)
	return fmt.Sprintf("%d programs: %d conform, %d tolerated, %d deviate (%d at MUST), %d not applicable",
		len(c.Rows), n[results.RowConform], n[results.RowTolerated], n[results.RowDeviation], graveRows(c.Rows), n[results.RowNotApplicable])
}

// countRows counts rows by outcome.
func countRows(rows []results.Judged) map[string]int {
	n := map[string]int{}
	for _, r := range rows {
		n[r.Outcome]++
	}
	return n
}

func graveRows(rows []results.Judged) (n int) {
	for _, r := range rows {
		if r.Grave() {
			n++
		}
	}
	return n
}
