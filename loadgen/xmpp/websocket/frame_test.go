package websocket

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// TestFrames has the frames of this package read by another implementation, and the other way about, at the lengths where
// the header changes.
func TestFrames(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 65535, 65536, 200_000} {
		for _, masked := range []bool{false, true} {
			payload := []byte(strings.Repeat("x", n))
			other, err := ws.ReadFrame(bytes.NewReader(AppendFrame([]byte("before")[:0], Text, payload, masked)))
			if err != nil || other.Header.Masked != masked || other.Header.OpCode != ws.OpText || !other.Header.Fin {
				t.Fatalf("%d, masked %v: %+v, %v", n, masked, other.Header, err)
			}
			if masked {
				ws.Cipher(other.Payload, other.Header.Mask, 0)
			}
			if !bytes.Equal(other.Payload, payload) {
				t.Errorf("%d, masked %v: another payload", n, masked)
			}
			theirs := ws.NewTextFrame(payload)
			if masked {
				theirs = ws.MaskFrame(theirs)
			}
			var b bytes.Buffer
			if err := ws.WriteFrame(&b, theirs); err != nil {
				t.Fatal(err)
			}
			for _, size := range []int{1, 3, 1 << 20} {
				if got, err := messages(&Reader{FromClient: masked}, bytes.Clone(b.Bytes()), size); err != nil || len(got) != 1 || got[0] != string(payload) {
					t.Errorf("%d, masked %v, by %d: %d messages, %v", n, masked, size, len(got), err)
				}
			}
		}
	}
}

// messages reads the messages in data, which comes in pieces of a size. Control frames are there too, by number.
func messages(r *Reader, data []byte, size int) (all []string, err error) {
	var message []byte
	for len(data) > 0 {
		chunk := data[:min(size, len(data))]
		data = data[len(chunk):]
		for len(chunk) > 0 {
			p, n, err := r.Next(chunk)
			if err != nil {
				return all, err
			}
			chunk = chunk[n:]
			switch {
			case p.Op == 0 && len(chunk) > 0:
				return all, errors.New("no piece, and bytes left")
			case p.Op == Text:
				if p.First != (message == nil) {
					return all, errors.New("a message does not begin where it begins")
				}
				if message = append(message, p.Data...); message == nil {
					message = []byte{}
				}
				if p.Last {
					all, message = append(all, string(message)), nil
				}
			case p.Op != 0:
				all = append(all, string('0'+rune(p.Op))+string(p.Data))
			}
		}
	}
	return all, nil
}

func TestReader(t *testing.T) {
	for _, c := range []struct {
		name, data string
		client     bool
		want       string // messages with | between
		err        error
	}{
		{name: "two", data: "\x81\x04<a/>\x81\x04<b/>", want: "<a/>|<b/>"},
		{name: "fragments with a ping inside", data: "\x01\x02<a\x89\x02hi\x00\x00\x80\x02/>", want: "9hi|<a/>"},
		{name: "empty message", data: "\x81\x00\x81\x01x", want: "|x"},
		{name: "close", data: "\x88\x05\x03\xe8bye", want: "8\x03\xe8bye"},
		{name: "masked", client: true, data: "\x81\x84\x01\x02\x03\x04=c,:", want: "<a/>"},
		{name: "unmasked of a client", client: true, data: "\x81\x04<a/>", err: BadMask},
		{name: "masked of a server", data: "\x81\x84", err: BadMask},
		{name: "reserved bit", data: "\xc1\x00", err: BadReserved},
		{name: "binary", data: "\x82\x00", err: BadOpcode},
		{name: "unknown control", data: "\x8b\x00", err: BadOpcode},
		{name: "fragmented ping", data: "\x09\x00", err: BadControl},
		{name: "long ping", data: "\x89\x7e", err: BadControl},
		{name: "close of one byte", data: "\x88\x01", err: BadCloseFrame},
		{name: "begins inside another", data: "\x01\x00\x81\x00", err: BadFragment},
		{name: "goes on without a beginning", data: "\x80\x00", err: BadFragment},
		{name: "length in 16 bits that fits in 7", data: "\x81\x7e\x00\x7d", err: BadLength},
		{name: "length in 64 bits that fits in 16", data: "\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", err: BadLength},
		{name: "length beyond 63 bits", data: "\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", err: BadLength},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{1, 2, 1000} {
				got, err := messages(&Reader{FromClient: c.client}, []byte(c.data), size)
				if all := strings.Join(got, "|"); c.err == nil && all != c.want || !errors.Is(err, c.err) {
					t.Errorf("by %d: %q, %v", size, all, err)
				}
			}
		})
	}
}

func TestCloseStatus(t *testing.T) {
	for payload, want := range map[string]string{
		"": "", "\x03\xe8": "", "\x03\xe9going": "", "\x03\xf1too big": "WebSocket: peer closed the connection with status 1009: too big",
	} {
		got := ""
		if err := CloseStatus([]byte(payload)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q", payload, got)
		}
	}
	if end, err := messages(new(Reader), AppendClose(nil, false), 100); err != nil || len(end) != 1 || end[0] != "8\x03\xe8" {
		t.Errorf("%q, %v", end, err)
	}
}

// FuzzReader: however bytes are cut, the same comes of them, and what is no error is what another implementation reads.
func FuzzReader(f *testing.F) {
	f.Add([]byte("\x81\x04<a/>\x89\x02hi\x01\x02<a\x80\x02/>"), uint8(1))
	f.Add([]byte("\x81\x84\x01\x02\x03\x04=c,:\x88\x80\x01\x02\x03\x04"), uint8(3))
	f.Add([]byte("\x81\x7e\x01\x00<"), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		client := len(data) > 1 && data[1]&0x80 != 0
		whole, err1 := messages(&Reader{FromClient: client}, bytes.Clone(data), len(data)+1)
		cut, err2 := messages(&Reader{FromClient: client}, bytes.Clone(data), int(size)+1)
		if !errors.Is(err1, err2) || strings.Join(whole, "|") != strings.Join(cut, "|") {
			t.Fatalf("%q %v in one, %q %v by %d", whole, err1, cut, err2, size)
		}
		if other := theirs(data, client); err1 == nil && strings.Join(other, "|") != strings.Join(whole, "|") {
			t.Fatalf("%q, another implementation reads %q", whole, other)
		}
	})
}

func theirs(data []byte, client bool) (all []string) {
	var message []byte
	for r := bytes.NewReader(data); ; {
		h, err := ws.ReadHeader(r)
		if err != nil || h.Length > int64(r.Len()) {
			return all
		}
		payload := make([]byte, h.Length)
		io.ReadFull(r, payload)
		if client {
			ws.Cipher(payload, h.Mask, 0)
		}
		if h.OpCode.IsControl() {
			all = append(all, string('0'+rune(h.OpCode))+string(payload))
			continue
		}
		if message = append(message, payload...); h.Fin {
			all, message = append(all, string(message)), nil
		}
	}
}
