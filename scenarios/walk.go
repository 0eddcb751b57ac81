package scenarios

import "iter"

// All yields the steps and those that they hold, in the order of the file.
func All(steps []Step) iter.Seq[Step] {
	return func(yield func(Step) bool) { visit(steps, yield) }
}

func visit(steps []Step, yield func(Step) bool) bool {
	for _, s := range steps {
		if !yield(s) {
			return false
		}
		for _, inner := range nested(s) {
			if !visit(inner, yield) {
				return false
			}
		}
	}
	return true
}

// nameOf returns a step's name in the language; adding to the roster has one
// of its own.
func nameOf(s Step) string {
	switch v := s.(type) {
	case Request:
		return v.Kind
	case Login:
		return "login"
	case Presence:
		return "presence"
	case RosterGet:
		return "roster"
	case RosterAdd:
		return rosterAddLabel
	case Subscribe:
		return "subscribe"
	case Message:
		return "message"
	case Ping:
		return "ping"
	case Disco:
		return "disco"
	case Raw:
		return "raw"
	case Join:
		return "join"
	case Leave:
		return "leave"
	case Groupchat:
		return "groupchat"
	case Wait:
		return "wait"
	case Expect:
		return "expect"
	case Repeat:
		return "repeat"
	case Every:
		return "every"
	case Choose:
		return "choose"
	case Logout:
		return "logout"
	case Disconnect:
		return "disconnect"
	case Resume:
		return "resume"
	case StopReading:
		return "stop-reading"
	case Vanish:
		return "vanish"
	case Carbons:
		return "carbons"
	case CSI:
		return "csi"
	case Upload:
		return "upload"
	case Register:
		return "register"
	case Unregister:
		return "unregister"
	}
	return "reconnect"
}

// peerOf returns whom a step talks to, or nil.
func peerOf(s Step) *Peer {
	switch v := s.(type) {
	case Presence:
		return v.To
	case RosterAdd:
		return &v.Peer
	case Subscribe:
		return &v.To
	case Message:
		return &v.To
	case Ping:
		return v.To
	case Disco:
		return v.To
	case Request:
		return v.To
	case Upload:
		return v.To
	case Raw:
		return v.Peer
	}
	return nil
}
