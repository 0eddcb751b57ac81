package compare

// Looks are the numbers of pairs after which a comparison that goes on until it is sure is looked at: eight, and half as many again each
// time, up to most.
func Looks(most int) (all []int) {
	for n := 8; n <= most; n += n / 2 {
		all = append(all, n)
	}
	return all
}

// At is the options for the look of that number, from 0. Each spends a part of the error rate, 1/(k(k+1)) of it at the k-th, and
// all parts together never more than the whole, however long it goes on: so looking again and again raises no more false alarms than
// looking once (Bonferroni's bound over a spending sequence; Lan and DeMets, Biometrika 70, 1983, spend alike).
func (o Options) At(look int) Options {
	o = o.filled()
	k := float64(look + 1)
	o.Alpha /= k * (k + 1)
	return o
}
