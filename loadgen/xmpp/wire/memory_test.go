package wire

import (
	"bytes"
	"testing"
	"unsafe"
)

// The allocation tests never let the scanner run dry, so that the pool, which drops things at random under the race
// detector, has no part in them.
func TestScanAllocatesNothing(t *testing.T) {
	stanza := []byte(chat)
	coded := []byte("<message to='a&amp;b'><body>x &lt; y <![CDATA[z]]></body></message>")
	tests := []struct {
		name   string
		pieces [][]byte
	}{
		{"whole", [][]byte{stanza}},
		{"whole, coded", [][]byte{coded}},
		{"cut", [][]byte{stanza[200:], stanza[:100], stanza[100:200]}},
		{"bytes", rotated(coded)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := opened(t, DefaultLimits())
			lead := test.pieces[len(test.pieces)-1]
			if len(test.pieces) > 1 {
				feedAll(t, s, [][]byte{bytes.Join(test.pieces[1:], nil)})
			} else {
				feedAll(t, s, [][]byte{lead})
			}
			found := 0
			allocs := testing.AllocsPerRun(100, func() { found += feedAll(t, s, test.pieces) })
			if allocs != 0 {
				t.Errorf("%v allocations a stanza", allocs)
			}
			if found != 101 {
				t.Errorf("%d stanzas, want 101", found)
			}
		})
	}
}

// rotated is b in single bytes, its last first: each round ends inside an element.
func rotated(b []byte) (pieces [][]byte) {
	return chop(append([]byte{b[len(b)-1]}, b[:len(b)-1]...))
}

// feedAll scans the pieces and reads what a session reads. It does not ask again after the end of a piece.
func feedAll(t *testing.T, s *Scanner, pieces [][]byte) (found int) {
	for _, p := range pieces {
		for len(p) > 0 {
			e, n, err := s.Next(p)
			if err != nil {
				t.Fatal(err)
			}
			p = p[n:]
			if e.Kind == None {
				continue
			}
			found++
			body, ok := e.Child(NSClient, "body")
			if !ok || len(body.Text()) == 0 || len(e.Attr("to")) == 0 || e.Attr("missing") != nil {
				t.Fatal("message read wrongly")
			}
			for c := range e.Children() {
				if len(c.Raw()) == 0 {
					t.Fatal("child without bytes")
				}
			}
		}
	}
	return found
}

func TestAppendAllocatesNothing(t *testing.T) {
	dst := make([]byte, 0, 4096)
	body := []byte("Art thou not Romeo, & a <Montague>? \x01")
	a := Addressing{To: "romeo@example.net", ID: "a'1", Type: "chat"}
	s := opened(t, DefaultLimits())
	e, _, err := s.Next([]byte(chat))
	if err != nil {
		t.Fatal(err)
	}
	allocs := testing.AllocsPerRun(100, func() {
		dst = AppendMessage(dst[:0], a, body, []byte("<x/>"))
		dst = AppendMessage(dst, a, "text", nil)
		dst = AppendPresence(dst, Addressing{}, nil)
		dst = AppendIQ(dst, a, nil)
		dst = AppendStanzaError(dst, "cancel", "item-not-found", "no <item>")
		dst = AppendStreamError(dst, HostUnknown, "")
		dst = AppendElement(dst, e, NSClient, Addressing{From: "juliet@im.example.com"})
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

// TestIdleScanner checks what tens of thousands of idle sessions pay for.
func TestIdleScanner(t *testing.T) {
	if size := unsafe.Sizeof(Scanner{}); size > 128 {
		t.Errorf("a scanner takes %d bytes", size)
	}
	s := opened(t, DefaultLimits())
	if s.stream != usual[0] {
		t.Error("the usual header is not shared")
	}
	for _, piece := range []string{chat, chat[:50], chat[50:], "  ", chat + chat + "\n"} {
		if _, err := drain(s, []byte(piece)); err != nil {
			t.Fatal(err)
		}
		if s.Pending() == 0 && s.work != nil {
			t.Errorf("after %q the scanner holds working state", piece)
		}
	}
}

// TestScratchIsReused checks that a long batch of stanzas with references does not pile up their values.
func TestScratchIsReused(t *testing.T) {
	s := opened(t, DefaultLimits())
	coded := []byte("<message to='a&amp;b'><body>x &lt; y</body></message>")
	for range 100 {
		feedAll(t, s, [][]byte{coded})
	}
	if n := len(s.work.scratch); n > len(coded) {
		t.Errorf("%d bytes of scratch for a stanza of %d", n, len(coded))
	}
}

// TestLargeElementIsLetGo checks that one large element does not stay in the pool.
func TestLargeElementIsLetGo(t *testing.T) {
	w := new(work)
	w.buf = make([]byte, 0, 1<<20)
	if w.poolable() {
		t.Error("a large buffer goes back to the pool")
	}
	if w = new(work); !w.poolable() {
		t.Error("a small one does not")
	}
}
