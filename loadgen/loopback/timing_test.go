package loopback

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestFixedDelayKeepsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "delay=5ms")
		c := logins(t, s, 2)
		start := time.Now()
		say(c[0], c[1], 1, 50)
		if got := heard(c[1], 50); !slices.Equal(got, numbers(1, 50)) {
			t.Errorf("got %v", got)
		}
		if took := time.Since(start); took != 5*time.Millisecond {
			t.Errorf("fifty took %v, so they waited for one another", took)
		}
		c[0].expectNothing()
		if took := time.Since(start); took != 10*time.Millisecond {
			t.Errorf("the iq took until %v", took)
		}
		expectCounts(t, s, map[string]int64{"routed": 50, "delivered": 50, "delays": 51})
		if total := s.Tally().DelayTotal; total != 51*5e6 {
			t.Errorf("delays of %d ns in all", total)
		}
	})
}

// TestRandomDelayIsTheOneDrawn measures a distribution, in the clock of the bubble, against its own quantiles.
func TestRandomDelayIsTheOneDrawn(t *testing.T) {
	for _, spec := range []string{"delay=exponential:5ms seed=7", "delay=lognormal:5ms:0.8", "delay=uniform:2ms..8ms"} {
		t.Run(spec, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := faulty(t, spec)
				c := logins(t, s, 2)
				const n = 10000
				var got []time.Duration
				for range n / 100 {
					start := time.Now()
					say(c[0], c[1], 1, 100)
					for range 100 {
						heard(c[1], 1)
						got = append(got, time.Since(start))
					}
				}
				slices.Sort(got)
				for _, p := range []float64{0.5, 0.9, 0.99, 0.999} {
					want := s.options.Faults.Delay.Quantile(p)
					if q := got[int(p*n)]; max(q-want, want-q) > want/50+100*time.Microsecond {
						t.Errorf("p%g is %v, want %v", 100*p, q, want)
					}
				}
				synctest.Wait()
				if tally := s.Tally(); tally.Overtaken == 0 || tally.Delivered != n || tally.Delays != n {
					t.Errorf("tally %+v", tally)
				}
			})
		})
	}
}

// TestOvertaken holds the count against what the recipient sees.
func TestOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "delay=exponential:5ms")
		c := logins(t, s, 2)
		say(c[0], c[1], 100, 500)
		highest, overtaken := "", int64(0)
		for _, id := range heard(c[1], 500) {
			if id < highest {
				overtaken++
			}
			highest = max(highest, id)
		}
		synctest.Wait()
		if got := s.Tally().Overtaken; got != overtaken || overtaken == 0 {
			t.Errorf("the server counts %d, the recipient %d", got, overtaken)
		}
	})
}

func TestReorderUnderDelay(t *testing.T) {
	for _, delay := range []string{"delay=5ms", "rate=100/s"} {
		synctest.Test(t, func(t *testing.T) {
			s := faulty(t, delay, "reorder=2")
			c := logins(t, s, 2)
			say(c[0], c[1], 1, 5)
			if got, want := heard(c[1], 5), []string{"1", "3", "2", "5", "4"}; !slices.Equal(got, want) {
				t.Errorf("%s: got %v, want %v", delay, got, want)
			}
		})
	}
}

func TestLoginDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "login-delay=10ms")
		start := time.Now()
		c := logins(t, s, 1)
		// Header and features are one answer, there are two of them; then success and bind.
		if took := time.Since(start); took != 40*time.Millisecond {
			t.Errorf("login took %v", took)
		}
		c[0].expectNothing()
		if took := time.Since(start); took != 40*time.Millisecond {
			t.Errorf("a ping after login waited until %v", took)
		}
		expectCounts(t, s, map[string]int64{"login_delays": 4})
	})
}

func TestStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "stall=10s+1400ms/30s")
		c := logins(t, s, 2)
		start := time.Now()
		var arrivals []time.Duration
		for second := range 45 {
			time.Sleep(time.Until(start.Add(time.Duration(second)*time.Second + 500*time.Millisecond)))
			say(c[0], c[1], second, 1)
			if got := heard(c[1], 1); got[0] != fmt.Sprint(second) {
				t.Fatalf("got %v in second %d", got, second)
			}
			if late := time.Since(start) - time.Duration(second)*time.Second - 500*time.Millisecond; late > 0 {
				arrivals = append(arrivals, time.Duration(second)*time.Second+late)
			}
		}
		if want := []time.Duration{10*time.Second + 900*time.Millisecond, 40*time.Second + 900*time.Millisecond}; !slices.Equal(arrivals, want) {
			t.Errorf("late were %v, want %v", arrivals, want)
		}
		expectCounts(t, s, map[string]int64{"routed": 45, "delivered": 45, "stalls": 2})
	})
}

// TestStallReleasesInOrder has messages wait out a stall, and with one session the end of its stream.
func TestStallReleasesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "stall=1s+5s")
		c := logins(t, s, 2)
		time.Sleep(2 * time.Second)
		start := time.Now()
		say(c[0], c[1], 1, 20)
		synctest.Wait()
		c[1].send("</stream:stream>")
		if got := heard(c[1], 20); !slices.Equal(got, numbers(1, 20)) {
			t.Errorf("got %v", got)
		}
		if took := time.Since(start); took != 4*time.Second {
			t.Errorf("held for %v", took)
		}
		c[1].expectEnd()
		expectCounts(t, s, map[string]int64{"routed": 20, "delivered": 20, "stalls": 1})
	})
}

func TestCloseDuringStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "stall=1s+1h")
		c := logins(t, s, 2)
		time.Sleep(2 * time.Second)
		say(c[0], c[1], 1, 3)
		synctest.Wait()
		start := time.Now()
		done := make(chan struct{})
		go func() { s.Close(); close(done) }()
		heard(c[1], 3)
		for _, c := range c {
			c.expect("<system-shutdown ")
			c.expectEnd()
		}
		<-done
		if took := time.Since(start); took > 2*farewell {
			t.Errorf("closing took %v", took)
		}
		expectCounts(t, s, map[string]int64{"routed": 3, "delivered": 3, "stalls": 1})
	})
}

func TestCloseDuringDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "delay=1h", "reorder=2:1h")
		c := logins(t, s, 2)
		say(c[0], c[1], 1, 3)
		synctest.Wait()
		s.Close()
		expectCounts(t, s, map[string]int64{"routed": 3, "discarded": 3, "reordered": 1, "delays": 3})
	})
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "rate=100/s")
		c := logins(t, s, 3)
		start := time.Now()
		say(c[0], c[1], 1, 10)
		synctest.Wait()
		say(c[2], c[1], 11, 10)
		if got := heard(c[1], 20); !slices.Equal(got, numbers(1, 20)) {
			t.Errorf("got %v", got)
		}
		if took := time.Since(start); took != 200*time.Millisecond {
			t.Errorf("twenty took %v", took)
		}
		time.Sleep(time.Second) // the queue is empty and owes nothing
		start = time.Now()
		c[0].expectNothing()
		if took := time.Since(start); took != 10*time.Millisecond {
			t.Errorf("one took %v", took)
		}
	})
}

func TestRefuse(t *testing.T) {
	for spec, condition := range map[string]string{"refuse=3": "not-authorized", "refuse=3:temporary-auth-failure": "temporary-auth-failure"} {
		synctest.Test(t, func(t *testing.T) {
			s := faulty(t, spec)
			refused := int64(0)
			for i := range 10 {
				c := dial(t, s)
				c.open()
				c.send("%s", plainAuth("user0", "wrong")) // does not count
				c.expect("<not-authorized/>")
				c.send("%s", plainAuth(fmt.Sprint("user", i), fmt.Sprint("pw", i)))
				if got := c.expect(); strings.Contains(got, "<failure ") {
					if refused++; (i+1)%3 != 0 || !strings.Contains(got, "<"+condition+"/>") {
						t.Errorf("login %d: %s", i+1, got)
					}
				}
			}
			expectCounts(t, s, map[string]int64{"auth_failed": 10, "refused": 3})
			if refused != 3 {
				t.Errorf("%d were refused", refused)
			}
		})
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		spec string
		want []time.Duration // the life of each of four sessions that come a second apart
	}{
		{"cut=10s", []time.Duration{10 * time.Second, 10 * time.Second, 10 * time.Second, 10 * time.Second}},
		{"cut=2:10s", []time.Duration{0, 10 * time.Second, 0, 10 * time.Second}},
		{"cut=all:10s", []time.Duration{10 * time.Second, 9 * time.Second, 8 * time.Second, 7 * time.Second}},
	} {
		t.Run(test.spec, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := faulty(t, test.spec)
				got := make([]time.Duration, 4)
				done := make(chan struct{})
				cuts := int64(0)
				for i := range got {
					c := loginAs(t, s, i)
					start := time.Now()
					go func() {
						defer func() { done <- struct{}{} }()
						if b := make([]byte, 100); test.want[i] > 0 {
							if n, err := c.conn.Read(b); err == nil {
								t.Errorf("before the cut came %q", b[:n])
							}
							got[i] = time.Since(start)
						}
					}()
					if test.want[i] > 0 {
						cuts++
					}
					time.Sleep(time.Second)
				}
				for range got {
					<-done
				}
				if !slices.Equal(got, test.want) {
					t.Errorf("sessions lived %v, want %v", got, test.want)
				}
				synctest.Wait()
				expectCounts(t, s, map[string]int64{"cut": cuts})
			})
		})
	}
}

func TestMute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "mute=ping")
		c := logins(t, s, 1)[0]
		c.send("<iq type='get' id='1' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>")
		c.send("<iq type='get' id='2'><query xmlns='jabber:iq:roster'/></iq>")
		c.expect("id='2'")
		expectCounts(t, s, map[string]int64{"unanswered": 1})

		s = faulty(t, "mute")
		c = logins(t, s, 1)[0]
		c.send("<iq type='get' id='1' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>")
		c.send("<iq type='get' id='2'><query xmlns='jabber:iq:roster'/></iq>")
		c.send("<presence/>")
		c.expect("<presence")
		expectCounts(t, s, map[string]int64{"unanswered": 2})
	})
}

// TestSessions has room for two: a third is turned away, unless one of them has gone or it takes the place of one.
func TestSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(t, "sessions=2")
		c := logins(t, s, 2)
		third := dial(t, s)
		third.authenticate(2)
		third.send("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
		if got := third.expect(); !strings.Contains(got, "resource-constraint") {
			t.Errorf("the third session got %s", got)
		}
		expectCounts(t, s, map[string]int64{"full": 1})
		_ = c[0].conn.Close()
		synctest.Wait()
		loginAs(t, s, 3)
		expectCounts(t, s, map[string]int64{"full": 1})
	})
}
