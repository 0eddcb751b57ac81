package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// vector is one file of testdata/vectors: header lines, an empty line, and the bytes of a stream.
//
//	rule:      what it shows, with its source
//	expect:    ok, or the condition of the stream error
//	offset:    where the error is
//	limits:    like depth=3 attrs=4 bytes=200; default: DefaultLimits
//	element:   kind, local name and namespace of each element in turn, also of those before an error
//	canonical: what each stanza or nonza means, in a stream of default namespace jabber:client (optional)
//	pending:   bytes left unfinished at the end
//	encoding:  hex, or escaped with \n \r \t \\ \xNN; default: the bytes as they are
type vector struct {
	expect    string
	offset    int64
	limits    Limits
	elements  []string
	canonical []string
	pending   int
	data      []byte
}

func parseVector(raw []byte) (vector, error) {
	head, body, found := bytes.Cut(raw, []byte("\n\n"))
	if !found {
		return vector{}, errors.New("no empty line")
	}
	v := vector{data: body, limits: DefaultLimits()}
	for line := range strings.SplitSeq(string(head), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		if err := v.set(key, value); err != nil {
			return vector{}, fmt.Errorf("line %q: %w", line, err)
		}
	}
	return v, nil
}

func readVector(tb testing.TB, path string) vector {
	tb.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	v, err := parseVector(raw)
	if err != nil {
		tb.Fatal(path, err)
	}
	return v
}

func (v *vector) set(key, value string) (err error) {
	switch key {
	case "rule":
	case "expect":
		v.expect = value
	case "offset":
		v.offset, err = strconv.ParseInt(value, 10, 64)
	case "pending":
		v.pending, err = strconv.Atoi(value)
	case "limits":
		for field := range strings.FieldsSeq(value) {
			err = v.limit(field)
		}
	case "element":
		v.elements = append(v.elements, value)
	case "canonical":
		v.canonical = append(v.canonical, unescape(value))
	case "encoding":
		text := strings.TrimSuffix(string(v.data), "\n")
		if value == "hex" {
			v.data, err = hex.DecodeString(text)
		} else {
			v.data = []byte(unescape(text))
		}
	default:
		err = errors.New("unknown key")
	}
	return err
}

func (v *vector) limit(field string) error {
	name, number, _ := strings.Cut(field, "=")
	n, err := strconv.Atoi(number)
	switch name {
	case "depth":
		v.limits.Depth = n
	case "attrs":
		v.limits.Attrs = n
	case "bytes":
		v.limits.Bytes = n
	}
	return err
}

func unescape(s string) string {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'x':
			c, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			out = append(out, byte(c))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return string(out)
}

// outcome is all that can be seen of a scan.
type outcome struct {
	elements  []string // kind, local name and namespace
	canonical []string // of stanzas and nonzas
	raw       []string
	err       error
	pending   int
}

// scan feeds pieces to a new scanner. It stops at the first error.
func scan(t *testing.T, l Limits, pieces ...[]byte) (o outcome) {
	t.Helper()
	var s Scanner
	s.Reset(l)
	for _, p := range pieces {
		for o.err == nil {
			e, n, err := s.Next(p)
			p = p[n:]
			o.err = err
			if err == nil && e.Kind == None {
				break
			}
			o.add(e)
		}
		checkState(t, &s, l, len(p))
	}
	if o.err != nil {
		if _, _, err := s.Next([]byte("<a/>")); err != o.err {
			t.Errorf("after %v came %v", o.err, err)
		}
	}
	o.pending = s.Pending()
	return o
}

func (o *outcome) add(e *Element) {
	if e.Kind == None {
		return
	}
	o.elements = append(o.elements, strings.TrimSpace(fmt.Sprintf("%v %s %s", e.Kind, e.Local(), e.Space())))
	o.raw = append(o.raw, string(e.Raw()))
	if e.Kind == Stanza || e.Kind == Nonza {
		o.canonical = append(o.canonical, string(appendCanonical(nil, e, []byte(NSClient), Addressing{})))
	}
}

