package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"xmpprig/results"
)

// hostileFinding has a text wherever a finding takes one.
func hostileFinding(text string) results.Finding {
	return results.Finding{Fingerprint: text, Oracle: text, Row: text, Level: text, State: text, Input: text, Title: text, Detail: text, Ought: text, Clause: text,
		Evidence: []results.Evidence{{Text: text}}, Reliability: text, Origin: text, Directory: text, Reproduce: text}
}

func hostileCampaign(text string) *results.Campaign {
	c := campaign()
	c.Tool, c.Command = results.Tool{Name: text, Version: text, Commit: text, Go: text}, []string{text}
	c.Server, c.Under = results.Examined{Driver: text, Software: text, Version: text, Address: text, Domain: text}, text
	c.Layers = append(c.Layers, results.LayerWork{Layer: text, Tried: 1})
	accepted := hostileFinding(text)
	accepted.Accepted = true
	c.Findings = append(c.Findings, hostileFinding(text), accepted)
	c.Findings[0].Detail = text
	c.Doubts, c.Restarts = []results.Finding{hostileFinding(text)}, []results.Restart{{After: text, Reason: text}}
	c.Attacks = []results.Attack{{Program: text, Finding: text}}
	c.Verdict = results.Outcome{Status: text, ExitCode: 99, Reasons: []string{text}}
	return c
}

func hostileExamination(text string) *results.Conformance {
	c := examination()
	c.Tool, c.Server = results.Tool{Name: text, Version: text}, results.Examined{Driver: text, Software: text, Version: text, Address: text, Domain: text}
	for _, outcome := range []string{results.RowConform, results.RowTolerated, results.RowDeviation, results.RowNotApplicable, text} {
		c.Rows = append(c.Rows, results.Judged{Row: text, Case: text, Title: text, State: text, Outcome: outcome, Level: text, Seen: text, Reason: text, Clause: text, Record: text})
	}
	c.Crashes = append(c.Crashes, results.Breakdown{After: text, Kind: text, Text: text})
	c.Verdict = results.Outcome{Status: text, ExitCode: 99}
	return c
}

// harmless fails where a character is in an output that a terminal or a browser may obey.
func harmless(t *testing.T, what, output string) {
	t.Helper()
	if !utf8.ValidString(output) {
		t.Errorf("%s is not UTF-8", what)
	}
	for _, r := range output {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || reorders(r) || r == 0xFFFE {
			t.Errorf("%s holds %q", what, r)
			return
		}
	}
}

func TestHostileCampaignIsHarmless(t *testing.T) {
	for _, text := range []string{
		"\x1b[31mred\x1b]0;owned\x07", "<script>alert(1)</script>", "a\x00b", "\xff\xfe\xc0\xaf", "]]><x/>", "\u202eevil\u2028", "</style></pre><img src=x onerror=alert(1)>",
		"\"' onload='alert(1)", "{{.Title}}", "&#0;&lt;", "\ufffe\U0010ffff\ud7ff", "-->", "line\r\n\tindented",
	} {
		c, e := hostileCampaign(text), hostileExamination(text)
		outputs := map[string]func(*bytes.Buffer) error{
			"campaign text":  func(b *bytes.Buffer) error { return CampaignText(b, c) },
			"campaign page":  func(b *bytes.Buffer) error { return CampaignHTML(b, quotable(t, c, text), c) },
			"campaign SARIF": func(b *bytes.Buffer) error { return SARIF(b, c) },
			"campaign JUnit": func(b *bytes.Buffer) error { return JUnit(b, c) },
			"campaign JSON":  func(b *bytes.Buffer) error { return CampaignJSON(b, c) },
			"conform text":   func(b *bytes.Buffer) error { return ConformanceText(b, e) },
			"conform page":   func(b *bytes.Buffer) error { return ConformanceHTML(b, "", e) },
			"conform SARIF":  func(b *bytes.Buffer) error { return SARIF(b, e) },
			"conform JUnit":  func(b *bytes.Buffer) error { return JUnit(b, e) },
			"conform JSON":   func(b *bytes.Buffer) error { return ConformanceJSON(b, e) },
		}
		for what, write := range outputs {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatalf("%s of %q: %v", what, text, err)
			}
			harmless(t, what+" of "+text, b.String())
			switch {
			case strings.HasSuffix(what, "page"):
				offline(t, b.String())
				if strings.Contains(b.String(), "<img") {
					t.Errorf("%s: %q is an element", what, text)
				}
			case strings.HasSuffix(what, "SARIF"), strings.HasSuffix(what, "JSON"):
				if !json.Valid(b.Bytes()) {
					t.Errorf("%s of %q is not JSON", what, text)
				}
			}
		}
		sarifOf(t, c)
		sarifOf(t, e)
		junitOf(t, c)
		junitOf(t, e)
		for _, p := range CampaignPlots(c) {
			var b strings.Builder
			if err := p.SVG(&b); err != nil {
				t.Fatal(err)
			}
			wellFormed(t, b.String())
			harmless(t, p.Name, b.String())
		}
	}
}

// quotable writes files with a text for the findings of a campaign, and returns their record.
func quotable(t *testing.T, c *results.Campaign, text string) string {
	dir := t.TempDir()
	for _, f := range c.Findings[:4] {
		if err := os.MkdirAll(filepath.Join(dir, f.Directory), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"program.xp", "minimal.xp", "transcript", "server.log"} {
			if err := os.WriteFile(filepath.Join(dir, f.Directory, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// TestHostileBytesStayVisible wants hostile bytes to be told, not only left out.
func TestHostileBytesStayVisible(t *testing.T) {
	c, e := hostileCampaign("\x1b[31m\x00\xff"), hostileExamination("\x1b[31m\x00\xff")
	const want = `\x1b[31m\x00\xff`
	var all [6]bytes.Buffer
	for i, err := range []error{CampaignText(&all[0], c), CampaignHTML(&all[1], "", c), JUnit(&all[2], c), ConformanceText(&all[3], e), ConformanceHTML(&all[4], "", e), JUnit(&all[5], e)} {
		if err != nil || !strings.Contains(all[i].String(), want) {
			t.Errorf("%d: %v, no %s", i, err, want)
		}
	}
	_, found := sarifOf(t, c)
	if !slices.ContainsFunc(found, func(r map[string]any) bool {
		text, _ := field(r, "message", "text").(string)
		return strings.Contains(text, want)
	}) {
		t.Error("SARIF does not show it")
	}
}
