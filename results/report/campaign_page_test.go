package report

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xmpprig/results"
)

// offline fails where a page refers to anything but a place in itself, or runs something.
func offline(t *testing.T, source string) {
	t.Helper()
	wellFormed(t, source)
	d := xml.NewDecoder(strings.NewReader(source))
	d.Entity = xml.HTMLEntity
	for token, err := d.Token(); err == nil; token, err = d.Token() {
		start, _ := token.(xml.StartElement)
		for _, a := range start.Attr {
			name := strings.ToLower(a.Name.Local)
			if strings.HasPrefix(name, "on") || name == "style" || slices.Contains([]string{"src", "srcset", "action", "href"}, name) && !strings.HasPrefix(a.Value, "#f") {
				t.Errorf("the page has %s=%q", name, a.Value)
			}
		}
	}
	if strings.Contains(source, "<script") || strings.Contains(source, "ZgotmplZ") || strings.Contains(source[:strings.Index(source, "<body")], "url(") {
		t.Error("the page holds a script, or a text in a place where it is not safe")
	}
}

func TestCampaignFiles(t *testing.T) {
	for name, make := range campaigns {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if *pictures != "" {
				dir = filepath.Join(*pictures, "campaign-"+name)
			}
			c := make()
			withFindings(t, dir, c, "line\n")
			if err := CampaignFiles(dir, c); err != nil {
				t.Fatal(err)
			}
			page, err := os.ReadFile(filepath.Join(dir, "fuzz.html"))
			if err != nil || len(page) > 2<<20 {
				t.Errorf("%d bytes, %v", len(page), err)
			}
			offline(t, string(page))
			for _, p := range CampaignPlots(c) {
				for _, end := range []string{".svg", ".png"} {
					if info, err := os.Stat(filepath.Join(dir, "plots", p.Name+end)); err != nil || info.Size() == 0 {
						t.Errorf("%s%s: %v", p.Name, end, err)
					}
				}
			}
			if name == "found" && strings.Count(string(page), "minimal.xp of 00a1b2c3d4e5f60") != 4 {
				t.Error("not every minimal program is quoted")
			}
		})
	}
}

func TestConformanceFiles(t *testing.T) {
	dir := t.TempDir()
	if *pictures != "" {
		dir = filepath.Join(*pictures, "conform")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"O-029-comment.transcript", "O-103-unmodified.transcript", "O-103-unmodified.xp"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("0.001 attacker sent |<message/>|\n"+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := ConformanceFiles(dir, examination()); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "conform.html"))
	if err != nil {
		t.Fatal(err)
	}
	offline(t, string(page))
	for _, want := range []string{`<tr class="not-applicable"><td>O-110</td>`, "O-103-unmodified.xp (", "attacker sent |&lt;message/&gt;|", "#show-deviation:checked", ">2 deviations<", ">all 6<"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if strings.Count(string(page), "<details>") != 3 {
		t.Error("a transcript is missing")
	}
}

// TestPagesQuoteNothingFromOutside plants links and paths that lead out of the record, and a pipe.
func TestPagesQuoteNothingFromOutside(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	for _, name := range []string{"program.xp", "secret.transcript"} {
		if err := os.WriteFile(filepath.Join(outside, name), []byte("TOP SECRET"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link(outside, "findings/a")
	link(filepath.Join(outside, "program.xp"), "findings/b/program.xp")
	link(filepath.Join(outside, "secret.transcript"), "secret.transcript")
	up, err := filepath.Rel(dir, outside)
	if err != nil {
		t.Fatal(err)
	}
	c := &results.Campaign{}
	for _, d := range []string{"findings/a", "findings/b", outside, up, "findings/../" + up, "\x00", strings.Repeat("x/", 9000)} {
		c.Findings = append(c.Findings, results.Finding{Directory: d})
	}
	e := examination()
	e.Rows[2].Record = filepath.Join(outside, "secret.transcript")
	var b bytes.Buffer
	if err := CampaignHTML(&b, dir, c); err != nil {
		t.Fatal(err)
	}
	if err := ConformanceHTML(&b, dir, e); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "SECRET") {
		t.Error("a page quotes a file from outside the record")
	}
}
