package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// transcript is a command of the README and what it printed there.
type transcript struct {
	args []string
	want []string
}

// TestReadme runs every "$ xmpprig" of the README. Numbers may differ, and a
// line "…" stands for any number of lines.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	all := transcripts(string(text))
	if len(all) < 2 {
		t.Fatalf("the README has %d transcripts", len(all))
	}
	for _, ex := range all {
		t.Run(strings.Join(ex.args, " "), func(t *testing.T) { ex.check(t) })
	}
}

func transcripts(text string) (all []transcript) {
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		args, command := strings.CutPrefix(line, "$ xmpprig ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = false
		case command:
			inside = true
			all = append(all, transcript{args: strings.Fields(args)})
		case inside:
			last := &all[len(all)-1]
			last.want = append(last.want, line)
		}
	}
	return all
}

func (ex *transcript) check(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "xmpprig", ex.args...)
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	code := -1
	if cmd.ProcessState != nil {
		code = cmd.ProcessState.ExitCode()
	}
	found := code == 15 && len(ex.want) > 0 && strings.HasPrefix(ex.want[0], "FOUND:")
	if err != nil && code != 12 && !found { // 12: the machine is busy
		t.Fatalf("%v\n%s", err, out)
	}
	got := normal(strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"))
	if missing := unmatched(normal(ex.want), got); missing != "" {
		t.Errorf("the output has no line like this one of the README, at its place:\n%s\n\noutput:\n%s", missing, out)
	}
}

// unmatched is the first line of want that got does not have where it should.
func unmatched(want, got []string) string {
	skip := false
	for _, w := range want {
		if w == "…" {
			skip = true
			continue
		}
		i := slices.Index(got, w)
		if i < 0 || i > 0 && !skip {
			return w
		}
		got, skip = got[i+1:], false
	}
	if len(got) > 0 && !skip {
		return "(the end)"
	}
	return ""
}

var (
	number  = regexp.MustCompile(`–|[0-9][0-9,.]*( ?(ns|µs|ms|s|%|[KMG]?i?B)\b)?`)
	version = regexp.MustCompile(`loopback \S+`)
	verdict = regexp.MustCompile(`^(PASSED|GENERATOR-LIMITED):`)
	spaces  = regexp.MustCompile(` +`)
)

// normal is lines as they compare: without numbers, widths, and what a busy
// machine says about itself.
func normal(lines []string) (clean []string) {
	for _, l := range lines {
		l = verdict.ReplaceAllString(l, "VERDICT:")
		l = version.ReplaceAllString(l, "loopback VERSION")
		l = strings.TrimSuffix(l, " — GENERATOR-LIMITED, figures describe the rig")
		l = spaces.ReplaceAllString(number.ReplaceAllString(l, "#"), " ")
		clean = append(clean, strings.TrimSpace(l))
	}
	return clean
}

// TestReadmeTells holds the comparison to what it is for.
func TestReadmeTells(t *testing.T) {
	got := normal([]string{"PASSED: x", "  a   1.5 ms  –", "b", "c 2"})
	for _, c := range []struct {
		want string
		ok   bool
	}{
		{"GENERATOR-LIMITED: x\n a 12 µs  7\nb\nc 33", true},
		{"PASSED: x\n…\nc 3", true},
		{"…\nb\n…", true},
		{"PASSED: x\nb\nc 2", false},
		{"PASSED: x\n…\nd", false},
		{"PASSED: x\n…\nb", false},
		{"…\nc 2\nb", false},
	} {
		if ok := unmatched(normal(strings.Split(c.want, "\n")), got) == ""; ok != c.ok {
			t.Errorf("%q: %v, want %v", c.want, ok, c.ok)
		}
	}
}
