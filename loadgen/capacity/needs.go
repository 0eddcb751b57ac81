package capacity

import (
	"fmt"
	"math"

	"xmpprig/results"
)

// NeedsOf works out what the server needs for numbers of users, each of whom stands for rate arrivals a second: CPU by a line through
// the loads that it kept up with, memory and descriptors by what a session added. Nothing is said beyond twice what was measured.
func NeedsOf(trials []results.Trial, a results.Answer, rate float64) *results.Needs {
	c := costsOf(trials)
	n := &results.Needs{}
	switch {
	case c.n == 0:
		n.Absent = "there is no trial that passed in which the server's cost could be seen"
		return n
	case rate <= 0:
		n.Absent = "a session stands for no rate of arrivals"
		return n
	case c.n < 3:
		n.Absent = fmt.Sprintf("it takes three trials that the server kept up with, and there are %d", c.n)
		return n
	}
	byRate, bySessions := reachOf*c.mostRate/rate, reachOf*c.mostSessions
	n.UpTo = max(byRate, bySessions)
	n.Basis = []string{
		fmt.Sprintf("CPU: %.3g CPUs at rest and %.3g ms of CPU time for each arrival, by a line through %d trials of up to %.4g/s", c.cpu0, 1e3*c.cpu, c.cpuN, c.mostRate),
		fmt.Sprintf("memory: %.1f MiB and %.1f ± %.1f KiB a session, from %d trials of up to %.0f sessions", c.mem0/(1<<20), c.mem/(1<<10), c.memPM/(1<<10), c.n, c.mostSessions),
		fmt.Sprintf("each user at %.3g arrivals a second, as in the scenario", rate),
	}
	n.Range = fmt.Sprintf("CPU up to %.0f users and memory up to %.0f, twice what was measured; ± is a 95 %% interval of these trials on this machine, and no promise for another", byRate, bySessions)
	for _, users := range steps(n.UpTo) {
		n.Rows = append(n.Rows, c.need(users, rate, byRate, bySessions, a))
	}
	return n
}

// steps are round numbers of users: 1, 2, 5, 10 … up to a bound, the last few of them.
func steps(upTo float64) (all []float64) {
	for size := 1.0; size <= upTo; size *= 10 {
		for _, m := range []float64{1, 2, 5} {
			if m*size <= upTo {
				all = append(all, m*size)
			}
		}
	}
	return all[max(0, len(all)-7):]
}

type costs struct {
	n, cpuN                int
	cpu0, cpu, cpuSD       float64 // CPUs, CPUs for an arrival a second; what the points lie off the line
	meanRate, sxx          float64
	mem0, mem, memPM, fds0 float64
	fds                    float64
	mostRate, mostSessions float64
}

func costsOf(trials []results.Trial) (c costs) {
	var rates, cpus, mem, mem0, sessions, files []float64
	for _, t := range trials {
		if !t.Observed || t.Class != results.TrialPassed || t.LengthNS == 0 || t.Sessions == 0 {
			continue
		}
		rates, cpus = append(rates, t.Achieved), append(cpus, t.ServerCPU)
		mem0, mem = append(mem0, float64(t.MemBefore)), append(mem, float64(max(0, t.ServerMem-t.MemBefore))/float64(t.Sessions))
		sessions, files = append(sessions, float64(t.Sessions)), append(files, float64(t.ServerFDs))
		c.mostRate, c.mostSessions = max(c.mostRate, t.Achieved), max(c.mostSessions, float64(t.Sessions))
	}
	if c.n = len(rates); c.n == 0 {
		return c
	}
	c.fitCPU(rates, cpus)
	c.mem0, _ = spread(mem0)
	var sd float64
	c.mem, sd = spread(mem)
	c.memPM = 2 * sd // of one trial, not of the mean: servers keep memory as they like
	c.fds = 1
	c.fds0 = math.Inf(1)
	for i := range files {
		c.fds0 = max(0, min(c.fds0, files[i]-sessions[i]))
	}
	return c
}

func (c *costs) fitCPU(rates, cpus []float64) {
	c.cpuN = len(rates)
	var ok bool
	if c.cpu0, c.cpu, ok = line(rates, cpus); !ok || c.cpu < 0 {
		c.cpu0, _ = spread(cpus)
		c.cpu = 0
	}
	if c.cpu0 < 0 { // a server at rest uses no less than nothing
		c.cpu0, c.cpu = 0, through0(rates, cpus)
	}
	c.meanRate, _ = spread(rates)
	var rest float64
	for i := range rates {
		d := cpus[i] - c.cpu0 - c.cpu*rates[i]
		rest += d * d
		c.sxx += (rates[i] - c.meanRate) * (rates[i] - c.meanRate)
	}
	c.cpuSD = math.Sqrt(rest / float64(max(1, len(rates)-2)))
}

func through0(x, y []float64) float64 {
	var xy, xx float64
	for i := range x {
		xy, xx = xy+x[i]*y[i], xx+x[i]*x[i]
	}
	if xx == 0 {
		return 0
	}
	return xy / xx
}

func spread(all []float64) (mean, sd float64) {
	for _, v := range all {
		mean += v / float64(len(all))
	}
	for _, v := range all {
		sd += (v - mean) * (v - mean)
	}
	if len(all) < 2 {
		return mean, 0
	}
	return mean, math.Sqrt(sd / float64(len(all)-1))
}

// need is one row; a figure that was not measured so far is −1.
func (c *costs) need(users, rate, byRate, bySessions float64, a results.Answer) results.Need {
	r := results.Need{Users: users, Rate: users * rate, CPUs: -1, Memory: -1, FDs: -1}
	r.Sustained = a.Load > 0 && r.Rate <= 1.001*c.mostRate
	if users <= byRate {
		r.CPUs = c.cpu0 + c.cpu*r.Rate
		off := 1 + 1/float64(c.cpuN)
		if c.sxx > 0 {
			off += (r.Rate - c.meanRate) * (r.Rate - c.meanRate) / c.sxx
		}
		r.CPUsPM = 2 * c.cpuSD * math.Sqrt(off)
	}
	if users <= bySessions {
		r.Memory, r.MemoryPM, r.FDs = c.mem0+c.mem*users, c.memPM*users, c.fds0+c.fds*users
	}
	return r
}
