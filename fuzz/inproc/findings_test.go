package inproc_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"xmpprig/fuzz/inproc"
)

// finding is a panic in the code of others.
type finding struct {
	name, target string
	text         string // of the panic
	frame        string // a function on its stack
	what         string
}

func findings() []finding {
	const printed = "mellium prints an address that it does not parse"
	return []finding{
		{"mellium-early-stream-error", "FuzzMellium", "runtime error: invalid memory address or nil pointer dereference", "mellium.im/xmpp/internal/stream.(*reader).Token",
			"mellium.im/xmpp v0.22.0: a stream error before the header ends the process of a client: the reader decodes it with a decoder that has not seen its start"},
		{"mellium-jid-dots", "FuzzMelliumJID", printed, "xmpprig/fuzz/inproc.FuzzMelliumJID",
			"mellium.im/xmpp v0.22.0: of the domain .. the last dot is cut, and what is left, a dot, is an address without a domain"},
		{"mellium-jid-last-dots", "FuzzMelliumJID", "mellium prints an address that it parses to another", "xmpprig/fuzz/inproc.FuzzMelliumJID",
			"mellium.im/xmpp v0.22.0: of the domain 0.. each parse cuts one dot more"},
		{"mellium-jid-mapped", "FuzzMelliumJID", printed, "xmpprig/fuzz/inproc.FuzzMelliumJID",
			"mellium.im/xmpp v0.22.0: a domain is not checked again when it is mapped: from U+2135 comes a Hebrew letter, which breaks the rule of direction"},
	}
}

func (p *panicked) known(target string) (finding, bool) {
	all := findings()
	i := slices.IndexFunc(all, func(k finding) bool {
		return k.target == target && k.text == p.text && bytes.Contains(p.stack, []byte(k.frame+"("))
	})
	if i < 0 {
		return finding{}, false
	}
	return all[i], true
}

// TestFindings holds that the inputs of the findings still panic as they did. One that does not is mended, and can go.
func TestFindings(t *testing.T) {
	for _, target := range inproc.Targets() {
		for _, k := range findings() {
			if k.target != target.Name {
				continue
			}
			file, err := os.ReadFile(filepath.Join("testdata", "findings", k.name))
			if err != nil {
				t.Fatal(err)
			}
			data, err := inproc.FromNative(file)
			if err != nil {
				t.Fatal(k.name, err)
			}
			broken := run(target, data)
			if broken == nil {
				t.Errorf("%s: %s: nothing panics any more", k.name, k.what)
			} else if got, ok := broken.known(target.Name); !ok || got.text != k.text || got.frame != k.frame {
				t.Errorf("%s: another panic: %s\n%s", k.name, broken.text, broken.stack)
			}
		}
	}
}
