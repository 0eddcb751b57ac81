package results

import "time"

// ConformanceFile is the file of a record that holds a Conformance.
const ConformanceFile = "conform.json"

// ConformanceSchema is the version of conform.json. Additions keep it; a change of meaning raises it.
const ConformanceSchema = 1

// Outcomes of a row.
const (
	RowConform       = "conform"        // as the specification says
	RowTolerated     = "tolerated"      // otherwise, and harmless
	RowDeviation     = "deviation"      // against a requirement of the row's level
	RowNotApplicable = "not-applicable" // the server does not offer what the row is about
)

// Conformance is how a server did in the table of required answers: conform.json of a record.
type Conformance struct {
	Schema  int            `json:"schema"` // 1
	Tool    Tool           `json:"tool,omitzero"`
	Started time.Time      `json:"started"`
	Seconds float64        `json:"seconds,omitempty"` // that it took
	Server  Examined       `json:"server"`
	Rows    []Judged       `json:"rows"`
	Counts  map[string]int `json:"counts"` // of rows, by outcome
	Crashes []Breakdown    `json:"crashes"`
	Verdict Outcome        `json:"verdict"`
}

// Judged is one row of the table, and how the server did.
type Judged struct {
	Row     string `json:"row"` // O-28
	Case    string `json:"case"`
	Title   string `json:"title"`
	State   string `json:"state"`
	Outcome string `json:"outcome"`
	Level   string `json:"level"` // of the requirement, and so of a deviation from it
	Seen    string `json:"seen"`
	Reason  string `json:"reason,omitempty"` // why it is not applicable, or a deviation beyond what was seen
	Clause  string `json:"clause"`
	Record  string `json:"record,omitempty"` // file of the transcript
}

// Breakdown is what a server's log or its end told while programs were played.
type Breakdown struct {
	After string `json:"after"` // the row that was played last
	Kind  string `json:"kind"`
	Text  string `json:"text"`
}

// NewConformance begins an examination. Without a deviation from a MUST and without a crash it is passed.
func NewConformance(tool Tool, server Examined, started time.Time) *Conformance {
	return &Conformance{
		Schema: ConformanceSchema, Tool: tool, Started: started.UTC(), Server: server, Rows: []Judged{}, Counts: map[string]int{},
		Crashes: []Breakdown{}, Verdict: Outcome{Status: ExitPass.Status(), ExitCode: ExitPass},
	}
}

// Add takes a row over.
func (c *Conformance) Add(row Judged) {
	c.Rows = append(c.Rows, row)
	c.Counts[row.Outcome]++
	if row.Grave() {
		c.found()
	}
}

// AddCrash takes a crash over.
func (c *Conformance) AddCrash(b Breakdown) {
	c.Crashes = append(c.Crashes, b)
	c.found()
}

func (c *Conformance) found() {
	c.Verdict = Outcome{Status: ExitFinding.Status(), ExitCode: ExitFinding}
}

// Grave says whether the row deviates from a MUST.
func (j Judged) Grave() bool { return j.Outcome == RowDeviation && j.Level == LevelMust }

// WriteConformance writes conform.json into dir at one stroke.
func WriteConformance(dir string, c *Conformance) error {
	return writeObject(dir, ConformanceFile, c)
}

// ReadConformance reads conform.json of dir, with the errors of ReadCampaign.
func ReadConformance(dir string) (*Conformance, error) {
	c := &Conformance{}
	if err := readObject(dir, ConformanceFile, ConformanceSchema, c); err != nil {
		return nil, err
	}
	return c, nil
}
