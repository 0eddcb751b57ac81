package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/spf13/pflag"
)

// TestCIFilesParse reads the files for CI systems, and has a shell read the scripts in them.
func TestCIFilesParse(t *testing.T) {
	var action struct {
		Runs struct {
			Using string
			Steps []struct{ Name, Uses, Run, Shell string }
		}
		Inputs map[string]struct{ Description string }
	}
	readYAML(t, "../../.github/actions/xmpprig/action.yml", &action)
	if action.Runs.Using != "composite" || len(action.Runs.Steps) < 4 {
		t.Fatalf("%+v", action)
	}
	used := string(read(t, "../../.github/actions/xmpprig/action.yml"))
	for name, input := range action.Inputs {
		if input.Description == "" || !strings.Contains(used, "inputs."+name+" ") {
			t.Errorf("the input %s is not described, or not used", name)
		}
	}
	for _, s := range action.Runs.Steps {
		if s.Uses == "" && (s.Shell != "bash" || strings.Contains(s.Run, "${{")) {
			t.Errorf("the step %q has no shell, or a text of others in its script", s.Name)
		}
		shellReads(t, s.Name, s.Run)
	}
	var gitlab map[string]struct{ Script, Before []string }
	readYAML(t, "../../.gitlab/xmpprig.yml", &gitlab)
	job, ok := gitlab[".xmpprig-compare"]
	if !ok {
		t.Fatalf("%v", gitlab)
	}
	shellReads(t, "GitLab", strings.Join(job.Script, "\n"))
	shellReads(t, ".ci/compare", string(read(t, "../../.ci/compare")))
}

// TestCIDocs reads the YAML of the recipes, and checks that every flag of ours in recipes and scripts is one.
func TestCIDocs(t *testing.T) {
	doc := string(read(t, "../docs/ci.md"))
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(doc, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of YAML", len(blocks))
	}
	for _, b := range blocks {
		var any map[string]any
		if err := yaml.Unmarshal([]byte(b[1]), &any); err != nil || len(any) == 0 {
			t.Errorf("%v\n%s", err, b[1])
		}
	}
	known := map[string]bool{}
	for _, c := range commands() {
		f := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
		c.setup(f)
		f.VisitAll(func(f *pflag.Flag) { known["--"+f.Name] = true })
	}
	n := 0
	ours := regexp.MustCompile(`(?m)^ *(?:"?\$rig"?|xmpprig) .*(?:\\\n.*)*`).FindAllString(doc+string(read(t, "../../.ci/compare")), -1)
	for _, command := range ours {
		for _, flag := range regexp.MustCompile(`--[a-z][a-z-]+`).FindAllString(command, -1) {
			if n++; !known[flag] {
				t.Errorf("there is no %s in: %s", flag, command)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d flags found in %q", n, ours)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	if err := yaml.NewDecoder(bytes.NewReader(read(t, name))).Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// shellReads has bash read a script without running it.
func shellReads(t *testing.T, name, script string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-n")
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v %s", name, err, out)
	}
}
