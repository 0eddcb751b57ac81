package scenarios

import "strings"

// Figures of how the sessions come back when more than a tenth of them have lost their connections at once: how long it takes, from
// when they began to go, until so many are connected again and stay.
const (
	FigureRecoveryHalf = "recovery.half" // half of those that were connected before
	FigureRecoveryMost = "recovery.most" // nine tenths
	FigureRecoveryAll  = "recovery.all"  // all
)

// IsRecovery says whether a figure is one of these.
func IsRecovery(metric string) bool { return strings.HasPrefix(metric, "recovery.") }

// recoveryFigures are their rows of the table of figures.
func recoveryFigures() []figure {
	var all []figure
	for _, name := range []string{FigureRecoveryHalf, FigureRecoveryMost, FigureRecoveryAll} {
		all = append(all, figure{name: name, units: []Unit{Nanoseconds}})
	}
	return all
}

// checkRecovery refuses to bound a return where nobody comes back.
func (k *checker) checkRecovery(o Objective) {
	switch {
	case len(k.Session.Start) == 0:
		k.objective(o, o.metricAt, show(o.Metric)+" is of sessions that stay, and here they come and go", "give session.start a login")
	case !k.Load.Reconnect && k.Load.RestartServer == 0 && !returns(k.Session.Work):
		k.objective(o, o.metricAt, "no session that loses its connection comes back", "write reconnect: true into load, or restart-server", "reconnect", "restart-server-at")
	}
}

// returns says whether the steps log in by themselves.
func returns(steps []Step) bool {
	for s := range All(steps) {
		switch s.(type) {
		case Reconnect, Resume, Login:
			return true
		}
	}
	return false
}
