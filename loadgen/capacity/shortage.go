package capacity

import (
	"fmt"
	"math"
	"slices"
	"time"

	"xmpprig/results"
)

// Machine is what the server and the rig had.
type Machine struct {
	CPUs   int
	Memory int64
	Files  int64 // that a process may open
}

// Shares at which a thing counts as short.
const (
	shortCPU    = .90
	shortMemory = .85
	shortFiles  = .90
	rigShare    = .80
	fullTail    = .02 // of the seconds
	longWait    = .50 // of the time that threads ran, they were ready to and had no CPU
)

// RanOut names what was short in the trials around the border, the likeliest cause first, and then what was not.
func RanOut(trials []results.Trial, a results.Answer, m Machine) []results.RanOut {
	border, below := around(trials, a)
	if border == nil {
		return nil
	}
	all := []results.RanOut{sessionsShort(border), cpuShort(border, below, m), threadShort(border), machineShort(border, m), memoryShort(border, m), filesShort(border, m), rigShort(border), lagShort(border)}
	all = slices.DeleteFunc(all, func(r results.RanOut) bool { return r.Text == "" })
	slices.SortStableFunc(all, func(a, b results.RanOut) int {
		switch {
		case a.Short == b.Short:
			return 0
		case a.Short:
			return -1
		}
		return 1
	})
	return placeQueue(all, queueShort(border))
}

// placeQueue puts a backlog behind what explains it, or, where nothing that can be seen does, first.
func placeQueue(all []results.RanOut, queue results.RanOut) []results.RanOut {
	if queue.Text == "" {
		return all
	}
	short := 0
	for _, r := range all {
		if r.Short {
			short++
		}
	}
	if short == 0 && queue.Short {
		queue.Text += "; what the server has of CPU, memory and descriptors was not used up, so it waits for something inside of itself (a lock, a disk, a limit)"
	}
	return slices.Insert(all, short, queue)
}

// around is the trial at the lowest load that did not pass, and the one at the highest that did.
func around(trials []results.Trial, a results.Answer) (border, below *results.Trial) {
	for i := range trials {
		t := &trials[i]
		switch {
		case t.Class == results.TrialPassed && (below == nil || t.Load > below.Load):
			below = t
		case t.Class != results.TrialPassed && t.LengthNS+t.Refused > 0 && (border == nil || t.Load < border.Load) && t.Load > a.Load:
			border = t
		}
	}
	if border == nil {
		border = below
	}
	return border, below
}

func sessionsShort(t *results.Trial) results.RanOut {
	if t.Refused == 0 {
		return results.RanOut{}
	}
	return results.RanOut{What: "sessions", Short: true, Text: fmt.Sprintf("sessions: the server took %d, and %s", t.Sessions, t.Reason)}
}

func cpuShort(t, below *results.Trial, m Machine) results.RanOut {
	if !t.Observed {
		return results.RanOut{What: "server CPU", Text: "the server's CPU, memory and descriptors could not be seen"}
	}
	r := results.RanOut{What: "server CPU", Text: fmt.Sprintf("server CPU: %.2f of %d CPUs in use", t.ServerCPU, m.CPUs)}
	cpus := t.ServerCPU
	if below != nil && below != t {
		r.Text += fmt.Sprintf(" at %.4g, %.2f at %.4g", t.Load, below.ServerCPU, below.Load)
		cpus = max(cpus, below.ServerCPU)
	}
	switch {
	case cpus >= shortCPU*float64(m.CPUs):
		r.Short = true
	case t.Thread == 0 && m.CPUs > 1 && cpus >= shortCPU && cpus < 1.1:
		r.Short = true
		r.Text += ": one CPU whole, as of a server with one thread that works"
	}
	return r
}

