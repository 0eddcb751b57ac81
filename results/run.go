package results

import "time"

// SchemaVersion is the version of run.json. Additions keep it; a change of
// meaning raises it.
const SchemaVersion = 1

// Run is the content of run.json: everything about one run but its
// intervals, which are in latency.hlog and series.csv. Times named _ns are
// nanoseconds; offsets count from Started.
type Run struct {
	Schema      int          `json:"schema_version"`
	Tool        Tool         `json:"tool"`
	Started     time.Time    `json:"started"`
	ElapsedNS   int64        `json:"elapsed_ns"`
	Command     []string     `json:"command"` // secrets masked
	Labels      Labels       `json:"labels,omitempty"`
	Seed        uint64       `json:"seed"`
	PlanHash    string       `json:"plan_hash"` // of the schedule, users, pairs and sizes that the seed gave
	Repeat      *Repeat      `json:"repeat,omitempty"`
	Scenario    Scenario     `json:"scenario"`
	Target      Target       `json:"target"`
	Environment Environment  `json:"environment"`
	Sessions    Sessions     `json:"sessions"`
	Logins      *Logins      `json:"logins,omitempty"` // nil where they have but one kind
	Phases      []Phase      `json:"phases"`
	Series      []Series     `json:"series"`
	Ledger      Ledger       `json:"ledger"`
	Rooms       *Rooms       `json:"rooms,omitempty"`      // nil: the scenario has none
	Federation  *Federation  `json:"federation,omitempty"` // nil: the rig had no streams with servers
	Enrolment   *Enrolment   `json:"enrolment,omitempty"`  // nil: no accounts were made
	Outages     []Outage     `json:"outages,omitempty"`
	Restarts    []Restarted  `json:"restarts,omitempty"`
	Errors      []ErrorClass `json:"errors"`
	Generator   Generator    `json:"generator"`
	Server      Server       `json:"server"`
	Objectives  []Objective  `json:"objectives"`
	Verdict     Verdict      `json:"verdict"`
	Unfinished  bool         `json:"unfinished,omitempty"` // the recorder has not closed the record, or was killed before it could
}

// Repeat is the place of a run among others that were made with it.
type Repeat struct {
	Number int    `json:"number"`          // of the run or, in pairs, of the pair; from 1
	Of     int    `json:"of"`              // as many were meant to be made; 0: until it was sure
	Side   string `json:"side,omitempty"`  // base or head
	First  bool   `json:"first,omitempty"` // it ran before the other of its pair
}

// Tool says which program made the record.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
}

// Scenario is the scenario as it was run: the command line's changes are in Source, but not in the file that SHA256 is of.
type Scenario struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Source string `json:"source"` // the resolved scenario as YAML, passwords masked
}

// Target is the server under test and how it was reached.
type Target struct {
	Driver    string   `json:"driver"` // loopback, prosody, ejabberd, jabberd2, remote
	Software  string   `json:"software,omitempty"`
	Version   string   `json:"version,omitempty"`
	Address   string   `json:"address"`
	Domain    string   `json:"domain"`
	Transport string   `json:"transport,omitempty"`  // empty: tcp; websocket or bosh
	TLS       string   `json:"tls"`                  // none, starttls, direct
	ALPN      string   `json:"alpn,omitempty"`       // the protocol that client and server agreed on within TLS (XEP-0368)
	TLSResume bool     `json:"tls_resume,omitempty"` // sessions of TLS are resumed where the server lets them
	Verified  bool     `json:"tls_verified"`
	Login     string   `json:"login"`     // as negotiated: SASL, or SASL2 and what came with it
	Mechanism string   `json:"mechanism"` // as negotiated
	Accounts  string   `json:"accounts"`  // how the accounts came to be: "real, SCRAM-SHA-256 in the server's store"
	KeyCache  bool     `json:"scram_key_cache"`
	Elsewhere string   `json:"elsewhere,omitempty"` // where every second user was at home, in words; empty: there
	Faults    []string `json:"faults,omitempty"`    // what the loopback server was told to do wrong
	Config    string   `json:"config,omitempty"`    // what was added to its configuration
	Offered   *Offered `json:"offered,omitempty"`

	KeysRenewed int64 `json:"scram_keys_renewed,omitempty"` // logins that had SCRAM keys derived though the user's were cached: the salt had changed
}

