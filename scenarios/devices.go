package scenarios

// mostDevices is how many sessions a user may have.
const mostDevices = 8

// PerUser is how many sessions each user has.
func (u Users) PerUser() int { return max(1, u.Devices) }

// devicesForm reads how many; one is what the model leaves empty.
func devicesForm() form[int] {
	return into(integer(1, mostDevices), func(n int) int {
		if n == 1 {
			return 0
		}
		return n
	})
}

// neededUsers is how many users the sessions are of.
func (s *Scenario) neededUsers() int {
	devices := s.Users.PerUser()
	return (s.Load.Sessions + devices - 1) / devices
}

// copied says whether copies of a message are followed (XEP-0280).
func (s *Scenario) copied(m Message) bool {
	if s.Users.Devices == 0 || m.Type != "chat" {
		return false
	}
	for _, steps := range [][]Step{s.Session.Start, s.Session.Work} {
		for step := range All(steps) {
			if _, ok := step.(Carbons); ok {
				return true
			}
		}
	}
	return false
}

// checkDevices keeps several sessions of a user to what is accounted for by user.
func (k *checker) checkDevices() {
	if k.Users.Devices == 0 {
		return
	}
	add := func(reason, remedy string) {
		k.add(conflict{path: []any{"users", "devices"}, about: []string{"mechanism"}, reason: reason, remedy: remedy})
	}
	switch {
	case k.Rooms != nil:
		add("rooms are for users with one session", "leave rooms or devices out")
	case k.Elsewhere != nil:
		add("users elsewhere have one session", "leave elsewhere or devices out")
	case k.Target.Mechanism == "ANONYMOUS":
		add("whoever logs in by ANONYMOUS is a user of his own", "leave devices out, or choose another mechanism")
	}
	for _, steps := range [][]Step{k.Session.Start, k.Session.Work, k.Session.Stop} {
		for s := range All(steps) {
			if r, ok := s.(Request); ok && r.Kind == "publish" {
				k.add(conflict{pos: s.Common().Pos, reason: "what is published is followed to users with one session", remedy: "leave publish or users.devices out"})
			}
			if _, ok := s.(Register); ok {
				k.add(conflict{pos: s.Common().Pos, reason: "an account that is made is of one session", remedy: "leave register or users.devices out"})
			}
		}
	}
}
