package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"xmpprig/results"
)

// campaign is one of twenty minutes under load that found things: a crash, a smuggled stanza, a missing bound.
func campaign() *results.Campaign {
	c := &results.Campaign{
		Schema: 1, Tool: results.Tool{Name: "xmpprig", Version: "v0.2.0", Commit: "32fbdf21aa00", Go: "go1.26.8"},
		Command: []string{"xmpprig", "fuzz", "--server", "prosody", "--under", "chat", "--time", "20m"},
		Started: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC), Seconds: 1200.4, Seed: 20261124,
		Server: results.Examined{Driver: "prosody", Software: "Prosody", Version: "0.12.3", Address: "127.0.0.1:5222", Domain: "localhost"},
		Under:  "chat", Programs: 148123, Corpus: 412, Coverage: results.Coverage{States: 14, Edges: 893, Rows: 118}, RigCPU: 540.2, ServerCPU: 910.7,
		Layers: []results.LayerWork{{Layer: "order", Tried: 31200, Found: 212}, {Layer: "tree", Tried: 28012, Found: 301}, {Layer: "spelling", Tried: 30111, Found: 198},
			{Layer: "bytes", Tried: 25900, Found: 77}, {Layer: "transport", Tried: 20110, Found: 12}, {Layer: "volume", Tried: 1290, Found: 9}},
		Restarts: []results.Restart{{Seconds: 203.4, After: "p-5d21c0", Reason: "the process ended: signal 11"}, {Seconds: 871, After: "p-9a8b7c", Reason: "the process ended: signal 11"}},
		Verdict:  results.Outcome{Status: results.StatusFailed, ExitCode: results.ExitFinding, Reasons: []string{"3 findings are not in the baseline"}},
	}
	c.Findings = campaignFindings()
	c.Doubts = []results.Finding{{Fingerprint: "d0", Oracle: "neighbour", Level: "SHOULD", State: "bound", Input: "large presence", Title: "honest users waited 1.2 s", Reliability: "1/5", Seconds: 512}}
	sampleProgress(c)
	return c
}

func campaignFindings() []results.Finding {
	return []results.Finding{
		{Fingerprint: "00a1b2c3d4e5f601", Oracle: "crash", Level: "MUST", State: "negotiating TLS", Input: "end of stream in the header", Title: "the process ended on an end of stream in the header",
			Detail: "signal 11 after 3 bytes of a second stream header", Ought: "a stream error, and the server lives on", Clause: "RFC 6120 §4.9",
			Evidence:    []results.Evidence{{Event: 4, From: 0, To: 18, Text: `</stream:stream\x00>`}},
			Reliability: "5/5", Seconds: 203.1, Programs: 25012, Origin: "p-5d21c0", Size: results.Size{Operations: 14, Bytes: 2311}, Minimal: results.Size{Operations: 3, Bytes: 120},
			Directory: "findings/00a1b2c3d4e5f601", Reproduce: "xmpprig replay --server prosody runs/f/findings/00a1b2c3d4e5f601"},
		{Fingerprint: "00a1b2c3d4e5f602", Oracle: "witness", Row: "O-103", Level: "MUST", State: "bound", Input: "message with a control character", Title: "the witness received a stanza that nobody sent",
			Detail: "a message from admin@localhost reached the witness inside the body of another", Ought: "the witness receives what was sent, from whom it was sent", Clause: "RFC 6120 §8.1.2.1",
			Evidence:    []results.Evidence{{Event: 9, From: 12, To: 80, Text: `<message from='admin@localhost'><body>hi</body></message>`}, {Event: 10, From: 0, To: 4, Text: `\xff\xfe<a`}},
			Reliability: "4/5", Seconds: 640.9, Programs: 80321, Origin: "p-77aa", Size: results.Size{Operations: 9, Bytes: 800}, Minimal: results.Size{Operations: 5, Bytes: 301},
			Directory: "findings/00a1b2c3d4e5f602", Reproduce: "xmpprig replay --server prosody runs/f/findings/00a1b2c3d4e5f602"},
		{Fingerprint: "00a1b2c3d4e5f603", Oracle: "answer", Row: "O-29", Level: "SHOULD", State: "opened", Input: "comment", Title: "a comment is ignored", Ought: "restricted-xml", Clause: "RFC 6120 §11.1",
			Reliability: "5/5", Seconds: 8.2, Programs: 998, Origin: "corpus/O-29", Size: results.Size{Operations: 2, Bytes: 90}, Directory: "findings/00a1b2c3d4e5f603",
			Reproduce: "xmpprig replay --server prosody runs/f/findings/00a1b2c3d4e5f603"},
		{Fingerprint: "00a1b2c3d4e5f604", Oracle: "limit", Row: "O-104", Level: "MAY", State: "bound", Input: "attributes", Title: "there is no bound on attributes", Ought: "policy-violation at some size",
			Reliability: "5/5", Accepted: true, Seconds: 12.5, Programs: 1500, Size: results.Size{Operations: 4, Bytes: 70000}, Minimal: results.Size{Operations: 3, Bytes: 4211}, Directory: "findings/00a1b2c3d4e5f604"},
	}
}

