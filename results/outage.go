package results

// Outage is a time in which more than a tenth of the sessions had lost their
// connections. Offsets count from the start of the run, as everywhere.
type Outage struct {
	AtNS     int64 `json:"at_ns"`    // when they began to go
	Sessions int   `json:"sessions"` // that were connected before
	Lowest   int   `json:"lowest"`   // the fewest that were
	// How long after AtNS so many percent were connected again, and stayed;
	// absent where that never came, or never fewer had been.
	To50NS  *int64      `json:"to_50_ns,omitempty"`
	To90NS  *int64      `json:"to_90_ns,omitempty"`
	To100NS *int64      `json:"to_100_ns,omitempty"`
	Curve   []Connected `json:"curve"`
}

// Connected is a point of the curve of an outage.
type Connected struct {
	NS       int64 `json:"ns"` // offset
	Sessions int   `json:"sessions"`
}

// Restarted is a restart of the server by the rig in the middle of a run.
type Restarted struct {
	AtNS    int64  `json:"at_ns"`    // when the old process was asked to end
	ReadyNS int64  `json:"ready_ns"` // when the new one answered
	Error   string `json:"error,omitempty"`
}