// checkState checks what must hold between calls: nothing left over, nothing held in vain, nothing scanned again.
func checkState(t *testing.T, s *Scanner, l Limits, left int) {
	t.Helper()
	switch {
	case s.err != nil:
		if s.work != nil || s.Pending() != 0 {
			t.Error("a failed scanner holds bytes")
		}
	case left != 0:
		t.Errorf("%d bytes not used", left)
	case s.Pending() > l.Bytes:
		t.Errorf("%d bytes pending, limit %d", s.Pending(), l.Bytes)
	case s.Pending() == 0 && s.work != nil:
		t.Error("an idle scanner holds working state")
	case s.work != nil && s.work.pos < len(s.work.buf)-3:
		t.Errorf("%d bytes to be scanned again", len(s.work.buf)-s.work.pos)
	}
}

func (o outcome) equal(p outcome) bool {
	return o.err == p.err && o.pending == p.pending && slices.Equal(o.elements, p.elements) &&
		slices.Equal(o.canonical, p.canonical) && slices.Equal(o.raw, p.raw)
}

// chop cuts data into single bytes, each in memory of its own so that views into old pieces show.
func chop(data []byte) (pieces [][]byte) {
	for _, c := range data {
		pieces = append(pieces, []byte{c})
	}
	return pieces
}

func TestVectors(t *testing.T) {
	paths, err := filepath.Glob("testdata/vectors/*.txt")
	if err != nil || len(paths) < 80 {
		t.Fatal(len(paths), "vectors", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			v := readVector(t, path)
			whole := scan(t, v.limits, v.data)
			v.judge(t, whole)
			if o := scan(t, v.limits, chop(v.data)...); !o.equal(whole) {
				t.Errorf("byte by byte: %+v\nwhole: %+v", o, whole)
			}
			for i := range v.data {
				if o := scan(t, v.limits, v.data[:i], v.data[i:]); !o.equal(whole) {
					t.Errorf("split at %d: %+v\nwhole: %+v", i, o, whole)
				}
			}
			if v.expect == "ok" && v.pending == 0 {
				roundTrip(t, v.data)
			}
		})
	}
}

// judge compares what was scanned to what the vector says.
func (v *vector) judge(t *testing.T, o outcome) {
	t.Helper()
	if !slices.Equal(o.elements, v.elements) {
		t.Errorf("elements %q, want %q", o.elements, v.elements)
	}
	if v.canonical != nil && !slices.Equal(o.canonical, v.canonical) {
		t.Errorf("canonical %q, want %q", o.canonical, v.canonical)
	}
	if o.pending != v.pending {
		t.Errorf("pending %d, want %d", o.pending, v.pending)
	}
	if v.expect == "ok" {
		if o.err != nil {
			t.Errorf("error %v, want none", o.err)
		}
		return
	}
	bad, ok := o.err.(SyntaxError)
	if !ok || string(bad.Condition) != v.expect || bad.Offset != v.offset || bad.Reason == "" {
		t.Errorf("error %v, want %s at byte %d", o.err, v.expect, v.offset)
	}
}

// roundTrip appends what was scanned, as it stands and canonically, and scans that: it must mean the same.
func roundTrip(t *testing.T, data []byte) {
	t.Helper()
	want := scan(t, DefaultLimits(), data)
	for _, again := range [][]byte{reemit(t, data, AppendElement), reemit(t, data, canonically)} {
		got := scan(t, DefaultLimits(), again)
		if got.err != nil || !slices.Equal(got.elements, want.elements) || !slices.Equal(got.canonical, want.canonical) {
			t.Errorf("appended again: %s\ngives %+v\nwant %+v", again, got, want)
		}
	}
}

func canonically(dst []byte, e *Element, implicit string, a Addressing) []byte {
	return appendCanonical(dst, e, []byte(implicit), a)
}

func reemit(t *testing.T, data []byte, appendTo func([]byte, *Element, string, Addressing) []byte) (out []byte) {
	t.Helper()
	var s Scanner
	var h StreamHeader
	for {
		e, n, err := s.Next(data)
		if err != nil {
			t.Fatal(err)
		}
		switch e.Kind {
		case None:
			return out
		case Header:
			h = e.StreamHeader()
			out = AppendHeader(out, h)
		case Footer:
			out = AppendFooter(out)
		default:
			out = appendTo(out, e, h.Namespace, Addressing{})
		}
		data = data[n:]
	}
}
