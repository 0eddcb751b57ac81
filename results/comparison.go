package results

// Comparison says how runs of a head do beside runs of a base: comparison.json. The run is what is counted: n runs are n observations,
// however many messages each sent.
type Comparison struct {
	Schema   int        `json:"schema"` // 1
	Tool     Tool       `json:"tool"`
	Command  []string   `json:"command,omitempty"`
	Paired   bool       `json:"paired"` // run i of the base and of the head ran one after the other
	Alpha    float64    `json:"alpha"`  // error rate of all gated metrics together
	Base     Side       `json:"base"`
	Head     Side       `json:"head"`
	Metrics  []Compared `json:"metrics"`
	Shift    []Shift    `json:"shift,omitempty"`    // of the headline series; it describes, and decides nothing
	Warnings []string   `json:"warnings,omitempty"` // what speaks against the comparison, and was passed over
	Left     []string   `json:"left_out,omitempty"` // runs and metrics that could not be counted, and why
	Verdict  Outcome    `json:"verdict"`
}

// Side is the base or the head.
type Side struct {
	Name    string   `json:"name"` // what tells it from the other
	Server  string   `json:"server"`
	Records []string `json:"records"`
}

// Compared is one metric on both sides. A ratio is head by base; where Difference is set, base and head are subtracted instead: shares
// that may be zero. Interval holds the true value with probability 1 − alpha, for this metric alone.
type Compared struct {
	Metric     string    `json:"metric"`
	Unit       string    `json:"unit"`   // ns, /s, %, B, or empty: a number
	Higher     bool      `json:"higher"` // is better
	Gated      bool      `json:"gated"`  // it has a say in the verdict
	Difference bool      `json:"difference,omitempty"`
	Base       []float64 `json:"base"`
	Head       []float64 `json:"head"`
	BaseMedian float64   `json:"base_median"`
	HeadMedian float64   `json:"head_median"`
	Effect     float64   `json:"effect"` // Hodges–Lehmann estimate: ratio − 1, or the difference
	Low        float64   `json:"low"`    // of the interval, as Effect
	High       float64   `json:"high"`
	P          float64   `json:"p"`          // two-sided: Wilcoxon's signed ranks of pairs, Mann and Whitney's U else
	Adjusted   float64   `json:"p_adjusted"` // by Holm, over the gated metrics
	Delta      float64   `json:"cliffs_delta"`
	Floor      float64   `json:"floor"`          // what is smaller does not matter, as Effect
	Sees       float64   `json:"sees,omitempty"` // the smallest change that so many runs would find in nine of ten comparisons; 0: not known, or none
	Verdict    string    `json:"verdict"`
	Reason     string    `json:"reason"`
}

// Values of Compared.Verdict; those of a Comparison are the worst of its gated metrics.
const (
	Regression   = "regression"
	Improvement  = "improvement"
	Same         = "no difference" // larger than the floor
	Undecided    = "inconclusive"
	Insufficient = "insufficient" // too few runs to show anything
)

// Shift is how much longer one quantile of all times of the head together takes than of the base.
type Shift struct {
	Percentile float64 `json:"percentile"`
	BaseNS     int64   `json:"base_ns"`
	HeadNS     int64   `json:"head_ns"`
}

// Noise says what differences a number of runs can see, from runs of one and the same thing.
type Noise struct {
	Schema  int      `json:"schema"` // 1
	Tool    Tool     `json:"tool"`
	Paired  bool     `json:"paired"`
	Alpha   float64  `json:"alpha"`
	Power   float64  `json:"power"` // with which an effect is to be found
	Wanted  float64  `json:"wanted"`
	Runs    Side     `json:"runs"`
	Metrics []Noisy  `json:"metrics"`
	Left    []string `json:"left_out,omitempty"`
}

// Noisy is how much one gated metric differs from run to run.
type Noisy struct {
	Metric  string       `json:"metric"`
	Unit    string       `json:"unit"`
	N       int          `json:"n"`
	Median  float64      `json:"median"`
	SD      float64      `json:"sd"`      // from run to run, of the logarithm: 0.03 is 3 %
	SDHigh  float64      `json:"sd_high"` // that it is hardly above, as so few runs can tell (80 %)
	Seen    []Detectable `json:"seen"`
	Needed  int          `json:"needed"`  // runs a side that find the wanted effect; 0: more than are looked at
	Differs bool         `json:"differs"` // the runs are of one thing, and were told apart all the same
}

// Detectable is the smallest effect that so many runs a side find.
type Detectable struct {
	Runs   int     `json:"runs"`
	Effect float64 `json:"effect"` // 0: none that is looked at
}
