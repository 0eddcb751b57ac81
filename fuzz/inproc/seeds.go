package inproc

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"xmpprig/corpus"
	"xmpprig/fuzz/program"
	"xmpprig/results"
	"xmpprig/scenarios"
)

func list(texts ...string) [][]byte {
	all := make([][]byte, len(texts))
	for i, s := range texts {
		all[i] = []byte(s)
	}
	return all
}

// clientHeader and serverHeader open the streams of the seeds.
const (
	clientHeader = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>"
	serverHeader = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='localhost' id='s1' version='1.0'>"
)

// programs returns the programs of the corpus.
func programs() ([]*program.Program, error) {
	rows, err := corpus.Rows()
	if err != nil {
		return nil, err
	}
	var all []*program.Program
	for _, e := range rows {
		p, err := program.Parse(e.File, e.Text)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// streamSeeds returns, for each program of the corpus, a stream that says all that its attacker sends.
func streamSeeds() ([][]byte, error) {
	all, err := programs()
	if err != nil {
		return nil, err
	}
	var seeds [][]byte
	for _, p := range all {
		if b := stream(p); len(b) > len(clientHeader) {
			seeds = append(seeds, b)
		}
	}
	return append(seeds, list(
		clientHeader+"<message to='a@b' id='1'><body>x &amp; <![CDATA[<y>]]>&#x1F600;</body><a:x xmlns:a='urn:a' a:b=' c\td' xml:lang='en'><y/>z</a:x></message>\n<r/></stream:stream>",
		"<stream xmlns='http://etherx.jabber.org/streams' xmlns:c='jabber:server' c:x=''><c:iq/><features><c:a xmlns:c='urn:c'/></features></stream>",
		"<s:stream xmlns:s='http://etherx.jabber.org/streams'><message xmlns='jabber:client'/></s:stream>",
	)...), nil
}

func stream(p *program.Program) []byte {
	text := ""
	for _, op := range p.Ops {
		if op.Verb != program.Send || op.Actor != program.Attacker {
			continue
		}
		sent, err := program.Expand(op.Arg, func(name string) (string, bool) { return "romeo@localhost/r", true })
		if err == nil {
			text += sent
		}
	}
	if strings.HasPrefix(text, "<?xml") || strings.Contains(text, "<stream:stream") {
		return []byte(text)
	}
	return []byte(clientHeader + text)
}

func programSeeds() ([][]byte, error) {
	rows, err := corpus.Rows()
	var seeds [][]byte
	for _, e := range rows {
		seeds = append(seeds, e.Text)
	}
	return seeds, err
}

func transcriptSeeds() ([][]byte, error) {
	return list(
		"0.000000 attacker stream\n0.000012 attacker sent \"<iq/>\"\n1.500000 - mark\n1.500001 witness received \"\\x00\\u00e9\"\n",
		"0.000001 attacker learned \"attacker.jid=a@b/c\"\n2.000000 bystander ended \"EOF\"\n3.000000 witness timed-out\n3.000001 witness dropped\n",
	), nil
}

func scenarioSeeds() ([][]byte, error) {
	var seeds [][]byte
	for _, s := range scenarios.Shipped() {
		read, err := scenarios.Read(s.Name)
		if err != nil {
			return nil, err
		}
		seeds = append(seeds, read.Source, read.Print())
	}
	return seeds, nil
}

func objectiveSeeds() ([][]byte, error) {
	return list("message.delivery p99 < 250ms", "message.delivery.service max <= 2s in steady", "login p90 < 1s in login", "errors < 0.1%",
		"lost == 0", "completed >= 99.5%", "rate >= 950/s", "rate>=5700/m in p", "server.rss < 1.5GiB", "server.cpu < 1.5", "sessions >= 2000"), nil
}

// recordSeeds returns a whole record, and one of a run that was killed.
func recordSeeds() (seeds [][]byte, err error) {
	parent, err := os.MkdirTemp("", "xmpprig-seed")
	if err != nil {
		return nil, fmt.Errorf("make a seed: %w", err)
	}
	defer os.RemoveAll(parent)
	dir := filepath.Join(parent, "r")
	rec, err := results.Create(dir, results.Run{Phases: []results.Phase{{Name: "steady", Kind: "open"}}})
	if err != nil {
		return nil, fmt.Errorf("make a seed: %w", err)
	}
	series := rec.Series("ping", "steady", "response")
	for i := range 3 {
		series.Record(1000 * int64(i+1))
		if err := rec.Tick(results.Tick{At: 1e9, Phase: "steady", Metrics: []results.Metric{{Name: "offered", Value: 3}}}); err != nil {
			return nil, fmt.Errorf("make a seed: %w", err)
		}
	}
	killed, err := joinRecord(dir)
	if err != nil {
		return nil, err
	}
	if err := rec.Close(results.Run{}); err != nil {
		return nil, fmt.Errorf("make a seed: %w", err)
	}
	whole, err := joinRecord(dir)
	return [][]byte{killed, whole, []byte(`{"schema_version":1,"unfinished":true}`)}, err
}
