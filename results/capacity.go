package results

import "time"

// Capacity says how much a server sustained within its objectives, and what ran out first: capacity.json. What is varied is a load in
// Unit: arrivals, logins or sessions.
type Capacity struct {
	Schema      int         `json:"schema"` // 1
	Tool        Tool        `json:"tool"`
	Command     []string    `json:"command,omitempty"`
	Started     time.Time   `json:"started"`
	ElapsedNS   int64       `json:"elapsed_ns"`
	Seed        uint64      `json:"seed"` // of the first trial; each later one has the next
	Scenario    Scenario    `json:"scenario"`
	Target      Target      `json:"target"`
	Environment Environment `json:"environment"`
	Vary        string      `json:"vary"`   // rate, login, sessions
	Unit        string      `json:"unit"`   // of loads: "/s" or " sessions"
	Series      string      `json:"series"` // whose times are in the trials
	Objectives  []string    `json:"objectives"`
	Assumed     bool        `json:"objectives_assumed,omitempty"` // the scenario had none, nor the command line
	Within      float64     `json:"within"`                       // how near the answer is to be: 0.05 is 5 %
	TrialNS     int64       `json:"trial_ns"`                     // measured in each trial
	ConfirmNS   int64       `json:"confirm_ns"`
	PerSession  float64     `json:"rate_per_session,omitempty"` // arrivals a second that one session stands for

	Trials   []Trial  `json:"trials"` // in the order in which they were made
	Answer   Answer   `json:"answer"`
	RanOut   []RanOut `json:"ran_out"` // what was short at the border, the likeliest first
	USL      *USL     `json:"usl,omitempty"`
	NoUSL    string   `json:"no_usl,omitempty"` // why there is no fit
	Knee     *Knee    `json:"knee,omitempty"`
	Needs    *Needs   `json:"needs,omitempty"`
	Verdict  Verdict  `json:"verdict"`
	Warnings []string `json:"warnings,omitempty"`

	Unfinished bool `json:"unfinished,omitempty"` // the search goes on, or was killed
}

// Classes of a trial.
const (
	TrialPassed  = "passed"
	TrialMissed  = "missed"            // an objective was missed, or the server did not keep up, or turned sessions away
	TrialLimited = "generator-limited" // the rig was the limit, so this says nothing of the server
	TrialFailed  = "failed"            // it could not be made, or the server died
)

// Kinds of a trial.
const (
	TrialSearch  = "search"
	TrialConfirm = "confirm"
	TrialRecover = "recover" // low load at the end, to see a server that goes on running be well again
)

// Trial is one run at one load. Times are of the series that Capacity names, over the measured phases; 0 where it has too few samples.
type Trial struct {
	N         int     `json:"n"` // its record is trials/NNN
	Kind      string  `json:"kind"`
	Load      float64 `json:"load"`
	Repeat    int     `json:"repeat"` // how many trials at this load came before
	Seed      uint64  `json:"seed"`
	Class     string  `json:"class"`
	Clear     bool    `json:"clear"`  // by so wide a margin that once is enough
	Reason    string  `json:"reason"` // in words
	LengthNS  int64   `json:"length_ns"`
	Sessions  int64   `json:"sessions"`
	Refused   int64   `json:"refused"`                    // sessions that did not come up
	Offered   float64 `json:"offered_s"`                  // arrivals a second that came due
	Achieved  float64 `json:"achieved_s"`                 // that were completed, while as many more came due
	KeptUp    float64 `json:"kept_up"`                    // share of what came due, less what the backlog grew by
	Growth    float64 `json:"backlog_s"`                  // that the backlog grew by each second
	Errors    int64   `json:"errors"`                     // of all classes
	Series    int64   `json:"samples"`                    // answers that the times are of
	MeanNS    float64 `json:"mean_ns"`                    // response time
	P50NS     int64   `json:"p50_ns"`                     // response time
	P99NS     int64   `json:"p99_ns"`                     // response time
	ServiceNS int64   `json:"service_ns"`                 // median of what was answered − sent
	LagP99NS  int64   `json:"lag_p99_ns"`                 // of the rig
	RigCPU    float64 `json:"rig_cpu"`                    // share of the CPUs that it may use
	RigCPUs   float64 `json:"rig_cpus"`                   // CPUs that it did use
	Others    float64 `json:"others_cpus"`                // CPUs that others used on the machine of both; negative: not known
	Observed  bool    `json:"observed"`                   // whether the server's cost could be seen
	ServerCPU float64 `json:"server_cpus"`                // CPUs in use
	Thread    float64 `json:"server_busiest_thread"`      // share of a CPU that its busiest thread used; 0: not known
	Full      float64 `json:"server_busiest_thread_full"` // share of the seconds in which a thread used all of one
	Waiting   float64 `json:"server_waiting_threads"`     // threads that were ready and had no CPU, on average
	ServerMem int64   `json:"server_rss_bytes"`
	MemBefore int64   `json:"server_rss_before_bytes"` // before the first login
	MemLogin  int64   `json:"server_rss_login_bytes"`  // after the last
	ServerFDs int64   `json:"server_fds"`
	Stanzas   float64 `json:"stanzas_s"` // in and out of the rig, a second
}

