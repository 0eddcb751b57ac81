package report

import (
	"bytes"
	"encoding/json"
	"testing"

	"xmpprig/results"
)

// FuzzCampaign renders whatever a campaign.json may hold: nothing panics, SARIF is JSON, JUnit is XML, and nothing is for a
// terminal to obey.
func FuzzCampaign(f *testing.F) {
	for _, c := range []*results.Campaign{campaign(), quietCampaign(), hostileCampaign("\x1b]0;\x00\xff]]>")} {
		c.Samples, c.Honest, c.Attacks = c.Samples[:min(3, len(c.Samples))], c.Honest[:min(3, len(c.Honest))], nil
		text, err := json.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var c results.Campaign
		if json.Unmarshal(text, &c) != nil {
			return
		}
		var b bytes.Buffer
		if err := CampaignText(&b, &c); err != nil {
			t.Fatal(err)
		}
		harmless(t, "text", b.String())
		b.Reset()
		if err := SARIF(&b, &c); err != nil || !json.Valid(b.Bytes()) {
			t.Fatalf("%v\n%s", err, &b)
		}
		junitOf(t, &c)
		b.Reset()
		if err := campaignPage(&b, "", &c, nil); err != nil { // pictures take too long here
			t.Fatal(err)
		}
		harmless(t, "page", b.String())
		offline(t, b.String())
	})
}

// FuzzConformance does the same with what a conform.json may hold.
func FuzzConformance(f *testing.F) {
	for _, c := range []*results.Conformance{examination(), hostileExamination("\x1b]0;\x00\xff]]>")} {
		text, err := json.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var c results.Conformance
		if json.Unmarshal(text, &c) != nil {
			return
		}
		var b bytes.Buffer
		if err := ConformanceText(&b, &c); err != nil {
			t.Fatal(err)
		}
		if err := ConformanceHTML(&b, "", &c); err != nil {
			t.Fatal(err)
		}
		harmless(t, "text and page", b.String())
		b.Reset()
		if err := SARIF(&b, &c); err != nil || !json.Valid(b.Bytes()) {
			t.Fatalf("%v\n%s", err, &b)
		}
		junitOf(t, &c)
	})
}
