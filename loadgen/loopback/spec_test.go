package loopback

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestParseFaults(t *testing.T) {
	for _, test := range []struct {
		spec string
		want Faults
	}{
		{"", Faults{}},
		{"delay=5ms", Faults{Delay: Delay{Law: Fixed, Time: 5 * time.Millisecond}}},
		{"delay=uniform:2ms..8ms", Faults{Delay: Delay{Law: Uniform, Time: 2 * time.Millisecond, To: 8 * time.Millisecond}}},
		{"delay=exponential:5ms seed=9", Faults{Delay: Delay{Law: Exponential, Time: 5 * time.Millisecond}, Seed: 9}},
		{"login-delay=lognormal:5ms:0.8", Faults{LoginDelay: Delay{Law: LogNormal, Time: 5 * time.Millisecond, Sigma: 0.8}}},
		{"stall=10s+1.4s", Faults{Stall: Stall{After: 10 * time.Second, For: 1400 * time.Millisecond}}},
		{"stall=10s+1.4s/30s", Faults{Stall: Stall{After: 10 * time.Second, For: 1400 * time.Millisecond, Every: 30 * time.Second}}},
		{"lose=100 duplicate=7 reorder=3 misdeliver=1", Faults{Lose: 100, Duplicate: 7, Reorder: 3, Misdeliver: 1}},
		{"reorder=3:5s", Faults{Reorder: 3, ReorderWithin: 5 * time.Second}},
		{"rate=2000/s", Faults{Rate: 2000}},
		{"rate=0.5/s", Faults{Rate: 0.5}},
		{"sessions=500", Faults{Sessions: 500}},
		{"refuse=10", Faults{RefuseLogins: Refusal{Every: 10}}},
		{"refuse=10:account-disabled", Faults{RefuseLogins: Refusal{Every: 10, Condition: "account-disabled"}}},
		{"cut=30s", Faults{CutConnections: Cut{Every: 1, After: 30 * time.Second}}},
		{"cut=10:30s", Faults{CutConnections: Cut{Every: 10, After: 30 * time.Second}}},
		{"cut=all:0s", Faults{CutConnections: Cut{All: true}}},
		{"mute", Faults{NeverAnswer: AllIQ}},
		{"without=ping", Faults{Without: "urn:xmpp:ping"}},
		{"mute=roster", Faults{NeverAnswer: "jabber:iq:roster"}},
		{"mute=urn:example:x", Faults{NeverAnswer: "urn:example:x"}},
	} {
		got, err := ParseFaults([]string{test.spec})
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v", test.spec, got, err)
		}
		if again, err := ParseFaults(strings.Fields(got.String())); err != nil || again != got {
			t.Errorf("%s: written as %q, which reads as %+v, %v", test.spec, got, again, err)
		}
	}
}

func TestParseFaultsRefuses(t *testing.T) {
	for spec, want := range map[string]string{
		"delay": "write delay=5ms", "delay=5": "unit", "delay=0s": "above zero", "delay=-1s": "negative", "delay=normal:5ms": `no law "normal"`,
		"delay=uniform:8ms..2ms": "below", "delay=uniform:8ms": "two times", "delay=lognormal:5ms": "sigma", "delay=lognormal:5ms:0": "sigma",
		"delay=lognormal:5ms:x": "not a number", "stall=10s": "beginning", "stall=10s+0s": "no length", "stall=1s+5s/3s": "before this one ends", "lose=0": "0-th",
		"lose=x": "not a number", "lose=1 lose=2": "twice", "reorder=2:0s": "no time", "rate=5": "rate=2000/s", "rate=0/s": "above zero", "rate=NaN/s": "above zero",
		"rate=Inf/s": "not possible", "refuse=2:aborted": "no condition", "cut=x:1s": "not a number", "cut=1:x": "unit", "mute=foo": "no kind",
		"drop=1": "there are delay, login-delay, seed, stall, lose, duplicate, reorder, misdeliver, lose-copies, rate, sessions, refuse, cut, mute, without",
	} {
		if f, err := ParseFaults([]string{spec}); err == nil || !strings.Contains(err.Error(), want) || f != (Faults{}) {
			t.Errorf("%s: %v; want %q", spec, err, want)
		}
	}
	_, err := ParseFaults([]string{"lose=0", "drop=1"})
	if err == nil || !strings.Contains(err.Error(), "lose=0") || !strings.Contains(err.Error(), "drop=1") {
		t.Errorf("not all errors come at once: %v", err)
	}
}

// TestQuantiles holds the laws against values worked out by hand.
func TestQuantiles(t *testing.T) {
	ms := float64(time.Millisecond)
	for _, test := range []struct {
		delay Delay
		p     float64
		want  float64 // ms
	}{
		{Delay{Law: Fixed, Time: 5e6}, 0.99, 5},
		{Delay{Law: Uniform, Time: 2e6, To: 8e6}, 0.25, 3.5},
		{Delay{Law: Exponential, Time: 5e6}, 0.5, 5 * math.Ln2},
		{Delay{Law: Exponential, Time: 5e6}, 0.99, 5 * 4.605170186},
		{Delay{Law: LogNormal, Time: 5e6, Sigma: 0.8}, 0.5, 5},
		{Delay{Law: LogNormal, Time: 5e6, Sigma: 0.8}, 0.99, 5 * math.Exp(0.8*2.3263478740)},
	} {
		if got := float64(test.delay.Quantile(test.p)) / ms; math.Abs(got-test.want) > 1e-5 {
			t.Errorf("%v at %v: %v ms, want %v", test.delay, test.p, got, test.want)
		}
	}
}

// TestStrata has each block of draws hold one from each thousandth of the law, in an order that the seed gives.
func TestStrata(t *testing.T) {
	d := Delay{Law: Uniform, Time: time.Second, To: 2 * time.Second}
	draws := func(seed uint64) (all []time.Duration) {
		s := newSampler(d, seed, 1)
		for range 2 * strata {
			all = append(all, s.draw())
		}
		return all
	}
	a, b, c := draws(1), draws(1), draws(2)
	same := true
	var seen [2][strata]bool
	for i, v := range a {
		if b[i] != v {
			t.Fatalf("draw %d is %v and then %v", i, v, b[i])
		}
		same = same && c[i] == v
		seen[i/strata][int((v-time.Second)*strata/time.Second)] = true
	}
	if same {
		t.Error("the seed changes nothing")
	}
	for block := range seen {
		for stratum, ok := range seen[block] {
			if !ok {
				t.Errorf("block %d has no draw of stratum %d", block, stratum)
			}
		}
	}
}

func TestStallTimes(t *testing.T) {
	s := Stall{After: 10 * time.Second, For: time.Second, Every: 5 * time.Second}
	for _, test := range []struct {
		age, left time.Duration
		begun     int64
	}{
		{0, 0, 0}, {10*time.Second - 1, 0, 0}, {10 * time.Second, time.Second, 1}, {11*time.Second - 1, 1, 1}, {11 * time.Second, 0, 1},
		{15 * time.Second, time.Second, 2}, {21 * time.Second, 0, 3},
	} {
		if left, begun := s.untilEnd(test.age), s.begun(test.age); left != test.left || begun != test.begun {
			t.Errorf("at %v: %v left, %d begun; want %v, %d", test.age, left, begun, test.left, test.begun)
		}
	}
	once := Stall{After: 0, For: time.Second}
	if once.begun(time.Hour) != 1 || once.untilEnd(time.Hour) != 0 || (Stall{}).begun(time.Hour) != 0 {
		t.Error("a single stall is wrong")
	}
}
