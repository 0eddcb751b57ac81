package wire

import (
	"bytes"
	"testing"
)

const chat = "<message from='juliet@im.example.com/balcony' to='romeo@example.net/orchard' id='ktx72v49' type='chat' xml:lang='en'>" +
	"<body>Art thou not Romeo, and a Montague? Neither, fair saint, if either thee dislike.</body>" +
	"<thread>e0ffe42b28561960c6b12b944a092794b9683a38</thread><active xmlns='http://jabber.org/protocol/chatstates'/></message>"

// opened is a scanner that has read a stream header.
func opened(tb testing.TB, l Limits) *Scanner {
	tb.Helper()
	s := new(Scanner)
	s.Reset(l)
	if e, n, err := s.Next([]byte(opening)); err != nil || n != len(opening) || e.Kind != Header {
		tb.Fatal("open stream:", n, err)
	}
	return s
}

// BenchmarkScan scans one stanza at a time, in the shapes in which they come from a connection.
func BenchmarkScan(b *testing.B) {
	stanza := []byte(chat)
	batch := bytes.Repeat(stanza, 100)
	b.Run("whole", func(b *testing.B) { benchmarkScan(b, stanza, len(stanza)) })
	b.Run("batch", func(b *testing.B) { benchmarkScan(b, batch, len(batch)) })
	b.Run("half", func(b *testing.B) { benchmarkScan(b, stanza, len(stanza)/2) })
	b.Run("bytes", func(b *testing.B) { benchmarkScan(b, stanza, 1) })
	long := AppendMessage(nil, Addressing{To: "romeo@example.net"}, string(bytes.Repeat([]byte("word and "), 100_000)), nil)
	b.Run("megabyte", func(b *testing.B) { benchmarkScan(b, long, len(long)) })
	b.Run("megabyte by bytes", func(b *testing.B) { benchmarkScan(b, long, 1) })
	cyrillic := AppendMessage(nil, Addressing{To: "romeo@example.net"}, string(bytes.Repeat([]byte("слово и "), 100)), nil)
	b.Run("cyrillic", func(b *testing.B) { benchmarkScan(b, cyrillic, len(cyrillic)) })
}

func benchmarkScan(b *testing.B, in []byte, piece int) {
	s := opened(b, DefaultLimits())
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		for at := 0; at < len(in); at += piece {
			if _, err := drain(s, in[at:min(at+piece, len(in))]); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// drain scans all of data and counts the elements.
func drain(s *Scanner, data []byte) (elements int, err error) {
	for {
		e, n, err := s.Next(data)
		if err != nil || e.Kind == None {
			return elements, err
		}
		elements++
		data = data[n:]
	}
}

func BenchmarkAppendMessage(b *testing.B) {
	var dst []byte
	body := []byte("Art thou not Romeo, and a Montague? Neither, fair saint, if either thee dislike.")
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendMessage(dst[:0], Addressing{To: "romeo@example.net/orchard", ID: "ktx72v49", Type: "chat"}, body, nil)
		b.SetBytes(int64(len(dst)))
	}
}
