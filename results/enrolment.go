package results

// Enrolment accounts for the accounts that a run made in-band (XEP-0077). What was
// made and neither removed nor left was held when the record was written: of a run
// that was killed, {run} in the scenario's pattern of names is Run.
type Enrolment struct {
	Run      string   `json:"run"` // the word that stands for {run} in names
	Made     int64    `json:"made"`
	Refused  int64    `json:"refused"` // not made, as the server would not
	Removed  int64    `json:"removed"`
	Left     []string `json:"left,omitempty"`      // addresses of those that could not be removed
	LeftMore int64    `json:"left_more,omitempty"` // how many more than are named
}
