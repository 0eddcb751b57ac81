package mutate

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"xmpprig/fuzz/program"
)

// Bounds of what names a mutant.
const (
	maxBase   = 40 // bytes of the name of its first ancestor
	maxLayers = 6  // that its origin tells
)

// child is a copy of p under a name of its own, without what only rows have.
func child(r *rand.Rand, layer Layer, p *program.Program) *program.Program {
	return &program.Program{
		Case:   base(p) + "+" + strconv.FormatUint(uint64(r.Uint32()), 36),
		Title:  p.Title,
		State:  p.State,
		Origin: origin(p, layer),
		Ops:    slices.Clone(p.Ops),
	}
}

// base is the name of the first ancestor as one word.
func base(p *program.Program) string {
	name, _, _ := strings.Cut(strings.ReplaceAll(p.Name(), " ", "-"), "+")
	return strings.ToValidUTF8(name[:min(len(name), maxBase)], "")
}

// origin is the name of the first ancestor and the last layers that were at work.
func origin(p *program.Program, layer Layer) string {
	name, layers := p.Name(), []string(nil)
	if words := strings.Split(p.Origin, ", "); p.Origin != "" {
		if i := strings.LastIndexByte(words[0], ' '); i > 0 && slices.Contains(Layers(), Layer(words[0][i+1:])) {
			name, words[0] = words[0][:i], words[0][i+1:]
			layers = words
		}
	}
	layers = append(layers, string(layer))
	return name + " " + strings.Join(layers[max(0, len(layers)-maxLayers):], ", ")
}
