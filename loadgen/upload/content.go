package upload

import (
	"bytes"
	"io"
)

// ContentType is that of the files.
const ContentType = "application/octet-stream"

// block is what files are made of, over and over; a prime number of bytes, so that
// pieces which a server puts in the wrong place are seen.
var block = func() []byte {
	b := make([]byte, 4093)
	state := uint32(1)
	for i := range b {
		state = state*1664525 + 1013904223
		b[i] = byte(state >> 24)
	}
	return b
}()

// content is a file being read.
type content struct{ at, size int }

// Content is a file of so many bytes: the same ones always, and none that could be
// compressed.
func Content(size int) io.Reader { return &content{0, size} }

func (c *content) Read(p []byte) (int, error) {
	if c.at == c.size {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.size-c.at)], block[c.at%len(block):])
	c.at += n
	return n, nil
}

// compare reads what should be Content(size), and one byte more at the most.
func compare(r io.Reader, size int) error {
	want := &content{0, size}
	got, expected := make([]byte, 4096), make([]byte, 4096)
	for {
		n, err := io.ReadFull(r, got[:min(len(got), size-want.at+1)])
		at := 0
		for at < n {
			k, end := want.Read(expected[:n-at])
			if end != nil || !bytes.Equal(got[at:at+k], expected[:k]) {
				return ErrAltered
			}
			at += k
		}
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			if want.at != size {
				return ErrAltered
			}
			return nil
		case err != nil:
			return err
		}
	}
}
