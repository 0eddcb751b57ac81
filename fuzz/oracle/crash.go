package oracle

import (
	"slices"
	"strings"

	"xmpprig/fuzz/program"
)

// crashes tells of failures inside the server.
func crashes(c *Case) (found []Finding) {
	logged := slices.ContainsFunc(c.Facts.Crashes, func(x Failure) bool { return !x.Exit })
	for _, x := range distinct(c.Facts.Crashes) {
		if x.Exit && logged { // the end that the log has explained
			continue
		}
		first, _, _ := strings.Cut(x.Text, "\n")
		found = append(found, Finding{Oracle: Crash, Level: program.Must, Title: x.Title, Detail: x.Kind + ": " + first,
			Ought: "no input makes the server fail inside", Clause: "RFC 6120 §4.9.3.8, §11.3"})
	}
	if c.Facts.Ended && len(c.Facts.Crashes) == 0 {
		found = append(found, Finding{Oracle: Crash, Level: program.Must, Title: "the server opens no stream any more", Detail: "the server opens no stream any more",
			Ought: "no input ends the service", Clause: "RFC 6120 §13.12"})
	}
	return found
}

// answers judges by the program's own lines.
func answers(c *Case) []Finding {
	if len(c.Program.Lines) == 0 {
		return nil
	}
	j, err := Judge(c.Program, c.Transcript)
	if err != nil || j.Outcome != Deviation { // an error: it never came to what its lines name, which other oracles tell
		return nil
	}
	f := Finding{Oracle: Answer, Level: j.Level, Title: c.Program.Name() + ": " + c.Program.Title, Detail: j.Seen, Clause: c.Program.Clause, Ought: ought(c.Program)}
	if j.Reason != "" {
		f.Detail += " — " + j.Reason
	}
	return []Finding{f}
}

// ought is what would have conformed.
func ought(p *program.Program) string {
	var all []string
	for _, l := range p.Lines {
		if l.Verdict == program.Conform {
			all = append(all, strings.TrimPrefix(l.String(), string(program.Conform)+" "))
		}
	}
	return strings.Join(all, ", or ")
}
