package loadgen

import (
	"strings"
	"testing"
	"testing/synctest"

	"xmpprig/results"
)

// withDevices gives the users of a scenario several sessions.
func withDevices(text, start string) string {
	text = strings.Replace(text, `password: "secret"}`, `password: "secret", devices: 2}`, 1)
	return strings.Replace(text, "start: [login, ", "start: [login, "+start, 1)
}

// All devices of both sides have each message, and the ledger says by which way.
func TestDevices(t *testing.T) {
	cases := []struct {
		name, start, fault string
		owed, lost, direct int64
	}{
		{"carbons", "carbons, ", "seed=1", 50, 0, 100}, // the recipient's two get it directly, the sender's other one a copy
		{"without carbons", "", "seed=1", 0, 0, 100},   // nobody is owed anything
		{"lost", "carbons, ", "lose-copies=10", 50, 5, 100},
		{"messages lost", "carbons, ", "lose=10", 60, 10, 90}, // the sender's copy comes, the recipient's two have nothing
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				run := newBench(t, withDevices(scenario(8, someWork, "{message: {to: random, size: 9B}}"), c.start), c.fault).run(t)
				d, l := run.Ledger.Devices, run.Ledger
				if d == nil || d.PerUser != 2 || d.CarbonsOwed != c.owed || d.CarbonsLost != c.lost || d.CarbonsReceived != c.owed-c.lost || d.Direct != c.direct ||
					d.CarbonsTwice+d.CarbonsUnowed+d.CarbonsGone != 0 {
					t.Errorf("devices %+v", d)
				}
				if lost := int64(5 * strings.Count(c.fault, "lose=")); l.Sent != 50 || l.Delivered != 50-lost || l.Lost != lost || l.Duplicated+l.Misdelivered+l.Reordered != 0 {
					t.Errorf("ledger %+v", l)
				}
				if c.owed > 0 {
					if n := find(t, run, "message.carbon", "steady", results.Response).Count; n != d.CarbonsReceived {
						t.Errorf("%d times of copies", n)
					}
				}
			})
		})
	}
}

// A device that is away, or does not show itself, gets copies or nothing, and nothing is lost by that.
func TestDevicesThatGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		work := "{choose: [{weight: 3, do: [{message: {to: random, size: 9B}}]}, {weight: 1, do: [disconnect, {wait: 300ms}, reconnect, carbons, presence]}]}"
		run := newBench(t, withDevices(scenario(8, "{name: steady, duration: 30s, open: {rate: 10/s}}", work), "carbons, ")).run(t)
		d, l := run.Ledger.Devices, run.Ledger
		if d.CarbonsOwed == 0 || d.CarbonsLost != 0 || d.CarbonsOwed != d.CarbonsReceived+d.CarbonsGone || d.CarbonsTwice != 0 || l.Duplicated+l.Misdelivered != 0 {
			t.Errorf("devices %+v, ledger %+v", d, l)
		}
	})
}

// Headlines are not copied (XEP-0280 section 6.1), and the last user may have one device.
func TestDevicesAreNotOwedHeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newBench(t, withDevices(scenario(7, someWork, "{message: {to: random, type: headline, size: 9B}}"), "carbons, ")).run(t)
		if d, l := run.Ledger.Devices, run.Ledger; d.CarbonsOwed != 0 || d.CarbonsUnowed != 0 || l.Sent != 50 || l.Delivered != 50 || l.Duplicated != 0 {
			t.Errorf("devices %+v, ledger %+v", d, l)
		}
	})
}

// Receipts are given once for each message, by the device that has it first.
func TestDevicesGiveReceiptsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newBench(t, withDevices(scenario(8, someWork, "{message: {to: random, size: 9B, receipt: true}}"), "carbons, ")).run(t)
		if r := run.Ledger.Receipts; r.Asked != 50 || r.Returned != 50 {
			t.Errorf("receipts %+v", r)
		}
	})
}

// What the ledger makes of copies.
func TestDeviceLedger(t *testing.T) {
	l := newLedger(1, 4, func(n int) string { return string(rune('a' + n)) }) // of users a and b
	l.devices.perUser = 2
	const all = 1<<owedTo | 2<<owedTo | 2<<owedFrom
	steps := []struct {
		do   func()
		want results.Devices
	}{
		{func() { l.openOwing(0, 1, 0, all) }, results.Devices{CarbonsOwed: 3}},
		{func() { l.arriveAt(stamp{seq: 0}, 1, 0, false) }, results.Devices{CarbonsOwed: 2, Direct: 1}},
		{func() { l.copied(stamp{seq: 0}, 1, 1, false) }, results.Devices{CarbonsOwed: 2, Direct: 1, CarbonsReceived: 1}},
		{func() { l.copied(stamp{seq: 0}, 1, 1, false) }, results.Devices{CarbonsOwed: 2, Direct: 1, CarbonsReceived: 1, CarbonsTwice: 1}},
		{func() { l.copied(stamp{seq: 0}, 0, 0, true) }, results.Devices{CarbonsOwed: 2, Direct: 1, CarbonsReceived: 1, CarbonsTwice: 1, CarbonsUnowed: 1}},
		{func() { l.void(0, l.openOwing(0, 1, 0, all)) }, results.Devices{CarbonsOwed: 2, Direct: 1, CarbonsReceived: 1, CarbonsTwice: 1, CarbonsUnowed: 1}},
		{func() { l.openOwing(0, 1, 0, all); l.refuse(stamp{seq: 2}, "no") }, results.Devices{CarbonsOwed: 2, Direct: 1, CarbonsReceived: 1, CarbonsTwice: 1, CarbonsUnowed: 1}},
	}
	for i, s := range steps {
		s.do()
		s.want.PerUser = 2
		if got := *l.runningDevices(); got != s.want {
			t.Errorf("step %d: %+v, want %+v", i, got, s.want)
		}
	}
	if n := l.outstanding(); n != 1 {
		t.Errorf("%d outstanding, want the copy of the sender's other device", n)
	}
	if d := l.closeDevices(func(user, nth int) bool { return false }); d.CarbonsLost != 1 || d.CarbonsGone != 0 {
		t.Errorf("%+v", d)
	}
	if d := l.closeDevices(func(user, nth int) bool { return user == 0 && nth == 1 }); d.CarbonsLost != 0 || d.CarbonsGone != 1 {
		t.Errorf("%+v", d)
	}
	l.arriveAt(stamp{seq: 0}, 1, 0, false)
	l.copied(stamp{seq: 0}, 0, 1, false) // as received by the sender
	l.copied(stamp{from: 3, seq: 9}, 1, 0, true)
	if l.duplicated.Load() != 1 || l.misdelivered.Load() != 2 {
		t.Errorf("%d twice, %d astray", l.duplicated.Load(), l.misdelivered.Load())
	}
}
