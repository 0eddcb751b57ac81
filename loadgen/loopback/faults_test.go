package loopback

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// say sends n numbered messages from one client to another.
func say(from, to *client, first, n int) {
	from.t.Helper()
	for i := first; i < first+n; i++ {
		from.send("<message to='%s' id='%d' type='chat'><body>x</body></message>", to.jid, i)
	}
}

// heard reads the ids of n messages.
func heard(c *client, n int) (ids []string) {
	c.t.Helper()
	for range n {
		got := c.expect("<message ")
		_, id, _ := strings.Cut(got, "id='")
		id, _, _ = strings.Cut(id, "'")
		ids = append(ids, id)
	}
	return ids
}

func numbers(first, n int) (ids []string) {
	for i := range n {
		ids = append(ids, fmt.Sprint(first+i))
	}
	return ids
}

// faultCounts are the counts of a tally that are not zero, but for those that every run has.
func faultCounts(t *testing.T, s *Server) map[string]int64 {
	t.Helper()
	b, err := json.Marshal(s.Tally())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	if err := json.Unmarshal(b, &counts); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(counts, func(name string, n int64) bool {
		return n == 0 || slices.Contains([]string{"connections", "logins", "sessions", "stanzas", "stream_errors", "ended", "delay_total_ns"}, name)
	})
	return counts
}

func expectCounts(t *testing.T, s *Server, want map[string]int64) {
	t.Helper()
	synctest.Wait()
	if got := faultCounts(t, s); !maps.Equal(got, want) {
		t.Errorf("tally %v, want %v", got, want)
	}
}

func TestCorrectServerHasNoFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		c := logins(t, s, 2)
		say(c[0], c[1], 1, 100)
		if got := heard(c[1], 100); !slices.Equal(got, numbers(1, 100)) {
			t.Errorf("got %v", got)
		}
		expectCounts(t, s, map[string]int64{"routed": 100, "delivered": 100})
	})
}

func TestLose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "lose=3")
		c := logins(t, s, 2)
		say(c[0], c[1], 1, 10)
		if got, want := heard(c[1], 7), []string{"1", "2", "4", "5", "7", "8", "10"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		c[1].expectNothing()
		expectCounts(t, s, map[string]int64{"routed": 10, "delivered": 7, "lost": 3})
	})
}

func TestDuplicate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "duplicate=4")
		c := logins(t, s, 2)
		say(c[0], c[1], 1, 8)
		if got, want := heard(c[1], 10), []string{"1", "2", "3", "4", "4", "5", "6", "7", "8", "8"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		c[1].expectNothing()
		expectCounts(t, s, map[string]int64{"routed": 8, "delivered": 10, "duplicated": 2})
	})
}

func TestReorder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "reorder=3")
		c := logins(t, s, 2)
		say(c[0], c[1], 1, 8)
		if got, want := heard(c[1], 8), []string{"1", "2", "4", "3", "5", "7", "6", "8"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		expectCounts(t, s, map[string]int64{"routed": 8, "delivered": 8, "reordered": 2})
		say(c[0], c[1], 9, 1) // held, and no other comes
		start := time.Now()
		if got := heard(c[1], 1); got[0] != "9" || time.Since(start) != time.Second {
			t.Errorf("got %v after %v", got, time.Since(start))
		}
		expectCounts(t, s, map[string]int64{"routed": 9, "delivered": 9, "reordered": 2, "reorder_expired": 1})
	})
}

// TestReorderIsWithinPairs has two senders take turns, so that the next message is never of the same pair.
func TestReorderIsWithinPairs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "reorder=3:5s")
		c := logins(t, s, 3)
		for i := range 4 {
			say(c[0], c[2], 10+i, 1)
			synctest.Wait()
			say(c[1], c[2], 20+i, 1)
			synctest.Wait()
		}
		// 11 is the third: 12 sets it free. 22 is the sixth: 23 does.
		if got, want := heard(c[2], 8), []string{"10", "20", "21", "12", "11", "13", "23", "22"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		expectCounts(t, s, map[string]int64{"routed": 8, "delivered": 8, "reordered": 2})
	})
}

func TestReorderEveryMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "reorder=1")
		c := logins(t, s, 2)
		say(c[0], c[1], 1, 6)
		if got, want := heard(c[1], 6), []string{"2", "1", "4", "3", "6", "5"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		expectCounts(t, s, map[string]int64{"routed": 6, "delivered": 6, "reordered": 3})
	})
}

// TestReorderedSenderLeaves has what is held back delivered when its sender goes.
func TestReorderedSenderLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "reorder=1:1h")
		c := logins(t, s, 2)
		say(c[0], c[1], 1, 1)
		c[0].send("</stream:stream>")
		c[0].expectEnd()
		if got := heard(c[1], 1); got[0] != "1" {
			t.Errorf("got %v", got)
		}
		expectCounts(t, s, map[string]int64{"routed": 1, "delivered": 1, "reorder_expired": 1})
	})
}

func TestMisdeliver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "misdeliver=2")
		c := logins(t, s, 3)
		say(c[0], c[1], 1, 4)
		if got := heard(c[1], 2); !slices.Equal(got, []string{"1", "3"}) {
			t.Errorf("the recipient got %v", got)
		}
		if got := heard(c[2], 2); !slices.Equal(got, []string{"2", "4"}) {
			t.Errorf("the bystander got %v", got)
		}
		expectCounts(t, s, map[string]int64{"routed": 4, "delivered": 4, "misdelivered": 2})
	})
}

func TestMisdeliverNeedsABystander(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "misdeliver=1")
		c := logins(t, s, 2)
		say(c[0], c[1], 1, 3)
		heard(c[1], 3)
		expectCounts(t, s, map[string]int64{"routed": 3, "delivered": 3})
	})
}

// TestOneFaultAMessage has every message meet the first of the faults that its number is a multiple of.
func TestOneFaultAMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "lose=6 duplicate=4 misdeliver=2")
		c := logins(t, s, 3)
		say(c[0], c[1], 1, 12)
		// 6, 12 lost; 4, 8 doubled; 2, 10 misdelivered.
		if got, want := heard(c[1], 10), []string{"1", "3", "4", "4", "5", "7", "8", "8", "9", "11"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		heard(c[2], 2)
		expectCounts(t, s, map[string]int64{"routed": 12, "delivered": 12, "lost": 2, "duplicated": 2, "misdelivered": 2})
	})
}
