package scenarios

// sessionForm is the block session.
func sessionForm() form[Session] {
	steps := stepsForm()
	steps.schema = schema{"$ref": "#/$defs/steps"}
	return object("the block session", Session{},
		key("start", steps, "What each session does once after it came up, from its login on. Default: nothing; then work begins with login.", func(s *Session) *[]Step { return &s.Start }),
		must("work", steps, "What a session does for each arrival (open phases) or over and over (closed phases).", func(s *Session) *[]Step { return &s.Work }),
		key("stop", steps, "What each session does once at the end. Default: [logout] where start logs in.", func(s *Session) *[]Step { return &s.Stop }),
	)
}
