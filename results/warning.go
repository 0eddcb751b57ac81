package results

import "fmt"

// Warning is something about a record that is not as it should be, and that
// reading went past.
type Warning struct {
	File   string // its name in the record, such as "latency.hlog"
	Line   int    // from 1; 0 if it is about the whole file
	Reason string
}

func (w *Warning) Error() string {
	if w.Line == 0 {
		return fmt.Sprintf("%s: %s", w.File, w.Reason)
	}
	return fmt.Sprintf("%s:%d: %s", w.File, w.Line, w.Reason)
}

// VersionError says that a record is newer than this program.
type VersionError struct{ Version int }

func (e VersionError) Error() string {
	return fmt.Sprintf("the record has schema_version %d and this program reads up to %d: use a newer one", e.Version, SchemaVersion)
}

// NoRecordError says that a directory holds no record.
type NoRecordError struct{ Dir string }

func (e NoRecordError) Error() string {
	return fmt.Sprintf("%s is not a run record: it has no %s", e.Dir, RunFile)
}

func (r *Record) warn(file string, line int, format string, args ...any) {
	switch n := len(r.Warnings); {
	case n < maxWarnings:
		r.Warnings = append(r.Warnings, &Warning{file, line, fmt.Sprintf(format, args...)})
	case n == maxWarnings:
		r.Warnings = append(r.Warnings, &Warning{file, line, "further warnings are left out"})
	}
}
