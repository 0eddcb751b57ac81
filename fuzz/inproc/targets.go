package inproc

// Target is one function to fuzz.
type Target struct {
	Name  string
	Holds string // what it claims
	Fuzz  func(data []byte) int
	Seeds func() ([][]byte, error)
}

// Targets returns all targets.
func Targets() []Target {
	return []Target{
		{"FuzzStreamActions", "what wire scans does not depend on chunks or on what was scanned before a reset", FuzzStreamActions, actionSeeds},
		{"FuzzRoundTrip", "what wire appends means what it has scanned", FuzzRoundTrip, streamSeeds},
		{"FuzzDiffParser", "encoding/xml reads what wire reads", FuzzDiffParser, streamSeeds},
		{"FuzzJID", "printed addresses parse to themselves, and as mellium parses them", FuzzJID, jidSeeds},
		{"FuzzSCRAM", "a client answers exactly the valid challenges, and believes only a server that knows the password", FuzzSCRAM, scramSeeds},
		{"FuzzSASLToken", "a client takes exactly the SASL data that is base64", FuzzSASLToken, tokenSeeds},
		{"FuzzClient", "whatever a server says, a session ends with a typed error and has written well-formed streams", FuzzClient, clientSeeds},
		{"FuzzProgram", "printed programs parse to themselves", FuzzProgram, programSeeds},
		{"FuzzTranscript", "printed transcripts parse to themselves", FuzzTranscript, transcriptSeeds},
		{"FuzzShrink", "a program that was shrunk shows the same and is no larger", FuzzShrink, programSeeds},
		{"FuzzScenario", "printed scenarios parse to themselves; errors name their place", FuzzScenario, scenarioSeeds},
		{"FuzzObjective", "printed objectives parse to themselves; errors name their place", FuzzObjective, objectiveSeeds},
		{"FuzzRecord", "any record opens or is refused, in bounded memory", FuzzRecord, recordSeeds},
		{"FuzzMellium", "a client of mellium.im/xmpp outlives whatever a server says", FuzzMellium, melliumSeeds},
		{"FuzzMelliumJID", "addresses that mellium.im/xmpp prints parse to themselves", FuzzMelliumJID, jidSeeds},
	}
}

// require panics when a property is broken. The text must be a constant.
func require(holds bool, broken string) {
	if !holds {
		panic(broken)
	}
}

// score is what a target returns.
func score(worthMore bool) int {
	if worthMore {
		return 1
	}
	return 0
}
