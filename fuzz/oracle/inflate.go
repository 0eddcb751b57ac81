package oracle

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"slices"
)

// Inflater is the Decoder of compressed streams (XEP-0138, RFC 1950), which takes them in pieces of any size.
type Inflater struct {
	begun  bool
	over   bool   // the last block has come
	data   []byte // compressed, since the place up to which all is known
	given  int    // bytes that were made of it and given away
	window []byte // what was made of all before, as far as it can be referred to
	failed error
}

// What an Inflater holds at most.
const (
	maxWindow   = 32 << 10
	maxInflated = 16 << 20
)

var (
	errNotZlib  = errors.New("no zlib header, or one that nobody can read without a dictionary")
	errTooLong  = errors.New("more was compressed than is looked at")
	errStreamed = errors.New("there is more behind the end of what was compressed")
)

// Begin does nothing: a stream that begins anew goes on being compressed.
func (f *Inflater) Begin() {}

// Take inflates what is next.
func (f *Inflater) Take(data []byte) ([]Bit, error) {
	if f.failed != nil {
		return nil, f.failed
	}
	f.data = append(f.data, data...)
	text, err := f.inflate()
	f.failed = err
	if len(text) == 0 {
		return nil, err
	}
	return []Bit{{Text: text}}, err
}

func (f *Inflater) inflate() ([]byte, error) {
	if !f.begun {
		if len(f.data) < 2 {
			return nil, nil
		}
		if method, flags := f.data[0], f.data[1]; method&0xf != 8 || flags&0x20 != 0 || (int(method)<<8|int(flags))%31 != 0 {
			return nil, errNotZlib
		}
		f.begun, f.data = true, f.data[2:]
	}
	if f.over && len(f.data) > 4 { // the checksum
		return nil, errStreamed
	}
	if f.over || len(f.data) == 0 {
		return nil, nil
	}
	in := bytes.NewReader(f.data)
	all, err := io.ReadAll(io.LimitReader(flate.NewReaderDict(in, f.window), maxInflated))
	text := all[min(f.given, len(all)):]
	f.given = len(all)
	switch {
	case len(all) >= maxInflated:
		return text, errTooLong
	case err == nil:
		if f.over, f.data = true, slices.Clone(f.data[len(f.data)-in.Len():]); len(f.data) > 4 {
			return text, errStreamed
		}
	case !errors.Is(err, io.ErrUnexpectedEOF):
		return text, err
	case bytes.HasSuffix(f.data, []byte("\x00\x00\xff\xff")): // flushed: a block begins at the next byte
		f.window = append(f.window, all...)
		f.window = slices.Clone(f.window[max(0, len(f.window)-maxWindow):])
		f.data, f.given = nil, 0
	}
	return text, nil
}