// Answer is the outcome of a search. The truth lies between Load, the highest load that passed, and Missed, the lowest that did not.
type Answer struct {
	Load      float64 `json:"load"`   // 0: none passed
	Missed    float64 `json:"missed"` // 0: none missed
	AtLeast   bool    `json:"at_least"`
	Limited   bool    `json:"generator_limited"` // what ended the search was the rig; Missed is then the load at which it did
	Confirmed float64 `json:"confirmed"`         // the load of the longer run that passed; 0: none did
	Stop      string  `json:"stop"`              // why the search ended, in words
	Text      string  `json:"text"`              // the whole answer in a sentence
}

// RanOut is a resource that was short, or was not.
type RanOut struct {
	What  string `json:"what"` // server CPU, server memory, descriptors, sessions, queue, machine CPU, rig CPU, rig lag
	Text  string `json:"text"` // in words, with the numbers
	Short bool   `json:"short"`
}

// USL is a fit of the Universal Scalability Law, X(N) = λN / (1 + σ(N−1) + κN(N−1)). N is sessions where these are varied, else how much
// was under way on average, by Little's law. X is in arrivals a second. The intervals hold the truth with probability 0.95, as far as
// resampling of the points can tell.
type USL struct {
	Points   int        `json:"points"`
	LargestN float64    `json:"largest_n"` // no prediction beyond twice this
	Lambda   float64    `json:"lambda"`
	Sigma    float64    `json:"sigma"`
	Kappa    float64    `json:"kappa"`
	LambdaCI [2]float64 `json:"lambda_interval"`
	SigmaCI  [2]float64 `json:"sigma_interval"`
	KappaCI  [2]float64 `json:"kappa_interval"`
	PeakN    float64    `json:"peak_n,omitempty"` // √((1−σ)/κ); 0 unless κ is surely above zero
	R2       float64    `json:"r2"`
	Remark   string     `json:"remark"` // what the fit does not say
	Curve    []USLPoint `json:"curve"`  // to draw
}

// USLPoint is the fitted throughput at an N, with its band.
type USLPoint struct {
	N    float64 `json:"n"`
	X    float64 `json:"x"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Knee is where the 99th percentile begins to rise faster than the load (Kneedle).
type Knee struct {
	Load  float64 `json:"load"`
	P99NS int64   `json:"p99_ns"`
}

// Needs says what a server needs for a number of users.
type Needs struct {
	Basis  []string `json:"basis"` // what the figures are worked out from
	Range  string   `json:"range"` // where they may be trusted
	Rows   []Need   `json:"rows"`
	UpTo   float64  `json:"up_to_users"`
	Absent string   `json:"absent,omitempty"` // why there are no rows
}

// Need is one row: each figure with half the width of its interval (95 %). A figure below zero is not known.
type Need struct {
	Users     float64 `json:"users"`
	Rate      float64 `json:"rate"` // arrivals a second of all of them
	CPUs      float64 `json:"cpus"`
	CPUsPM    float64 `json:"cpus_pm"`
	Memory    float64 `json:"memory_bytes"`
	MemoryPM  float64 `json:"memory_pm_bytes"`
	FDs       float64 `json:"fds"`
	Sustained bool    `json:"sustained"` // at most what the search found to be sustained
}
