package scenarios

// Plan is what a run will do.
type Plan struct{}

// Plan reckons what a run of the scenario will do.
func (s *Scenario) Plan() Plan { return Plan{} }
