package bosh

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// contents reads the messages in data, which comes in pieces of a size. The last is what was begun.
func contents(r *Reader, data []byte, size int) (all []string, err error) {
	var message []byte
	begun := false
	for len(data) > 0 {
		chunk := data[:min(size, len(data))]
		data = data[len(chunk):]
		for len(chunk) > 0 {
			p, n, err := r.Next(chunk)
			if err != nil {
				return all, err
			}
			begun = begun || p.Head
			chunk = chunk[n:]
			if message = append(message, p.Data...); p.Last {
				all, message, begun = append(all, string(message)), nil, false
			}
		}
	}
	if begun {
		all = append(all, string(message)+"…")
	}
	return all, nil
}

func TestReader(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, c := range []struct {
		name, data, want string
		err              error
		status           int
		closes           bool
	}{
		{"length", ok + "Content-Length: 3\r\n\r\nabc" + ok + "content-length:0\r\n\r\n", "abc|", nil, 200, false},
		{"chunks", ok + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n" + ok + "Content-Length: 1\r\n\r\nz", "abc0123456789|z", nil, 200, false},
		{"to the end", ok + "\r\nabc", "abc…", nil, 200, true},
		{"interim", "HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 1\r\nConnection: close\r\n\r\na", "a", nil, 200, true},
		{"1.0", "HTTP/1.0 404 No\r\nContent-Length: 0\r\n\r\n", "", nil, 404, true},
		{"1.0 that stays", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", "", nil, 200, false},
		{"no content", "HTTP/1.1 204 No Content\r\n\r\n", "", nil, 204, false},
		{"not HTTP", "<?xml version='1.0'?><stream:stream>", "", BadHead, 0, false},
		{"HTTP/2", "HTTP/2 200 OK\r\n\r\n", "", BadHead, 0, false},
		{"no status", "HTTP/1.1 2x0 OK\r\n\r\n", "", BadHead, 0, false},
		{"two lengths", ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "", BadLength, 200, false},
		{"negative", ok + "Content-Length: -1\r\n\r\n", "", BadLength, 200, false},
		{"huge", ok + "Content-Length: 99999999999999999999\r\n\r\n", "", BadLength, 200, false},
		{"bad chunk", ok + "Transfer-Encoding: chunked\r\n\r\nx\r\n", "", BadChunk, 200, false},
		{"chunk too long", ok + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1", 16) + "\r\n", "", BadChunk, 200, false},
		{"chunk without end", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nab", "", BadChunk, 200, false},
		{"endless head", ok + strings.Repeat("X: y\r\n", 3000), "", TooLong, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{1, 7, 1 << 20} {
				var r Reader
				got, err := contents(&r, []byte(c.data), size)
				if all := strings.Join(got, "|"); !errors.Is(err, c.err) || c.err == nil && (all != c.want || r.Status != c.status || r.Closes != c.closes) {
					t.Errorf("by %d: %q, %v, status %d, closes %v", size, all, err, r.Status, r.Closes)
				}
			}
		})
	}
}

func TestRequests(t *testing.T) {
	for line, want := range map[string]bool{
		"POST /http-bind HTTP/1.1": true, "POST /http-bind HTTP/1.0": true, "GET /http-bind HTTP/1.1": false, "POST /http-bind2 HTTP/1.1": false, "POST / HTTP/1.1": false,
	} {
		r := Reader{FromClient: true, Path: DefaultPath}
		got, err := contents(&r, []byte(line+"\r\nContent-Length: 1\r\n\r\na"+line+"\r\n\r\n"), 5)
		if err != nil || strings.Join(got, "|") != "a|" || r.Fits != want {
			t.Errorf("%s: %q, %v, fits %v", line, got, err, r.Fits)
		}
	}
	if _, err := contents(&Reader{FromClient: true}, []byte("HELO there\r\n\r\n"), 100); !errors.Is(err, BadHead) {
		t.Error(err)
	}
}

// FuzzReader: however bytes are cut, the same comes of them; and what net/http reads as well is read alike.
func FuzzReader(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"), uint8(1))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), uint8(4))
	f.Add([]byte("HTTP/1.0 200 OK\r\n\r\nabc"), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		whole, err1 := contents(new(Reader), bytes.Clone(data), len(data)+1)
		cut, err2 := contents(new(Reader), bytes.Clone(data), int(size)+1)
		if !errors.Is(err1, TooLong) && (!errors.Is(err1, err2) || err1 == nil && strings.Join(whole, "|") != strings.Join(cut, "|")) {
			t.Fatalf("%q %v in one, %q %v by %d", whole, err1, cut, err2, size)
		}
		if bytes.Count(data, []byte("\n")) != bytes.Count(data, []byte("\r\n")) {
			return // a line may end with LF alone there
		}
		res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), &http.Request{Method: "POST"})
		if err != nil || err1 != nil || len(whole) == 0 || res.StatusCode < 200 || strings.HasSuffix(whole[0], "…") {
			return
		}
		if body, err := io.ReadAll(res.Body); err == nil && string(body) != whole[0] {
			t.Fatalf("%q, net/http reads %q", whole[0], body)
		}
	})
}
