package report

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"xmpprig/results"
)

// junitOf decodes what was written, and fails where a character is in it that XML 1.0 forbids.
func junitOf[T Examination | *results.Comparison](t *testing.T, of T) junitSuites {
	t.Helper()
	var b bytes.Buffer
	if err := JUnit(&b, of); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r < 0x20 && r != '\n' && r != '\t' && r != '\r' || r >= 0xD800 && r <= 0xDFFF || r == 0xFFFE || r == 0xFFFF || r == 0x7f {
			t.Errorf("%q is in the XML", r)
		}
	}
	var all junitSuites
	if err := xml.Unmarshal(b.Bytes(), &all); err != nil {
		t.Fatalf("%v\n%s", err, &b)
	}
	return all
}

func TestCampaignJUnit(t *testing.T) {
	all := junitOf(t, campaign())
	if len(all.Suites) != 15 || all.Tests != 15 || all.Failures != 3 || all.Skipped != 1 || all.Time != "1200.400" {
		t.Errorf("%d suites, %d tests, %d failures, %d skipped, %s s", len(all.Suites), all.Tests, all.Failures, all.Skipped, all.Time)
	}
	first := all.Suites[0]
	if first.Name != "crash" || first.Failures != 1 || first.Cases[0].Failure.Type != "MUST" || !strings.Contains(first.Cases[0].Failure.Text, "xmpprig replay") || len(first.Properties) < 8 {
		t.Errorf("%+v", first)
	}
	if quiet := junitOf(t, quietCampaign()); quiet.Tests != 15 || quiet.Failures != 0 {
		t.Errorf("a quiet campaign has %d tests, %d failures", quiet.Tests, quiet.Failures)
	}
	odd := &results.Campaign{Findings: []results.Finding{{Oracle: "new-one"}}}
	if all := junitOf(t, odd); all.Suites[15].Name != "new-one" || all.Failures != 1 {
		t.Errorf("an oracle that is not known: %+v", all.Suites[15])
	}
}

func TestConformanceJUnit(t *testing.T) {
	all := junitOf(t, examination())
	if all.Tests != 7 || all.Failures != 3 || all.Skipped != 1 {
		t.Errorf("%d tests, %d failures, %d skipped", all.Tests, all.Failures, all.Skipped)
	}
	for _, s := range all.Suites {
		if s.Name == "Addresses and delivery" && (s.Failures != 0 || s.Cases[0].Out == "") {
			t.Errorf("a tolerated row: %+v", s)
		}
	}
}
