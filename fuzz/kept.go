package fuzz

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
	"xmpprig/results"
)

// The files of a finding's directory.
const (
	FindingFile    = "finding.json" // results.Finding
	ProgramFile    = "program.xp"   // as it was first seen
	MinimalFile    = "minimal.xp"   // the smallest that shows it
	TranscriptFile = "transcript"   // of that one
	LogFile        = "server.log"   // what the server logged meanwhile
	ReproduceFile  = "reproduce.txt"
)

// kept is a finding with what proves it.
type kept struct {
	finding          results.Finding
	program, minimal *program.Program
	spelled          uint64 // seed of the other spelling
	transcript       program.Transcript
	log              []string
}

// write makes the directory of a finding.
func (k *kept) write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	about, err := json.MarshalIndent(k.finding, "", "  ")
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range []struct{ name, text string }{
		{ProgramFile, k.program.String()}, {MinimalFile, spelledHeader(k.spelled) + k.minimal.String()}, {TranscriptFile, k.transcript.String()},
		{LogFile, strings.Join(k.log, "\n") + "\n"}, {ReproduceFile, k.finding.Reproduce + "\n"}, {FindingFile, string(about) + "\n"},
	} {
		errs = append(errs, os.WriteFile(filepath.Join(dir, f.name), []byte(f.text), 0o644))
	}
	return errors.Join(errs...)
}

const spelledMark = "# spelled "

// spelledHeader says in a comment by which seed the other spelling comes of the program.
func spelledHeader(seed uint64) string {
	if seed == 0 {
		return ""
	}
	return fmt.Sprintf("%s%d\n", spelledMark, seed)
}

// Exhibit is what can be replayed: a program, and the finding it shows, if it was kept as one.
type Exhibit struct {
	Program *program.Program
	Finding *oracle.Finding // nil: it is only a program
	spelled uint64
}

// ReadExhibit reads the directory of a finding, or a program's file.
func ReadExhibit(path string) (*Exhibit, error) {
	file := path
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	x := &Exhibit{}
	if info.IsDir() {
		file = filepath.Join(path, MinimalFile)
		if x.Finding, err = readFinding(filepath.Join(path, FindingFile)); err != nil {
			return nil, err
		}
	}
	text, err := readBounded(file)
	if err != nil {
		return nil, err
	}
	if first, _, ok := strings.Cut(string(text), "\n"); ok && strings.HasPrefix(first, spelledMark) {
		if _, err := fmt.Sscanf(first, spelledMark+"%d", &x.spelled); err != nil {
			return nil, fmt.Errorf("%s:1:1: %q names no seed", file, first)
		}
	}
	if x.Program, err = program.Parse(file, text); err != nil {
		return nil, err
	}
	return x, nil
}

// maxExhibit bounds the files that are read.
const maxExhibit = 16 << 20

func readBounded(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxExhibit {
		return nil, &fs.PathError{Op: "read", Path: file, Err: errors.New("no file, or too large")}
	}
	return os.ReadFile(file)
}

func readFinding(file string) (*oracle.Finding, error) {
	text, err := readBounded(file)
	if err != nil {
		return nil, err
	}
	var f results.Finding
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &oracle.Finding{Oracle: oracle.Name(f.Oracle), Row: f.Row, Level: program.Level(f.Level), State: f.State, Input: f.Input, Title: f.Title,
		Detail: f.Detail, Ought: f.Ought, Clause: f.Clause}, nil
}
