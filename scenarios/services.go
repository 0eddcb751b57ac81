package scenarios

import "slices"

// Services are what the session's steps need of a server beside what it always
// has, where the rig starts it: archive, offline, registration, upload.
func (s *Session) Services() (all []string) {
	for _, steps := range [][]Step{s.Start, s.Work, s.Stop} {
		if keepsMessages(steps) && !slices.Contains(all, "offline") {
			all = append(all, "offline")
		}
		for step := range All(steps) {
			if name := serviceOf(step); name != "" && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

func serviceOf(s Step) string {
	if _, ok := s.(Register); ok {
		return "registration"
	}
	if _, ok := s.(Upload); ok {
		return "upload"
	}
	if r, ok := s.(Request); ok && r.Kind == "archive" {
		return "archive"
	}
	return ""
}
