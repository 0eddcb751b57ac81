package mutate

import (
	"math/rand/v2"
	"testing"
)

func TestWeights(t *testing.T) {
	for _, c := range []struct {
		name     string
		finds    map[Layer]float64 // chance that a mutant of a layer finds something
		layer    Layer
		min, max float64 // share of the layer
	}{
		{"nothing found", nil, Tree, 0.12, 0.17},
		{"one finds", map[Layer]float64{Tree: 0.5}, Tree, 0.55, 0.68},
		{"one finds, another is not given up", map[Layer]float64{Tree: 0.5}, Bytes, 0.04, 0.09},
		{"all find", map[Layer]float64{Order: 1, Tree: 1, Spelling: 1, Syntax: 1, Bytes: 1, Transport: 1, Volume: 1}, Order, 0.12, 0.17},
	} {
		r := rand.New(rand.NewPCG(1, 2))
		w := NewWeights()
		picked := map[Layer]float64{}
		const n = 20000
		for range n {
			l := w.Pick(r)
			picked[l]++
			if r.Float64() < c.finds[l] {
				w.Reward(l)
			}
		}
		if share := picked[c.layer] / n; share < c.min || share > c.max {
			t.Errorf("%s: %s has %.3f, want %g to %g", c.name, c.layer, share, c.min, c.max)
		}
	}
	w := NewWeights()
	w.Reward("other") // is passed over
	if _, sum := w.shares(); sum != float64(len(Layers())) {
		t.Errorf("the shares at the beginning are %g", sum)
	}
}
