package fuzz

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"xmpprig/corpus"
	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/results"
)

// JournalFile is the file of a record that a campaign is resumed from: one JSON object a line, written as things happen, so that
// nothing is lost with the process.
const JournalFile = "journal.jsonl"

// entry is one line of a journal. One of its parts is there; a sample comes with what it took.
type entry struct {
	Begin   *start            `json:"begin,omitempty"`
	Edge    *seenEdge         `json:"edge,omitempty"`
	Suspect *suspected        `json:"suspect,omitempty"`
	Found   *results.Finding  `json:"found,omitempty"`
	Doubt   *results.Finding  `json:"doubt,omitempty"`
	Restart *results.Restart  `json:"restart,omitempty"`
	Shrunk  string            `json:"shrunk,omitempty"` // fingerprint of a finding that gets no smaller
	Attack  *results.Attack   `json:"attack,omitempty"`
	Sample  *results.Progress `json:"sample,omitempty"`
	Work    *work             `json:"work,omitempty"`
}

type start struct {
	Seed   uint64    `json:"seed"`
	Server string    `json:"server"`
	Time   time.Time `json:"time"`
	Under  string    `json:"under,omitempty"`
}

// work is what a campaign has used, in all.
type work struct {
	Layers    []results.LayerWork `json:"layers"`
	RigCPU    float64             `json:"rig_cpu_seconds"`
	ServerCPU float64             `json:"server_cpu_seconds"`
}

type seenEdge struct {
	Edge  string `json:"edge"`
	State string `json:"state"`
	Row   int    `json:"row,omitempty"`
}

// suspected is a suspicion that was not looked into yet.
type suspected struct {
	Finding  oracle.Finding `json:"finding"`
	Program  string         `json:"program"`
	Spelled  uint64         `json:"spelled,omitempty"`
	Seconds  float64        `json:"t_s"`
	Programs int64          `json:"programs"`
}

// journal is the record of a campaign while it goes on.
type journal struct {
	dir    string
	file   *os.File
	edges  map[string]bool
	states map[string]bool
	rows   map[int]bool
}

// pastOf reads what a campaign that is to be resumed has left; where none is, there must be no campaign in dir. The error is an
// *UnfitError.
func pastOf(dir string, resume bool) ([]entry, error) {
	path := filepath.Join(dir, JournalFile)
	info, err := os.Lstat(path)
	switch {
	case err == nil && !resume:
		return nil, &UnfitError{Path: dir, Reason: "it holds a campaign already"}
	case !resume:
		return nil, nil
	case err != nil:
		return nil, &UnfitError{dir, "there is no campaign to go on with", err}
	case !info.Mode().IsRegular():
		return nil, &UnfitError{Path: path, Reason: "this is no journal"}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &UnfitError{path, "this is no journal", err}
	}
	entries := parseJournal(text)
	if len(entries) == 0 || entries[0].Begin == nil {
		return nil, &UnfitError{Path: path, Reason: "this is no journal of a campaign"}
	}
	return entries, nil
}

// CheckRecord says beforehand whether a campaign that is recorded in dir can be resumed. The error is an *UnfitError.
func CheckRecord(dir string) error {
	_, err := pastOf(dir, true)
	return err
}

// openJournal opens the file to be written to.
func openJournal(dir string) (*journal, error) {
	j := &journal{dir: dir, edges: map[string]bool{}, states: map[string]bool{}, rows: map[int]bool{}}
	if err := os.MkdirAll(filepath.Join(dir, "corpus"), 0o755); err != nil {
		return nil, fmt.Errorf("create record: %w", err)
	}
	var err error
	if j.file, err = os.OpenFile(filepath.Join(dir, JournalFile), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644); err != nil {
		return nil, &RecordError{err}
	}
	if err := j.mend(); err != nil {
		return nil, &RecordError{errors.Join(err, j.file.Close())}
	}
	return j, nil
}

// mend ends the last line, so that what a killed process left unfinished stays a line of its own.
func (j *journal) mend() error {
	end, err := j.file.Seek(0, io.SeekEnd)
	if err != nil || end == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := j.file.ReadAt(last, end-1); err != nil || last[0] == '\n' {
		return err
	}
	_, err = j.file.Write([]byte("\n"))
	return err
}

// parseJournal passes over lines that are no entries, as the last of a killed process can be.
func parseJournal(text []byte) (entries []entry) {
	for line := range bytes.Lines(text) {
		var e entry
		if json.Unmarshal(line, &e) == nil {
			entries = append(entries, e)
		}
	}
	return entries
}

func (j *journal) write(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return &RecordError{err}
	}
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return &RecordError{err}
	}
	return nil
}

func (j *journal) close() error { return j.file.Close() }

// fresh reports whether an edge was not seen before.
func (j *journal) fresh(edge string) bool { return !j.edges[edge] }

// edge notes an edge, and returns what is covered now.
func (j *journal) edge(e seenEdge) error {
	j.see(e)
	return j.write(entry{Edge: &e})
}

func (j *journal) see(e seenEdge) {
	j.edges[e.Edge], j.states[e.State] = true, true
	if e.Row > 0 {
		j.rows[e.Row] = true
	}
}

func (j *journal) coverage() results.Coverage {
	return results.Coverage{States: len(j.states), Edges: len(j.edges), Rows: len(j.rows)}
}

// keep writes a program into the corpus of the record, under the name that its text gives it.
func (j *journal) keep(p *program.Program) error {
	if _, err := corpus.Add(filepath.Join(j.dir, "corpus"), []byte(p.String())); err != nil {
		return &RecordError{err}
	}
	return nil
}