// Environment is the machine that made the load.
type Environment struct {
	OS          string  `json:"os"`
	Arch        string  `json:"arch"`
	Kernel      string  `json:"kernel,omitempty"`
	CPUModel    string  `json:"cpu_model,omitempty"`
	CPUs        int     `json:"cpus"`
	CPUQuota    float64 `json:"cpu_quota"` // CPUs this process may use
	MemoryBytes int64   `json:"memory_bytes"`
	OpenFiles   int64   `json:"open_files_limit"`
}

// Sessions counts sessions over the run.
type Sessions struct {
	Wanted int   `json:"wanted"`
	Peak   int64 `json:"peak"`
	Opened int64 `json:"opened"` // logins that succeeded, reconnects included
	Failed int64 `json:"failed"` // logins that did not
	Lost   int64 `json:"lost"`   // connections that ended without being asked to

	Resumed       int64 `json:"resumed,omitempty"`        // of those opened: they went on with a session that had lost its connection (XEP-0198)
	ResumesFailed int64 `json:"resumes_failed,omitempty"` // of those opened: they were to do so, and the server refused

	Reconnected int64 `json:"reconnected,omitempty"` // sessions that logged in again after such a loss, where they are to
}

// Phase kinds.
const (
	PhaseLogin  = "login"
	PhaseWarmUp = "warm-up"
	PhaseOpen   = "open"
	PhaseClosed = "closed"
	PhaseDrain  = "drain"
)

// Phase is one stretch of the run. Offered = Completed + Failed + Dropped
// once the phase has drained.
type Phase struct {
	Name      string  `json:"name"`
	Kind      string  `json:"kind"`
	StartNS   int64   `json:"start_ns"`
	EndNS     int64   `json:"end_ns"`
	Rate      float64 `json:"rate,omitempty"` // arrivals a second the phase asked for, on average; 0 in closed phases
	Offered   int64   `json:"offered"`        // arrivals that came due, or iterations begun in a closed phase
	Completed int64   `json:"completed"`
	Failed    int64   `json:"failed"`
	Dropped   int64   `json:"dropped"` // came due and were never begun

	Errors int64 `json:"errors,omitempty"` // of sessions while the phase was theirs; those of ErrorClass, by phase
}

// Kinds of series.
const (
	Response = "response" // answered − due: the headline
	Service  = "service"  // answered − sent
	Lag      = "lag"      // sent − due: the rig's own error
)

// Series is one histogram of the run. A percentile is absent where fewer
// than ten samples lie beyond it.
type Series struct {
	Name    string  `json:"name"` // the step, such as "ping", "message", "login", "login.tls"
	Phase   string  `json:"phase"`
	Kind    string  `json:"kind"`
	Count   int64   `json:"count"`
	MinNS   int64   `json:"min_ns"`
	MeanNS  float64 `json:"mean_ns"`
	P50NS   *int64  `json:"p50_ns,omitempty"`
	P90NS   *int64  `json:"p90_ns,omitempty"`
	P99NS   *int64  `json:"p99_ns,omitempty"`
	P999NS  *int64  `json:"p999_ns,omitempty"`
	MaxNS   int64   `json:"max_ns"`
	Clipped int64   `json:"clipped"` // beyond the histogram's range, counted in its last bucket
	HDR     string  `json:"hdr"`     // HdrHistogram V2 compressed, base64

	Negative int64 `json:"negative,omitempty"` // below zero, counted as 0: a clock went backwards
}