// threadShort tells of the thread that a server with few of them has all its work done by. A hundredth of the answers is late where that
// thread is full for a hundredth of the time, so that a tail can be missed while it has time to spare on average.
func threadShort(t *results.Trial) results.RanOut {
	if !t.Observed || t.Thread == 0 {
		return results.RanOut{}
	}
	r := results.RanOut{What: "server thread", Short: t.Thread >= shortCPU || t.Full > fullTail}
	r.Text = fmt.Sprintf("server thread: the busiest used %.2f of one CPU on average at %.4g, all of it in %.0f %% of the seconds", t.Thread, t.Load, 100*t.Full)
	if r.Short {
		r.Text += "; a thread cannot use more, however many CPUs are idle"
	}
	return r
}

func machineShort(t *results.Trial, m Machine) results.RanOut {
	if !t.Observed || m.CPUs == 0 {
		return results.RanOut{}
	}
	sum := t.RigCPUs + t.ServerCPU
	r := results.RanOut{What: "machine CPU", Short: sum >= machine*float64(m.CPUs) || t.Waiting >= longWait*t.ServerCPU && t.Waiting >= longWait}
	r.Text = fmt.Sprintf("machine: server and rig together %.2f of %d CPUs", sum, m.CPUs)
	if t.Waiting > 0 {
		r.Text += fmt.Sprintf("; %s of the server's threads waited for one at any time", few(t.Waiting))
	}
	if r.Short {
		r.Text += ", so the server had what the rig left; on CPUs of its own it may sustain more"
	}
	return r
}

func memoryShort(t *results.Trial, m Machine) results.RanOut {
	if !t.Observed || m.Memory == 0 {
		return results.RanOut{}
	}
	share := float64(t.ServerMem) / float64(m.Memory)
	r := results.RanOut{What: "server memory", Short: share >= shortMemory}
	r.Text = fmt.Sprintf("server memory: %.0f MiB, %.0f MiB more than before the first login, of %.0f MiB that the machine has", mib(t.ServerMem), mib(t.ServerMem-t.MemBefore), mib(m.Memory))
	return r
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func filesShort(t *results.Trial, m Machine) results.RanOut {
	if !t.Observed || m.Files == 0 || t.ServerFDs == 0 {
		return results.RanOut{}
	}
	return results.RanOut{
		What: "descriptors", Short: float64(t.ServerFDs) >= shortFiles*float64(m.Files),
		Text: fmt.Sprintf("descriptors: the server had %d open, and %d is what a process may open here", t.ServerFDs, m.Files),
	}
}

func rigShort(t *results.Trial) results.RanOut {
	return results.RanOut{What: "rig CPU", Short: t.RigCPU > rigShare, Text: fmt.Sprintf("rig CPU: %.0f %% of what it may use", 100*t.RigCPU)}
}

func lagShort(t *results.Trial) results.RanOut {
	if t.P99NS == 0 {
		return results.RanOut{}
	}
	late, whole := time.Duration(t.LagP99NS), time.Duration(t.P99NS)
	return results.RanOut{
		What: "rig lag", Short: late > time.Millisecond && float64(late) > .25*float64(whole),
		Text: fmt.Sprintf("rig lag: %v of the %v that answers took (99th percentiles)", late.Round(10*time.Microsecond), whole.Round(10*time.Microsecond)),
	}
}

func queueShort(t *results.Trial) results.RanOut {
	growing := t.KeptUp < .995 && t.Growth > 1
	r := results.RanOut{What: "queue", Short: growing, Text: fmt.Sprintf("queue: the backlog did not grow at %.4g", t.Load)}
	if growing {
		r.Text = fmt.Sprintf("queue: at %.4g the server did %.4g/s of %.4g/s, and its backlog grew by %.3g each second", t.Load, t.Achieved, t.Offered, t.Growth)
	} else if t.P99NS > 0 && t.MeanNS > 0 {
		r.Text += fmt.Sprintf(" (about %s under way on average)", few(t.Achieved*t.MeanNS/1e9))
	}
	return r
}

func few(v float64) string {
	if v >= 100 {
		return fmt.Sprint(math.Round(v))
	}
	return fmt.Sprintf("%.2g", v)
}
