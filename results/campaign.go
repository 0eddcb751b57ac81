package results

import "time"

// Campaign is what a fuzzing campaign did and found: campaign.json of a record.
type Campaign struct {
	Schema    int         `json:"schema"` // 1
	Tool      Tool        `json:"tool"`
	Command   []string    `json:"command"`
	Started   time.Time   `json:"started"`
	Seconds   float64     `json:"seconds"` // that it took, those before it was resumed included
	Seed      uint64      `json:"seed"`
	Server    Examined    `json:"server"`
	Under     string      `json:"under,omitempty"` // scenario of the honest users; empty: there were none
	Programs  int64       `json:"programs"`        // played, confirmations and cuts included
	Corpus    int         `json:"corpus"`          // programs that showed something new
	Coverage  Coverage    `json:"coverage"`
	RigCPU    float64     `json:"rig_cpu_seconds"`    // CPU time of this process
	ServerCPU float64     `json:"server_cpu_seconds"` // and of the server's
	Layers    []LayerWork `json:"layers"`             // of mutation
	Samples   []Progress  `json:"samples"`            // how it went, in time
	Findings  []Finding   `json:"findings"`           // confirmed, in the order of their value
	Doubts    []Finding   `json:"doubts"`             // seen, and not confirmed
	Restarts  []Restart   `json:"restarts"`
	Attacks   []Attack    `json:"attacks,omitempty"` // under load: when what was played
	Honest    []Honest    `json:"honest,omitempty"`  // under load: how the honest users fared
	Verdict   Outcome     `json:"verdict"`
}

// Examined is a server that was sent hostile input.
type Examined struct {
	Driver   string `json:"driver"`
	Software string `json:"software"`
	Version  string `json:"version,omitempty"`
	Address  string `json:"address"`
	Domain   string `json:"domain"`
}

// Coverage is how much of what a server can show was seen.
type Coverage struct {
	States int `json:"states"` // of streams
	Edges  int `json:"edges"`  // state, class of input, answer
	Rows   int `json:"rows"`   // of the table of required answers
}

// LayerWork is what one layer of mutation was tried for, and what it found: new edges and findings.
type LayerWork struct {
	Layer string `json:"layer"`
	Tried int64  `json:"tried"`
	Found int64  `json:"found"`
}

// Progress is how far a campaign was at a time.
type Progress struct {
	Seconds  float64 `json:"t_s"`
	Programs int64   `json:"programs"`
	Corpus   int     `json:"corpus"`
	Findings int     `json:"findings"`
	Coverage
}

// Finding is something that a server did and should not have done.
type Finding struct {
	Fingerprint string     `json:"fingerprint"` // the same across runs and versions
	Oracle      string     `json:"oracle"`
	Row         string     `json:"row,omitempty"` // O-103
	Level       string     `json:"level"`         // MUST, SHOULD or MAY
	State       string     `json:"state"`         // of the attacker's stream
	Input       string     `json:"input"`         // the class of what was sent
	Title       string     `json:"title"`
	Detail      string     `json:"detail"`
	Ought       string     `json:"ought"` // what would have been right
	Clause      string     `json:"clause,omitempty"`
	Evidence    []Evidence `json:"evidence,omitempty"` // of the transcript
	Reliability string     `json:"reliability"`        // 5/5: how often of how many times it was seen again
	Accepted    bool       `json:"accepted,omitempty"` // it stands in the baseline
	Seconds     float64    `json:"t_s"`                // when it was first seen
	Programs    int64      `json:"programs"`           // how many had been played then
	Origin      string     `json:"origin"`             // the program that showed it
	Size        Size       `json:"size"`               // of that program
	Minimal     Size       `json:"minimal"`            // of the smallest that still shows it
	Directory   string     `json:"directory,omitempty"`
	Reproduce   string     `json:"reproduce,omitempty"` // the command that shows it again
}

// Evidence is some bytes of one event of a transcript; hostile ones, so they are escaped as in a Go string.
type Evidence struct {
	Event int    `json:"event"` // from 0
	From  int    `json:"from"`
	To    int    `json:"to"`
	Text  string `json:"text"`
}

// Size is how large a program is.
type Size struct {
	Operations int `json:"operations"`
	Bytes      int `json:"bytes"` // of its text
}

// Restart is a server that had to be started again.
type Restart struct {
	Seconds float64 `json:"t_s"`
	After   string  `json:"after"` // the program before
	Reason  string  `json:"reason"`
}

// Attack is when a program was played.
type Attack struct {
	From    float64 `json:"from_s"`
	To      float64 `json:"to_s"`
	Program string  `json:"program"`
	Finding string  `json:"finding,omitempty"` // fingerprint; of several, that of the first
}

// Honest is how the honest users fared in one second.
type Honest struct {
	Seconds float64 `json:"t_s"`   // when it began; negative before the campaign did
	Count   int64   `json:"count"` // answers
	P50     int64   `json:"p50_ns"`
	P99     int64   `json:"p99_ns"`
	Max     int64   `json:"max_ns"`
	Failed  int64   `json:"failed"`  // errors
	Attacks int     `json:"attacks"` // programs that were played in it
}

// Outcome is how a campaign, an examination or a comparison ends.
type Outcome struct {
	Status   string   `json:"status"`
	ExitCode ExitCode `json:"exit_code"` // as which the command ended; of several sides, what this one adds to the worst of all
	Reasons  []string `json:"reasons,omitempty"`
}