// Ledger accounts for every message of the run. One to a room counts once for each delivery that it was owed (Rooms).
type Ledger struct {
	Sent         int64          `json:"sent"`
	Delivered    int64          `json:"delivered"` // distinct messages that reached their recipient
	Lost         int64          `json:"lost"`      // not delivered when the drain was over
	Duplicated   int64          `json:"duplicated"`
	Reordered    int64          `json:"reordered"`                   // delivered after a later one of the same pair
	Misdelivered int64          `json:"misdelivered"`                // reached somebody else
	Refused      int64          `json:"refused"`                     // answered with an error stanza, and so not lost
	Carbons      int64          `json:"carbons,omitempty"`           // copies for other sessions of sender and recipient (XEP-0280), none of the above
	Managed      *ManagedLedger `json:"stream_management,omitempty"` // where the sessions have it
	Archived     int64          `json:"archived,omitempty"`          // messages that archives returned
	Offline      int64          `json:"offline,omitempty"`           // of those delivered, to a recipient who had been away when they were sent
	Held         int64          `json:"held,omitempty"`              // neither delivered nor lost: the recipient was away when the run ended, and the server keeps it
	MetEnd       int64          `json:"met_end,omitempty"`           // neither delivered nor lost: sent when the recipient was closing its stream, at most a second before it began to, and dropped
	MetReturn    int64          `json:"met_return,omitempty"`        // neither delivered nor lost: sent to a recipient who was away, within a second of when that one came back
	Receipts     *Receipts      `json:"receipts,omitempty"`          // that messages asked for
	Nodes        []Node         `json:"nodes,omitempty"`             // of what was published
	Devices      *Devices       `json:"devices,omitempty"`           // where users have several sessions
	Uploads      *Uploads       `json:"uploads,omitempty"`           // files put over HTTP; nil: none were to be
	Samples      []LedgerSample `json:"samples,omitempty"`
}

// Receipts accounts for receipts (XEP-0184) and markers (XEP-0333), which are no
// messages of the ledger.
type Receipts struct {
	Asked    int64 `json:"asked"`
	Returned int64 `json:"returned"`
}

// Node accounts for the notifications of what was published on all nodes of a
// name. Expected = Delivered + Lost.
type Node struct {
	Name       string `json:"name"`
	Published  int64  `json:"published"`  // items that the server took
	Expected   int64  `json:"expected"`   // notifications: one for each who watched when the item was sent
	Delivered  int64  `json:"delivered"`  // of those
	Lost       int64  `json:"lost"`       // of those, when the drain was over
	Duplicated int64  `json:"duplicated"` // further ones of an item; that a server repeats the newest on presence does not count
	Unexpected int64  `json:"unexpected"` // to those of whom the rig did not know that they watch
}

// ManagedLedger accounts for messages of sessions with stream management
// (XEP-0198).
type ManagedLedger struct {
	Acked     int64 `json:"acked"`      // that the server acknowledged to their sender
	AckedLost int64 `json:"acked_lost"` // of these, lost
	Resent    int64 `json:"resent"`     // sent again when their sender's session was resumed

	DuplicatedAfterResume int64 `json:"duplicated_after_resume"` // of those duplicated: sent again, or to a session that had been resumed
	LostAfterResume       int64 `json:"lost_after_resume"`       // of those lost: sent again, or by or to a session that had been resumed
}

// LedgerSample is one message with something wrong about it.
type LedgerSample struct {
	What string `json:"what"` // lost, duplicated, reordered, misdelivered, refused
	ID   string `json:"id"`
	From string `json:"from"`
	To   string `json:"to"`
	At   string `json:"at,omitempty"` // who got it, where misdelivered
}

// ErrorClass counts the errors of one class; the classes are a closed list
// (see loadgen). Text is kept only as examples.
type ErrorClass struct {
	Class   string   `json:"class"`
	Count   int64    `json:"count"`
	FirstNS int64    `json:"first_ns"`
	Samples []string `json:"samples,omitempty"`
}

// Generator is the rig's own health.
type Generator struct {
	Limited    bool     `json:"limited"`
	Reasons    []string `json:"reasons,omitempty"`
	CPUMean    float64  `json:"cpu_mean"` // share of the quota over the measured phases, 0…1
	CPUMax     float64  `json:"cpu_max"`
	CPULimit   float64  `json:"cpu_limit"` // share beyond which the rig counts as the limit
	CPUPerMsg  int64    `json:"cpu_ns_per_stanza"`
	LagP99NS   int64    `json:"lag_p99_ns"`
	LagLimitNS int64    `json:"lag_limit_ns"` // likewise; 0 while the run goes on
	SchedP99NS int64    `json:"sched_p99_ns"` // Go scheduler latency
	GCPauseNS  int64    `json:"gc_pause_max_ns"`
	RSSPeak    int64    `json:"rss_peak_bytes"`
	FDPeak     int64    `json:"fd_peak"`
	BytesIn    int64    `json:"bytes_in"`
	BytesOut   int64    `json:"bytes_out"`
	StanzasIn  int64    `json:"stanzas_in"`
	StanzasOut int64    `json:"stanzas_out"`
}