// sampleProgress gives a campaign its seconds: attacks from 60 s on, a stall at each restart.
func sampleProgress(c *results.Campaign) {
	r := rand.New(rand.NewPCG(3, 5))
	programs := 0.0
	for s := 1; s <= 1200; s++ {
		t := float64(s)
		down := s > 203 && s < 208 || s > 871 && s < 876
		attacks := 0
		if s > 60 && s < 1170 && !down {
			attacks = int(100 + 40*math.Sin(t/90) + 15*r.NormFloat64())
		}
		programs += float64(attacks) * 1.1
		if s%5 == 0 {
			grown := 1 - math.Exp(-max(0, t-60)/240)
			found := 0
			for _, f := range c.Findings {
				if f.Seconds <= t {
					found++
				}
			}
			c.Samples = append(c.Samples, results.Progress{Seconds: t, Programs: int64(programs), Corpus: int(412 * grown), Findings: found,
				Coverage: results.Coverage{States: int(14 * math.Min(1, grown*1.6)), Edges: int(893 * grown), Rows: int(118 * math.Sqrt(grown))}})
		}
		c.Honest = append(c.Honest, honestSecond(r, s, attacks, down))
		if attacks > 0 && s%10 == 0 {
			c.Attacks = append(c.Attacks, results.Attack{From: t, To: t + .4, Program: fmt.Sprintf("p-%d", s)})
		}
	}
}

func honestSecond(r *rand.Rand, s, attacks int, down bool) results.Honest {
	if down {
		return results.Honest{Seconds: float64(s - 1), Failed: 80}
	}
	busy := 1 + float64(attacks)/60
	p50 := 2.1e6 * busy * math.Exp(.08*r.NormFloat64())
	p99 := p50 * 4 * math.Exp(.2*r.NormFloat64())
	if s > 640 && s < 646 {
		p99 *= 9
	}
	return results.Honest{Seconds: float64(s - 1), Count: int64(1100 + 60*r.NormFloat64()), P50: int64(p50), P99: int64(p99), Max: int64(p99 * (1.5 + r.Float64())), Attacks: attacks}
}

// quietCampaign found nothing, and was not under load.
func quietCampaign() *results.Campaign {
	c := campaign()
	c.Findings, c.Doubts, c.Restarts, c.Honest, c.Attacks, c.Under = nil, nil, nil, nil, nil, ""
	c.Verdict = results.Outcome{Status: results.StatusPassed}
	for i := range c.Samples {
		c.Samples[i].Findings = 0
	}
	return c
}

// crowdedCampaign has many findings, close together, and wide figures.
func crowdedCampaign() *results.Campaign {
	c := campaign()
	f := c.Findings[1]
	for i := range 60 {
		f.Seconds, f.Fingerprint, f.Directory = 100+float64(i*i%700), fmt.Sprintf("f%d", i), ""
		f.Input = "a-class-of-input-with-a-name-that-somebody-thought-about-for-too-long-" + f.Fingerprint
		c.Findings = append(c.Findings, f)
	}
	c.Programs, c.Layers[0].Tried, c.Layers[0].Layer = 2_123_456_789, 2_000_000_000, "a layer with a long name"
	return c
}

var campaigns = map[string]func() *results.Campaign{
	"found": campaign, "quiet": quietCampaign, "crowded": crowdedCampaign, "nothing": func() *results.Campaign { return &results.Campaign{} },
}

// withFindings writes into dir what the findings of a campaign left there.
func withFindings(t *testing.T, dir string, c *results.Campaign, text string) {
	t.Helper()
	for _, f := range c.Findings {
		at := filepath.Join(dir, f.Directory)
		if f.Directory == "" {
			continue
		}
		if err := os.MkdirAll(at, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"program.xp", "minimal.xp", "transcript", "server.log"} {
			if err := os.WriteFile(filepath.Join(at, name), []byte(name+" of "+f.Fingerprint+"\n"+text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
