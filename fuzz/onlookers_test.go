package fuzz

import (
	"strings"
	"testing"

	"xmpprig/fuzz/program"
)

// streamOf plays text beside what is kept, and returns the stream that the witness had at the end.
func streamOf(t *testing.T, site *Site, kept *onlookers, text string) string {
	t.Helper()
	tr, err := playBeside(t.Context(), site, parsed(t, text), kept)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	stream, _ := tr.Known("witness.stream")
	if jid, ok := tr.Known("witness.jid"); stream == "" || !ok || jid == "" {
		t.Fatalf("%s: the witness is not known:\n%s", text, tr)
	}
	return stream
}

// TestOnlookersAreKept tells sessions that go on from those that must not.
func TestOnlookersAreKept(t *testing.T) {
	const looksOn = "witness login\nattacker login\nmark\nattacker send \"<message to='{witness.jid}'><body>x</body></message>\"\nattacker sync\nwitness sync\n"
	site := serve(t)
	for _, c := range []struct {
		name, first, second string
		kept                bool
	}{
		{"it looked on", looksOn, looksOn, true},
		{"what came late is not seen by the next", "witness login\nattacker login\nmark\nattacker send \"<message to='{witness.jid}'><body>x</body></message>\"\nattacker sync\n", looksOn, true},
		{"it was seen", "witness login\nwitness send \"<presence/>\"\nattacker login\nmark\nattacker sync\n", looksOn, false},
		{"it ended", "witness login\nattacker login\nmark\nwitness close\nattacker sync\n", looksOn, false},
		{"its stream broke", "witness login\nattacker login\nmark\nwitness send \"<a>\"\nattacker sync\n", looksOn, false},
		{"it begins by hand", looksOn, "witness dial\nwitness header\nwitness starttls\nwitness header\nwitness auth PLAIN\nwitness header\nwitness bind\nmark\nwitness sync\n", false},
		{"it logs in behind the mark", looksOn, "attacker login\nmark\nwitness login\nwitness sync\n", false},
		{"the attacker is always new", "attacker login\nwitness login\nmark\nattacker sync\n", looksOn, true},
	} {
		kept := newOnlookers()
		a := streamOf(t, site, kept, c.first)
		b := streamOf(t, site, kept, c.second)
		if (a == b) != c.kept {
			t.Errorf("%s: streams %s and %s, want the same: %t", c.name, a, b, c.kept)
		}
		kept.end(site)
		if n := kept.count(); n != 0 {
			t.Errorf("%s: %d sessions after the end", c.name, n)
		}
	}
}

// TestKeptLoginIsInTheTranscript has each transcript tell all that its actors saw.
func TestKeptLoginIsInTheTranscript(t *testing.T) {
	site, kept := serve(t), newOnlookers()
	defer kept.end(site)
	p := parsed(t, "witness login\nattacker login\nmark\nattacker sync\nwitness sync\n")
	var counts [2]map[program.What]int
	for i := range counts {
		tr, err := playBeside(t.Context(), site, p, kept)
		if err != nil {
			t.Fatal(err)
		}
		counts[i] = map[program.What]int{}
		for _, e := range tr {
			if e.Actor == program.Witness && e.What != program.Received { // which may come in pieces
				counts[i][e.What]++
			}
		}
	}
	for what, n := range counts[0] {
		if counts[1][what] != n {
			t.Errorf("%s: %d times, and %d with a session that was kept", what, n, counts[1][what])
		}
	}
}

// TestProofsHaveNewAccounts has what is to be proved played on accounts that nothing was played on.
func TestProofsHaveNewAccounts(t *testing.T) {
	site := &Site{Users: account, Spare: 2}
	b := &bench{site: site}
	var names []string
	for range 4 {
		b.renew()
		name, _ := b.patient().user(program.Witness)
		names = append(names, name)
	}
	if got := strings.Join(names, " "); got != "user5 user9 user5 user9" {
		t.Errorf("the witnesses are %s", got)
	}
	b.site.Spare, b.set = 0, 0
	if b.renew(); b.set != 0 {
		t.Error("there are no spare accounts to prove things on")
	}
}