// Server is what the server under test cost, where it can be seen.
type Server struct {
	Observed        bool    `json:"observed"`
	CPUMean         float64 `json:"cpu_mean"` // CPUs in use over the measured phases
	CPUMax          float64 `json:"cpu_max"`
	CPUPerMsgNS     int64   `json:"cpu_ns_per_stanza"` // over the measured phases, stanzas in and out of the server
	RSSBefore       int64   `json:"rss_before_bytes"`  // before the first login
	RSSAfterLogin   int64   `json:"rss_after_login_bytes"`
	RSSPeak         int64   `json:"rss_peak_bytes"`
	BytesPerSession int64   `json:"bytes_per_session"`
	ThreadsPeak     int64   `json:"threads_peak"`
	ThreadMean      float64 `json:"busiest_thread_mean"`  // share of a CPU that the busiest thread used in each second, over the measured phases; 0: not known
	ThreadFull      float64 `json:"busiest_thread_full"`  // share of these seconds in which a thread used all of one
	WaitingMean     float64 `json:"waiting_threads_mean"` // threads that were ready and had no CPU, on average
	FDPeak          int64   `json:"fd_peak"`

	Own       []OwnFigure `json:"own,omitempty"` // what it says of itself, where it was asked
	OwnAsked  int         `json:"own_asked,omitempty"`
	OwnFailed int         `json:"own_failed,omitempty"` // of so many askings
	OwnError  string      `json:"own_error,omitempty"`  // of the last that failed

	Crashes []Crash `json:"crashes,omitempty"`
}

// OwnFigure is what a server says of itself, over the measured phases.
type OwnFigure struct {
	Name      string   `json:"name"` // with its labels
	Kind      string   `json:"kind"` // counter, gauge
	Low       float64  `json:"low"`
	High      float64  `json:"high"`
	Last      float64  `json:"last"`
	PerSecond *float64 `json:"per_second,omitempty"` // that a counter grew by
}

// Crash is a death or crash text of the server.
type Crash struct {
	AtNS  int64  `json:"at_ns"`
	Title string `json:"title"`
	Text  string `json:"text,omitempty"`
}

// Objective is one bound that the run had to keep, and whether it did. It is
// undecided where there was too little data to tell.
type Objective struct {
	Text      string   `json:"text"`               // such as "ping p99 < 250ms in steady"
	Phase     string   `json:"phase,omitempty"`    // empty: all measured phases, or the whole run
	Observed  *float64 `json:"observed,omitempty"` // in the unit of Bound; absent where undecided
	Bound     float64  `json:"bound"`
	Unit      string   `json:"unit"`    // ns, /s, B, %, CPUs, or empty: a number of things
	Samples   int64    `json:"samples"` // what was observed: times of a series, or what % is a share of; else 0
	Passed    bool     `json:"passed"`
	Undecided bool     `json:"undecided,omitempty"`
	Reason    string   `json:"reason,omitempty"` // in words, unless it passed

	Windows   *Windows `json:"windows,omitempty"`    // of an objective that is judged by stretches; Observed is then what the share of them kept
	AbortedNS int64    `json:"aborted_ns,omitempty"` // offset at which the run was ended because of it
}

// Windows says how the stretches of an objective did.
type Windows struct {
	LengthNS  int64    `json:"length_ns"`
	Share     float64  `json:"share_percent"` // of them that has to keep the bound
	Held      int      `json:"held"`
	Missed    int      `json:"missed"`
	Undecided int      `json:"undecided"` // had too little data
	Each      []Window `json:"each"`
}

// Window is one stretch of a phase.
type Window struct {
	StartNS  int64    `json:"start_ns"`           // offset
	Observed *float64 `json:"observed,omitempty"` // in the unit of the objective's bound; absent where undecided
	Held     bool     `json:"held"`
}

// Verdict is how the run ended.
type Verdict struct {
	Status   string   `json:"status"` // passed, generator-limited, incomplete, failed
	ExitCode int      `json:"exit_code"`
	Reasons  []string `json:"reasons"`
}
