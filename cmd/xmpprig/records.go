package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"xmpprig/results"
)

// keptRun is a run as its record has it.
type keptRun struct {
	dir string
	*results.Run
}

// gather opens the records that are named, and all that lie somewhere under a directory that is none itself, in the order of their
// names. A record counts once, however often it is named: the same run again is no further observation.
func gather(paths []string, ui *ui) ([]keptRun, error) {
	var all []keptRun
	seen := map[string]bool{}
	for _, path := range paths {
		dirs, err := recordsUnder(path)
		if err != nil {
			return nil, &exitError{results.ExitConfig, err}
		}
		for _, dir := range dirs {
			at := realPath(dir)
			if seen[at] {
				ui.say("warning: %s is named twice, and counts once", dir)
				continue
			}
			seen[at] = true
			r, err := results.Open(dir)
			if err != nil {
				return nil, &exitError{results.ExitConfig, err}
			}
			for _, w := range r.Warnings {
				ui.say("warning: %s: %v", dir, w)
			}
			all = append(all, keptRun{dir, &r.Run})
		}
	}
	return all, nil
}

// realPath is where a directory is, whatever it is called.
func realPath(dir string) string {
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		dir = resolved
	}
	if whole, err := filepath.Abs(dir); err == nil {
		return whole
	}
	return dir
}

// mostRecords bounds what is looked at under one directory.
const mostRecords = 10_000

// recordsUnder lists the records at and under path.
func recordsUnder(path string) (dirs []string, err error) {
	root := path
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		root += string(filepath.Separator) // follows a link that it may be
	}
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case len(dirs) == mostRecords:
			return fmt.Errorf("%s holds more than %d records", path, mostRecords)
		}
		if _, err := os.Stat(filepath.Join(name, results.RunFile)); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		dirs = append(dirs, filepath.Clean(name))
		return fs.SkipDir
	})
	if err == nil && len(dirs) == 0 {
		err = fmt.Errorf("%s holds no record of a run", path)
	}
	slices.Sort(dirs)
	return dirs, err
}

func runsOf(kept []keptRun) (runs []*results.Run) {
	for _, k := range kept {
		runs = append(runs, k.Run)
	}
	return runs
}

func dirsOf(kept []keptRun) (dirs []string) {
	for _, k := range kept {
		dirs = append(dirs, k.dir)
	}
	return dirs
}

// sideName is what the directories of a side have in common.
func sideName(paths []string) string {
	return strings.Join(paths, " ")
}
