package scenarios

import "fmt"

// StreamManagement says how sessions use XEP-0198.
type StreamManagement struct {
	Resume   bool // the server is asked to keep sessions whose connection is lost
	AckEvery int  // stanzas after which an acknowledgement is asked for
}

const defaultAckEvery = 5

// managementForm reads resume, acks or none, or a mapping.
func managementForm() form[*StreamManagement] {
	named := oneOf("resume", "acks", "none")
	named.fits = isScalar
	return either("resume, acks or none, or a mapping with resume and ack-every",
		into(named, managementNamed),
		into(object("the key stream-management", StreamManagement{Resume: true, AckEvery: defaultAckEvery},
			key("resume", truth(), "Whether the server is asked to keep sessions whose connection is lost. Default: true.", func(m *StreamManagement) *bool { return &m.Resume }),
			key("ack-every", integer(1, 10_000), "After how many stanzas an acknowledgement is asked for. Default: 5.", func(m *StreamManagement) *int { return &m.AckEvery }),
		), func(m StreamManagement) *StreamManagement { return &m }))
}

func managementNamed(name string) *StreamManagement {
	if name == "none" {
		return nil
	}
	return &StreamManagement{name == "resume", defaultAckEvery}
}

func (m *StreamManagement) print() *node {
	if m == nil {
		return nil
	}
	resume := "false"
	if m.Resume {
		resume = "true"
	}
	return mapOf().put("resume", bare(resume)).put("ack-every", whole(m.AckEvery))
}

// managementEntries are the steps of stream management, and of what current
// clients do beside it.
func managementEntries() []entry {
	return []entry{
		{"resume", "Drops the connection without a word, if it is there, and resumes the session (XEP-0198 section 5). Where the server has not kept it, the step fails and the session logs in anew.", "resume",
			measured(func(s *Resume) *Base { return &s.Base })},
		{"vanish", "Leaves the connection half open: it is not used any more, and nothing tells the server.", "vanish",
			unmeasured(func(s *Vanish) *Base { return &s.Base })},
		{"stop-reading", "Lets time pass without reading what arrives.", "stop-reading: 5s",
			built(timeDist(), func(b Base, d Dist) Step { return StopReading{b, d} })},
		{"carbons", "Asks for copies of what the user's other sessions send and receive (XEP-0280), and waits for the answer.", "carbons",
			measured(func(s *Carbons) *Base { return &s.Base })},
		{"csi", "Says whether somebody looks at the client (XEP-0352).", "csi: inactive", short(
			csiForm(), func(b Base, active bool) Step { return CSI{b, active} },
			measured(func(s *CSI) *Base { return &s.Base },
				must("state", csiForm(), "active or inactive.", func(s *CSI) *bool { return &s.Active })))},
	}
}

func csiForm() form[bool] {
	return into(oneOf("active", "inactive"), func(s string) bool { return s == "active" })
}

func (s CSI) state() string {
	if s.Active {
		return "active"
	}
	return "inactive"
}

// checkManagement refuses to resume what was never to be kept.
func (k *checker) checkManagement(s Resume) {
	if m := k.Target.StreamManagement; m == nil || !m.Resume {
		k.add(conflict{pos: s.Pos, reason: fmt.Sprintf("the step %s needs sessions that the server keeps", nameOf(s)),
			remedy: "write stream-management: resume into target", about: []string{"stream-management"}})
	}
}

// manage changes whether streams are managed, and keeps how often
// acknowledgements are asked for.
func (w *overriding) manage(name string) {
	m := managementNamed(name)
	if old := w.Target.StreamManagement; m != nil && old != nil {
		m.AckEvery = old.AckEvery
	}
	w.Target.StreamManagement = m
}
