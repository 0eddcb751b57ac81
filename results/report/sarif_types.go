package report

import (
	"cmp"
	"strings"

	"xmpprig/results"
)

// What follows is the part of SARIF 2.1.0 that we write.

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Details     sarifDetails      `json:"automationDetails"` // tells the runs of one project apart
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID    string     `json:"id"`
	Short sarifText  `json:"shortDescription"`
	Help  *sarifText `json:"help,omitempty"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifDetails struct {
	ID string `json:"id"`
}

type sarifInvocation struct {
	Successful bool `json:"executionSuccessful"`
	ExitCode   int  `json:"exitCode"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	Properties   map[string]string  `json:"properties,omitempty"`
}

type sarifLocation struct {
	Physical sarifPlace `json:"physicalLocation"`
}

type sarifPlace struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

func newSARIF(t results.Tool, verb string, s results.Examined, o results.Outcome) sarifRun {
	complete := o.ExitCode == results.ExitPass || o.ExitCode == results.ExitFinding
	software := strings.ReplaceAll(seenLine(cmp.Or(s.Software, s.Driver, "server"), 60), "/", "-")
	return sarifRun{
		Tool:        sarifTool{sarifDriver{Name: cmp.Or(seenLine(t.Name, 60), "xmpprig"), Version: seenLine(t.Version, 60), Rules: []sarifRule{}}},
		Details:     sarifDetails{"xmpprig/" + verb + "/" + software + "/"},
		Invocations: []sarifInvocation{{complete, int(o.ExitCode)}}, Results: []sarifResult{},
	}
}

// add adds a result, and its rule where that is new.
func (r *sarifRun) add(rule sarifRule, result sarifResult) {
	rules := &r.Tool.Driver.Rules
	at := 0
	for at < len(*rules) && (*rules)[at].ID != rule.ID {
		at++
	}
	if at == len(*rules) {
		*rules = append(*rules, rule)
	}
	result.RuleID, result.RuleIndex = rule.ID, at
	r.Results = append(r.Results, result)
}
