package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxObject bounds campaign.json and conform.json.
const maxObject = 64 << 20

// AbsentError says that a directory does not hold a file of a record.
type AbsentError struct{ Dir, File string }

func (e *AbsentError) Error() string { return fmt.Sprintf("%s holds no %s", e.Dir, e.File) }

// NewerError says that a file of a record is newer than this program.
type NewerError struct {
	File            string
	Schema, Highest int // that the file has, and that this program reads
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("%s has schema %d and this program reads up to %d: use a newer one", e.File, e.Schema, e.Highest)
}

// FormatError says that a file of a record is not what its name says.
type FormatError struct{ File, Reason string }

func (e *FormatError) Error() string { return fmt.Sprintf("read %s: %s", e.File, e.Reason) }

// writeObject writes v, indented, as the file of that name. The directory is made where there is none.
func writeObject(dir, name string, v any) error {
	var b bytes.Buffer
	if err := EncodeObject(&b, v); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if b.Len() > maxObject {
		return fmt.Errorf("write %s: %d bytes, and at most %d are read back", name, b.Len(), maxObject)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return replace(dir, name, b.Bytes(), true)
}

// EncodeObject writes v as JSON in the form that the files of a record have. Texts may be hostile and a terminal may show them, so
// what cannot be printed is escaped.
func EncodeObject(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeUnprintable(b.Bytes()))
	return err
}

// escapeUnprintable escapes what JSON allows in a string and a terminal may obey, such as U+009B and U+202E.
func escapeUnprintable(text []byte) []byte {
	escaped := make([]byte, 0, len(text))
	for _, r := range string(text) {
		switch {
		case r == '\n' || strconv.IsPrint(r):
			escaped = utf8.AppendRune(escaped, r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			escaped = fmt.Appendf(escaped, `\u%04x\u%04x`, high, low)
		default:
			escaped = fmt.Appendf(escaped, `\u%04x`, r)
		}
	}
	return escaped
}

// readObject reads what writeObject wrote into v, unless it is newer than schema.
func readObject(dir, name string, schema int, v any) error {
	text, err := readRegular(dir, name)
	if err != nil {
		return err
	}
	var head struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return &FormatError{name, err.Error()}
	}
	if head.Schema > schema {
		return &NewerError{name, head.Schema, schema}
	}
	if head.Schema < 1 {
		return &FormatError{name, "it has no schema, so it is not of this program"}
	}
	if err := json.Unmarshal(text, v); err != nil {
		return &FormatError{name, err.Error()}
	}
	return nil
}

// readRegular reads a file of a record, which may come from anywhere: nothing but a regular file is opened.
func readRegular(dir, name string) ([]byte, error) {
	path := filepath.Join(dir, name)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &AbsentError{dir, name}
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case !info.Mode().IsRegular():
		return nil, &FormatError{name, "it is no regular file"}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxObject+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(text) > maxObject {
		return nil, &FormatError{name, fmt.Sprintf("it is longer than %d bytes", maxObject)}
	}
	return text, nil
}
