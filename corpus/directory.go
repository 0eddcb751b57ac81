package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// MaxText is how long an entry on disk may be, in bytes. Programs are far shorter.
const MaxText = 1 << 20

// FileError says what is wrong with one file of a directory.
type FileError struct {
	File string // with its directory
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("corpus: %s: %v", e.File, e.Err) }

func (e *FileError) Unwrap() error { return e.Err }

var (
	errIrregular = errors.New("it is no regular file")
	errLong      = fmt.Errorf("it is longer than %d bytes", MaxText)
	errOther     = errors.New("there is another text of this name")
)

// ReadDir returns the entries of a directory, which are its files *.xp, sorted by name. The error joins a *FileError for each
// that cannot be taken; the others are returned all the same. No link is followed, and nothing but a regular file is opened.
func ReadDir(dir string) (all []Entry, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the corpus: %w", err)
	}
	defer root.Close()
	names, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("list the corpus: %w", err)
	}
	var errs []error
	for _, n := range names {
		name, ok := strings.CutSuffix(n.Name(), ".xp")
		if !ok {
			continue
		}
		text, err := readRegular(root, n.Name())
		if err != nil {
			errs = append(errs, &FileError{filepath.Join(dir, n.Name()), err})
			continue
		}
		all = append(all, Entry{File: n.Name(), Kind: Added, Case: name, Hash: hash(text), Text: text})
	}
	return all, errors.Join(errs...)
}

func readRegular(root *os.Root, name string) ([]byte, error) {
	// Before it is opened: to open a pipe would wait for somebody to write into it.
	if info, err := root.Lstat(name); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, errIrregular
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxText+1))
	if err == nil && len(text) > MaxText {
		err = errLong
	}
	return text, err
}

// ReadFile reads one text, of any name. The error is a *FileError.
func ReadFile(file string) ([]byte, error) {
	info, err := os.Stat(file) // before it is opened, as in readRegular
	switch {
	case err != nil:
		return nil, &FileError{file, err}
	case !info.Mode().IsRegular():
		return nil, &FileError{file, errIrregular}
	case info.Size() > MaxText:
		return nil, &FileError{file, errLong}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, &FileError{file, err}
	}
	return text, nil
}

// Add puts a text into a directory, which is made where there is none, and returns the file's path. The file is there whole or
// not at all. A text that is there already is left as it is.
func Add(dir string, text []byte) (string, error) {
	file := filepath.Join(dir, Name(text))
	if len(text) > MaxText {
		return "", &FileError{file, errLong}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", fmt.Errorf("make the corpus: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", fmt.Errorf("open the corpus: %w", err)
	}
	defer root.Close()
	if there, err := readRegular(root, Name(text)); err == nil && bytes.Equal(there, text) {
		return file, nil
	} else if err == nil {
		return "", &FileError{file, errOther}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", &FileError{file, err}
	}
	if err := write(dir, file, text); err != nil {
		return "", &FileError{file, err}
	}
	return file, nil
}

// write makes a file at once.
func write(dir, file string, text []byte) error {
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails when it has been renamed
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
