package loadgen

import (
	"strconv"
	"testing"
	"time"
)

func TestStamp(t *testing.T) {
	for _, s := range []stamp{
		{kind: 'm'},
		{kind: 'm', run: 0xffffff, from: 9999, seq: 1<<32 - 1, due: 90 * time.Second, sent: 91 * time.Second},
		{kind: 'p', run: 1, from: 2, seq: 3, due: 4, sent: 5},
	} {
		b := s.append(nil)
		if got, ok := parseStamp(b); !ok || got != s {
			t.Errorf("%s: got %+v, %v; want %+v", b, got, ok, s)
		}
		if len(b) > 80 {
			t.Errorf("%s is longer than the buffer that ids are written to", b)
		}
	}
	for _, id := range []string{"", "m", "m1.2.3.4", "m1.2.3.4.", "m1.2.3.4.5.6", "mA.1.1.1.1", "m1.1.1.1.-1", "m1..1.1.1", "mzzzzzzzz.1.1.1.1", "m1.1.1.1.zzzzzzzzzzzzz"} {
		if s, ok := parseStamp([]byte(id)); ok {
			t.Errorf("%q was read as %+v", id, s)
		}
	}
}

func TestStampDoesNotAllocate(t *testing.T) {
	s := stamp{kind: 'm', run: 77, from: 1234, seq: 99, due: time.Minute, sent: time.Minute + 5}
	buf := make([]byte, 0, 80)
	if n := testing.AllocsPerRun(100, func() { parseStamp(s.append(buf)) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzStamp(f *testing.F) {
	f.Add("m1.2.3.4.5")
	f.Fuzz(func(t *testing.T, id string) {
		if s, ok := parseStamp([]byte(id)); ok && s.due >= 0 && s.sent >= s.due {
			if again, ok := parseStamp(s.append(nil)); !ok || again != s {
				t.Errorf("%q: %+v, again %+v", id, s, again)
			}
		}
	})
}

// Runs are told apart by when they began, for those of one seed are alike in everything else; and their ids are of one length.
func TestMarks(t *testing.T) {
	began := time.Unix(1_700_000_000, 0)
	seen := map[uint32]bool{}
	for i := range 1000 {
		m := mark(7, began.Add(time.Duration(i)*time.Millisecond))
		if n := len(strconv.FormatUint(uint64(m), 36)); n != 5 {
			t.Errorf("the mark %d takes %d bytes", m, n)
		}
		seen[m] = true
	}
	if len(seen) < 999 {
		t.Errorf("1000 runs of one seed have %d marks", len(seen))
	}
}
