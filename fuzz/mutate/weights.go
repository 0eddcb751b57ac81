package mutate

import "math/rand/v2"

// least is the smallest share of the best layer's weight that a layer has, so that none is given up.
const least = 0.1

// Weights draws layers by what they have found: what was found is divided by what was tried. It has one owner.
type Weights struct {
	layers       []Layer
	tried, found []float64
}

// NewWeights knows of nothing found yet.
func NewWeights() *Weights {
	all := Layers()
	return &Weights{layers: all, tried: make([]float64, len(all)), found: make([]float64, len(all))}
}

// Pick draws a layer, which then counts as tried.
func (w *Weights) Pick(r *rand.Rand) Layer {
	shares, sum := w.shares()
	at := r.Float64() * sum
	i := 0
	for i < len(shares)-1 && at >= shares[i] {
		at -= shares[i]
		i++
	}
	w.tried[i]++
	return w.layers[i]
}

// Reward says that a mutant of the layer has found something.
func (w *Weights) Reward(l Layer) {
	for i := range w.layers {
		if w.layers[i] == l {
			w.found[i]++
		}
	}
}

func (w *Weights) shares() (all []float64, sum float64) {
	best := 0.0
	for i := range w.layers {
		s := (1 + w.found[i]) / (1 + w.tried[i])
		all, best = append(all, s), max(best, s)
	}
	for i := range all {
		all[i] = max(all[i], best*least)
		sum += all[i]
	}
	return all, sum
}

// Credit adds what a layer was tried for, and has found, before.
func (w *Weights) Credit(l Layer, tried, found int64) {
	for i := range w.layers {
		if w.layers[i] == l {
			w.tried[i] += float64(max(0, tried))
			w.found[i] += float64(max(0, found))
		}
	}
}
