package shrink

import (
	"strconv"
	"strings"
	"testing"

	"xmpprig/fuzz/program"
)

func parse(t testing.TB, body string) *program.Program {
	t.Helper()
	p, err := program.Parse("p", []byte("seed a\ntitle a\nstate a\n\n"+body))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func body(p *program.Program) string { _, b, _ := strings.Cut(p.String(), "\n\n"); return b }

// TestSmallest plants what is to be kept, and wants nothing else to be left.
func TestSmallest(t *testing.T) {
	for _, c := range []struct{ name, from, keep, want string }{
		{"operations", "attacker login\nwitness login\nmark\nattacker sync\nattacker send \"a\"\nwitness sync\nattacker send \"boom\"\nattacker sync\n",
			`send "boom"`, "mark\nattacker send \"boom\"\n"},
		{"actors", "attacker login\nwitness login\nbystander login\nmark\nattacker send \"boom\"\nwitness sync\nbystander sync\n",
			`attacker send "boom"`, "mark\nattacker send \"boom\"\n"},
		{"elements", "mark\nattacker send \"<message to='{witness.jid}'><a><b/>text</a><boom/><c x='1'>{9*z}</c></message>\"\n",
			"<boom/>", "mark\nattacker send \"<boom/>\"\n"},
		{"attributes", "mark\nattacker send \"<message to='a' id=\\\"b\\\" type='boom'/>\"\n", "<message… type='boom'/>", "mark\nattacker send \"<message type='boom'/>\"\n"},
		{"bytes", "mark\nattacker send \"xxxx\\xff\\xfeyyyy{domain}\"\n", `\xff`, "mark\nattacker send \"\\xff\"\n"},
		{"repeats", "mark\nrepeat 100\nattacker dial\nend\n", "dial", "mark\nattacker dial\n"},
		{"freezes", "mark\nattacker freeze 2s\n", "freeze", "mark\nattacker freeze 1ms\n"},
		{"sizes", "mark\nattacker send \"{9000 bytes:<boom>{fill}</boom>}\"\n", "<boom>", "mark\nattacker send \"{13 bytes:<boom>{fill}</boom>}\"\n"},
		{"what is learned stays where it is used", "attacker login\nattacker learn n urn:x a\nattacker learn m urn:x b\nmark\nattacker send \"y{attacker.n+1 bytes:<boom>{fill}</boom>}\"\n", "<boom>",
			"attacker learn n urn:x a\nmark\nattacker send \"{attacker.n+1 bytes:<boom>{fill}</boom>}\"\n"},
		{"pieces", "mark\nattacker send by=1 \"boom\"\n", `boom`, "mark\nattacker send \"boom\"\n"},
		{"placeholders are whole", "mark\nattacker send \"{b64:a{domain}}boom\"\n", "boom", "mark\nattacker send \"boom\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Smallest(parse(t, c.from), func(q *program.Program) bool { return containsAll(q.String(), c.keep) })
			if body(got) != c.want {
				t.Errorf("got\n%swant\n%s", body(got), c.want)
			}
		})
	}
}

// containsAll reports whether the parts, with … between them, stand in text one after the other.
func containsAll(text, parts string) bool {
	for part := range strings.SplitSeq(parts, "…") {
		_, rest, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = rest
	}
	return true
}

// TestSmallestFindsThresholds looks for the number where the finding would be lost.
func TestSmallestFindsThresholds(t *testing.T) {
	for _, c := range []struct{ from, need, most int }{{100, 40, 40}, {4096, 3000, 3000 + 3000/8}, {64, 64, 64}, {1000, 1, 1}} {
		asked := 0
		p := parse(t, "mark\nattacker send \"<a>{"+strconv.Itoa(c.from)+"*x}</a>\"\n")
		got := Smallest(p, func(q *program.Program) bool {
			asked++
			all := counts(q.Ops[len(q.Ops)-1].Arg)
			return len(all) == 1 && all[0].n >= c.need
		})
		if n := counts(got.Ops[1].Arg)[0].n; n < c.need || n > c.most || asked > 400 {
			t.Errorf("from %d, %d needed: %d, asked %d times", c.from, c.need, n, asked)
		}
	}
}

func TestNothingToCut(t *testing.T) {
	p := parse(t, "attacker login\nmark\nattacker send \"boom\"\n")
	if got := Smallest(p, func(*program.Program) bool { return false }); got != p {
		t.Errorf("%s", got)
	}
}

func TestScaled(t *testing.T) {
	q, ok := Scaled(parse(t, "mark\nrepeat 10\nattacker send \"{1000*a}{10*b}{200*{2*c}}\"\nend\n"), 2)
	if want := "mark\nrepeat 5\nattacker send \"{500*a}{10*b}{100*{2*c}}\"\nend\n"; !ok || body(q) != want {
		t.Errorf("%v\n%s", ok, body(q))
	}
	if _, ok := Scaled(parse(t, "mark\nattacker send \"{10*a}\"\n"), 2); ok {
		t.Error("nothing can be divided")
	}
}

// FuzzSmallest holds the promises on any program: the result still shows it, can be parsed, and is no larger.
func FuzzSmallest(f *testing.F) {
	f.Add("attacker login\nmark\nrepeat 3\nattacker send by=2 \"<a b='c'>{9*x}\\xff</a>\"\nend\nattacker sync\n", uint8(3))
	f.Fuzz(func(t *testing.T, text string, keep uint8) {
		p, err := program.Parse("p", []byte("seed a\ntitle a\nstate a\n\n"+text))
		if err != nil || len(text) > 1000 {
			return
		}
		left := 300
		same := func(q *program.Program) bool {
			left--
			return left > 0 && weight(q)%7 != int(keep)%7
		}
		got := Smallest(p, same)
		if got.Check() != nil || weight(got) > weight(p) || got != p && weight(got)%7 == int(keep)%7 {
			t.Errorf("%s\nbecame\n%s", p, got)
		}
	})
}
