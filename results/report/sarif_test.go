package report

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"xmpprig/results"
)

// sarifOf decodes what was written, and fails where something that SARIF 2.1.0 or its readers require is missing.
func sarifOf[T Examination](t *testing.T, of T) (rules []string, found []map[string]any) {
	t.Helper()
	var b bytes.Buffer
	if err := SARIF(&b, of); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID               string
						ShortDescription struct{ Text string }
					}
				}
			}
			Results []map[string]any
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || !strings.HasSuffix(log.Schema, "sarif-2.1.0.json") || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name == "" ||
		log.Runs[0].Results == nil || log.Runs[0].Tool.Driver.Rules == nil {
		t.Fatalf("not a SARIF log:\n%s", &b)
	}
	for _, r := range log.Runs[0].Tool.Driver.Rules {
		if r.ID == "" || r.ShortDescription.Text == "" {
			t.Errorf("rule %+v", r)
		}
		rules = append(rules, r.ID)
	}
	for _, r := range log.Runs[0].Results {
		checkResult(t, rules, r)
	}
	return rules, log.Runs[0].Results
}

func checkResult(t *testing.T, rules []string, r map[string]any) {
	t.Helper()
	if at := int(r["ruleIndex"].(float64)); at >= len(rules) || rules[at] != r["ruleId"] {
		t.Errorf("the rule %v is not at %d of %v", r["ruleId"], at, rules)
	}
	if text, _ := field(r, "message", "text").(string); text == "" {
		t.Errorf("no message in %v", r)
	}
	if f, _ := field(r, "partialFingerprints", "xmpprig/v1").(string); f == "" {
		t.Errorf("no fingerprint in %v", r)
	}
	place := r["locations"].([]any)[0].(map[string]any)
	uri, _ := field(place, "physicalLocation", "artifactLocation", "uri").(string)
	if u, err := url.Parse(uri); err != nil || uri == "" || u.IsAbs() || strings.HasPrefix(uri, "/") || strings.Contains(uri, "..") {
		t.Errorf("the place %q is not within the record: %v", uri, err)
	}
	if field(place, "physicalLocation", "region", "startLine") != 1.0 {
		t.Errorf("no line in %v", place)
	}
}

func field(v any, names ...string) any {
	for _, n := range names {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[n]
	}
	return v
}

func TestCampaignSARIF(t *testing.T) {
	rules, found := sarifOf(t, campaign())
	if got := strings.Join(rules, " "); got != "oracle/crash O-103 O-29 O-104" {
		t.Errorf("rules %s", got)
	}
	for i, want := range []struct{ level, uri string }{
		{"error", "findings/00a1b2c3d4e5f601/minimal.xp"}, {"error", "findings/00a1b2c3d4e5f602/minimal.xp"},
		{"warning", "findings/00a1b2c3d4e5f603/program.xp"}, {"note", "findings/00a1b2c3d4e5f604/minimal.xp"},
	} {
		r := found[i]
		uri := field(r["locations"].([]any)[0], "physicalLocation", "artifactLocation", "uri")
		_, suppressed := r["suppressions"]
		if r["level"] != want.level || uri != want.uri || suppressed != (i == 3) {
			t.Errorf("%d: level %v, place %v, suppressed %v, want %v", i, r["level"], uri, suppressed, want)
		}
	}
	if _, found := sarifOf(t, &results.Campaign{}); len(found) != 0 {
		t.Errorf("%d results of nothing", len(found))
	}
	escaping := campaign()
	escaping.Findings[0].Directory = "../../etc"
	escaping.Findings[1].Directory = "https://example.org/x"
	sarifOf(t, escaping)
}

func TestConformanceSARIF(t *testing.T) {
	rules, found := sarifOf(t, examination())
	if got := strings.Join(rules, " "); got != "O-29 O-103 oracle/crash" || len(found) != 3 {
		t.Errorf("rules %s, %d results", got, len(found))
	}
	uri := field(found[1]["locations"].([]any)[0], "physicalLocation", "artifactLocation", "uri")
	if found[0]["level"] != "warning" || found[1]["level"] != "error" || uri != "O-103-unmodified.xp" {
		t.Errorf("%v %v", uri, found)
	}
}
