package mutate

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// TestRespell compares what a parser sees in a variant with what it sees in the original.
func TestRespell(t *testing.T) {
	told, wellFormedRows := map[string]int{}, 0
	for _, p := range rows(t) {
		before := p.String()
		want, good := seen(t, p)
		if good {
			wellFormedRows++
		}
		for seed := range uint64(40) {
			q, how, ok := Respell(rand.New(rand.NewPCG(seed, 2)), p)
			if !ok {
				if len(spoken(p)) > 0 {
					t.Errorf("%s, seed %d: no variant", p.Name(), seed)
				}
				break
			}
			for _, h := range strings.Split(how, ", ") {
				told[h]++
			}
			got, _ := seen(t, q)
			if good && got != want {
				t.Errorf("%s as %s:\n%q\n%q", p.Name(), how, got, want)
			}
			if !good && sent(q) != sent(p) && strings.Count(sent(p), "<?xml") < 2 { // with two headers it is two streams
				t.Errorf("%s is not well-formed, and was spelled otherwise: %s", p.Name(), how)
			}
			if err := q.Check(); err != nil {
				t.Error(err)
			}
			if err := alikeButForTexts(p, q); err != nil {
				t.Errorf("%s: %v", p.Name(), err)
			}
			again, howAgain, _ := Respell(rand.New(rand.NewPCG(seed, 2)), p)
			if again == nil || again.String() != q.String() || how != howAgain {
				t.Errorf("%s, seed %d: another variant of the same seed", p.Name(), seed)
			}
		}
		if p.String() != before {
			t.Fatalf("%s was changed", p.Name())
		}
	}
	if wellFormedRows < 40 {
		t.Errorf("%d rows are well-formed", wellFormedRows)
	}
	for _, s := range spellings() {
		if told[s.told] == 0 {
			t.Errorf("no variant was told to be %s", s.told)
		}
	}
	if told["pieces of 1 byte"] == 0 || told["pieces of 7 bytes"] == 0 {
		t.Errorf("no variant in pieces: %v", told)
	}
}

// alikeButForTexts tells whether the same is done in the same order.
func alikeButForTexts(p, q *program.Program) error {
	if len(p.Ops) != len(q.Ops) || p.State != q.State {
		return fmt.Errorf("%d operations became %d", len(p.Ops), len(q.Ops))
	}
	for i := range p.Ops {
		a, b := p.Ops[i], q.Ops[i]
		if a.Verb == program.Send && i > len(p.Preamble()) {
			a.Arg, a.By, b.Arg, b.By = "", 0, "", 0
		}
		if a != b {
			return fmt.Errorf("%s became %s", a, b)
		}
	}
	return nil
}

func sent(p *program.Program) string {
	var b strings.Builder
	for _, i := range spoken(p) {
		b.WriteString(p.Ops[i].Arg)
	}
	return b.String()
}

// seen is all elements that the attacker sends, in one form; good tells whether there is nothing else.
func seen(t *testing.T, p *program.Program) (canon string, good bool) {
	t.Helper()
	text, err := sample(sent(p))
	if err != nil {
		t.Fatal(err)
	}
	var s wire.Scanner
	s.Reset(wire.Limits{})
	if phases(p.Preamble())[program.Attacker] >= streaming {
		text = string(wire.AppendHeader(nil, wire.StreamHeader{To: "example.org", Version: "1.0", Namespace: contentIn(p, text)})) + text
	}
	var b bytes.Buffer
	for data := []byte(text); ; {
		e, n, err := s.Next(data)
		if err != nil {
			return b.String(), false
		}
		if data = data[n:]; e.Kind == wire.None {
			return b.String(), s.Pending() == 0
		}
		canonical(&b, *e)
	}
}

// canonical writes names with their namespaces, attributes in order, and text unescaped.
func canonical(b *bytes.Buffer, e wire.Element) {
	fmt.Fprintf(b, "(%s {%s}%s", e.Kind, e.Space(), e.Local())
	var attrs []string
	for name, value := range e.Attrs() {
		if n := string(name); n != "xmlns" && !strings.HasPrefix(n, "xmlns:") {
			attrs = append(attrs, fmt.Sprintf(" %s=%q", n, value))
		}
	}
	slices.Sort(attrs)
	fmt.Fprintf(b, "%s %q", strings.Join(attrs, ""), e.Text())
	for c := range e.Children() {
		canonical(b, c)
	}
	b.WriteString(")")
}

func TestRespellLeavesWhatIsNotWellFormed(t *testing.T) {
	for _, c := range []struct {
		template string
		ph       phase
		want     bool
	}{
		{"<message/>", bound, true},
		{"<a/><b>{witness.jid}</b> ", bound, true},
		{"<message>", bound, false},
		{"<a b='c' b='d'/>", bound, false},
		{"text", bound, false},
		{"{b64:x", bound, false},
		{"<message/>", connected, false},
		{"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>", connected, true},
	} {
		if got := wellFormed(c.template, c.ph); got != c.want {
			t.Errorf("%s is well-formed: %v, want %v", c.template, got, c.want)
		}
	}
}
