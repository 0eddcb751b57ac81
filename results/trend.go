package results

import "time"

// TrendFile is the file that holds a Trend.
const TrendFile = "trend.json"

// TrendSchema is the version of trend.json. Additions keep it; a change of meaning raises it.
const TrendSchema = 1

// Trend is the content of trend.json: how the figures of a server moved from run to run, and where they stepped.
type Trend struct {
	Schema    int       `json:"schema"`
	Tool      Tool      `json:"tool"`
	MinEffect float64   `json:"min_effect"` // the smallest step that is told, as a part of the level before it
	Alpha     float64   `json:"alpha"`      // the chance that a history without a step shows one, for each metric
	Last      int       `json:"last"`       // a step this many records from the newest, or fewer, is a recent one
	Histories []History `json:"histories"`
	LeftOut   []LeftOut `json:"left_out"`
	Verdict   Verdict   `json:"verdict"` // with the exit code that it has on demand: 11 where a metric's newest step is recent and a regression
}

// History is runs under the same conditions, by when they were started.
type History struct {
	Scenario   string        `json:"scenario"`
	Source     string        `json:"scenario_hash"` // of the scenario as it was run: sha256 of Scenario.Source
	Server     string        `json:"server"`        // driver, and how it was reached
	Machine    string        `json:"machine"`
	Differs    []string      `json:"differs,omitempty"` // in what its conditions differ from those of the first history
	Records    []TrendRecord `json:"records"`
	Metrics    []TrendMetric `json:"metrics"`
	TooShort   bool          `json:"too_short,omitempty"` // there are fewer records than it takes to see a step
	FewestRuns int           `json:"fewest_records"`      // that it takes
}

// TrendRecord is one run of a history.
type TrendRecord struct {
	Dir     string    `json:"dir"`
	Started time.Time `json:"started"`
	Labels  Labels    `json:"labels,omitempty"`
	Version string    `json:"server_version,omitempty"`
	Rig     string    `json:"tool_version,omitempty"` // of xmpprig, whose own changes may show as steps
}

// TrendMetric is one figure over the records of a history.
type TrendMetric struct {
	Name     string     `json:"name"`
	Unit     string     `json:"unit"`
	Better   string     `json:"better"`
	Values   []*float64 `json:"values"`           // one for each record; null where a run does not have it
	Noise    float64    `json:"noise"`            // standard deviation from run to run, as a part of the level
	Memory   float64    `json:"memory"`           // how much one run's deviation carries over to the next, 0…1
	Segments []Segment  `json:"segments"`         // between the steps
	Changes  []Change   `json:"changes"`          // the steps
	Reason   string     `json:"reason,omitempty"` // why it was not judged
	Count    int        `json:"count"`            // how many of Values there are
}

// Segment is a stretch of records without a step.
type Segment struct {
	From  int     `json:"from"`  // index of the first record
	To    int     `json:"to"`    // and of the one behind the last
	Level float64 `json:"level"` // geometric mean of its values, with outliers drawn in
	Count int     `json:"count"` // of values
}

// Change is a step from one level to another.
type Change struct {
	At         int     `json:"at"`    // index of the first record of the new level
	After      int     `json:"after"` // and of the last of the old one
	From       float64 `json:"level_before"`
	To         float64 `json:"level_after"`
	Effect     float64 `json:"effect"` // To ÷ From − 1
	Low        float64 `json:"effect_low"`
	High       float64 `json:"effect_high"` // Low…High is the 95 % confidence interval of Effect
	Before     int     `json:"n_before"`    // values on either side, up to the next step
	Behind     int     `json:"n_after"`
	P          float64 `json:"p"` // chance of such a step anywhere between its neighbours where there is none
	Regression bool    `json:"regression"`
	Recent     bool    `json:"recent"`
}

// LeftOut is a record that belongs to no history.
type LeftOut struct {
	Dir    string `json:"dir"`
	Reason string `json:"reason"`
}

// WriteTrend writes trend.json into dir at one stroke.
func WriteTrend(dir string, t *Trend) error { return writeObject(dir, TrendFile, t.Listed()) }

// ReadTrend reads trend.json of dir. Its errors are an *AbsentError, a *NewerError, a *FormatError or of the disk.
func ReadTrend(dir string) (*Trend, error) {
	t := &Trend{}
	if err := readObject(dir, TrendFile, TrendSchema, t); err != nil {
		return nil, err
	}
	return t, t.check()
}

// check refuses indices that lead nowhere.
func (t *Trend) check() error {
	for i := range t.Histories {
		h := &t.Histories[i]
		for _, m := range h.Metrics {
			n := len(h.Records)
			bad := len(m.Values) != n
			for _, c := range m.Changes {
				bad = bad || c.At < 0 || c.At >= n || c.After < 0 || c.After >= n
			}
			for _, s := range m.Segments {
				bad = bad || s.From < 0 || s.From >= s.To || s.To > n
			}
			if bad {
				return &FormatError{TrendFile, "a metric does not fit the records of its history"}
			}
		}
	}
	return nil
}

// Listed is the trend as it is written: with its Schema, and no list null.
func (t *Trend) Listed() *Trend {
	l := *t
	l.Schema = TrendSchema
	l.Histories = append([]History{}, t.Histories...)
	orEmpty(&l.LeftOut)
	orEmpty(&l.Verdict.Reasons)
	for i := range l.Histories {
		h := &l.Histories[i]
		orEmpty(&h.Records)
		h.Metrics = append([]TrendMetric{}, h.Metrics...)
		for k := range h.Metrics {
			orEmpty(&h.Metrics[k].Values)
			orEmpty(&h.Metrics[k].Segments)
			orEmpty(&h.Metrics[k].Changes)
		}
	}
	return &l
}
