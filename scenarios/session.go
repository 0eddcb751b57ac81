package scenarios

// sessionForm is the block session.
func sessionForm() form[Session] {
	steps := stepsForm()
	steps.schema = schema{"$ref": "#/$defs/steps"}
	return object("the block session", Session{},
		key("start", steps, "What each session does once after it came up, from its login on. Default: nothing; then work begins with login.", func(s *Session) *[]Step { return &s.Start }),
		must("work", steps, "What a session does for each arrival (open phases) or over and over (closed phases).", func(s *Session) *[]Step { return &s.Work }),
		key("features", list("a list of features", word("a feature, such as urn:xmpp:avatar:metadata+notify", textPattern, 1000), 1, 200), "What the client says that it can do, in its presence and when it is asked (XEP-0115); with +notify behind the name of a node it asks to be told of that. Default: nothing.", func(s *Session) *[]string { return &s.Features }),
		key("stop", steps, "What each session does once at the end. Default: [logout] where start logs in.", func(s *Session) *[]Step { return &s.Stop }),
	)
}
