package fuzz

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"xmpprig/fuzz/mutate"
	"xmpprig/fuzz/program"
	"xmpprig/loadgen/target"
)

// BenchmarkPrograms plays mutants of the shipped corpus, as a campaign does. It prints how many a second, and how much of the time
// the rig itself computed: rig-%; the rest it waited. Of the CPU time of both, rig-cpu-% is the rig's.
func BenchmarkPrograms(b *testing.B) {
	for _, driver := range []string{"loopback", "prosody"} {
		b.Run(driver, func(b *testing.B) {
			if slices.Contains(strings.Split(os.Getenv("XMPPRIG_SKIP_SERVERS"), ","), driver) {
				b.Logf("NOT MEASURED: %s, because XMPPRIG_SKIP_SERVERS names it", driver)
				return
			}
			srv, site := driven(b, driver)
			site.Patience, site.Glance = time.Second, 100*time.Millisecond
			bench, err := setUp(b.Context(), srv, site, false)
			if err != nil {
				b.Fatal(err)
			}
			defer bench.end()
			mutants := mutantsOf(shipped(b), 500)
			rig, server := processCPU(), serverCPU(b, srv)
			start := time.Now()
			n := 0
			for b.Loop() {
				t, err := bench.try(b.Context(), site, mutants[n%len(mutants)])
				if err != nil {
					b.Fatal(err)
				}
				if n++; t.facts.Ended {
					b.Fatalf("%s is dead after\n%s", driver, t.program)
				}
			}
			wall := time.Since(start).Seconds()
			rig, server = processCPU()-rig, serverCPU(b, srv)-server
			b.ReportMetric(float64(n)/wall, "programs/s")
			b.ReportMetric(100*rig/wall, "rig-%")
			b.ReportMetric(100*rig/(rig+server), "rig-cpu-%")
		})
	}
}

// driven starts the server of a driver.
func driven(b *testing.B, driver string) (*target.Server, *Site) {
	if driver == "loopback" {
		return child(b)
	}
	users := target.Users{Count: Accounts, Name: "user{n}", Password: "secret{n}"}
	s, err := target.Start(b.Context(), target.Spec{Driver: driver, Domain: "localhost", Users: users, Sessions: 64})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Stop(b.Context()) }) // nobody reads of it
	return s, SiteOf(s, users)
}

func mutantsOf(pool []*program.Program, n int) (mutants []*program.Program) {
	r := rand.New(rand.NewPCG(1, 1))
	for len(mutants) < n {
		layer := mutate.Layers()[r.IntN(len(mutate.Layers()))]
		if q, ok := mutate.Mutate(r, layer, pool[r.IntN(len(pool))], mutate.Material{Pool: pool}); ok {
			mutants = append(mutants, q)
		}
	}
	return mutants
}

func serverCPU(b *testing.B, s *target.Server) float64 {
	c, err := s.Cost()
	if err != nil {
		b.Fatal(err)
	}
	return c.CPU.Seconds()
}
