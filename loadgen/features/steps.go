package features

import (
	"slices"

	"xmpprig/scenarios"
)

// is says that a step is of a type.
func is[S scenarios.Step](_ *scenarios.Scenario, step scenarios.Step) (string, bool) {
	_, ok := step.(S)
	return "", ok
}

// requests says that a step is one of some requests.
func requests(kinds ...string) func(*scenarios.Scenario, scenarios.Step) (string, bool) {
	return func(_ *scenarios.Scenario, step scenarios.Step) (string, bool) {
		r, ok := step.(scenarios.Request)
		return "", ok && slices.Contains(kinds, r.Kind)
	}
}

// pingsServer: other sessions answer by themselves.
func pingsServer(_ *scenarios.Scenario, step scenarios.Step) (string, bool) {
	p, ok := step.(scenarios.Ping)
	return "", ok && p.To == nil
}

// joinsRoom: a service that the scenario names need not be the server's.
func joinsRoom(s *scenarios.Scenario, step scenarios.Step) (string, bool) {
	_, ok := step.(scenarios.Join)
	return "", ok && s.Rooms != nil && s.Rooms.Service == ""
}

// readsArchive: that of a room, or of another service, is its own affair.
func readsArchive(_ *scenarios.Scenario, step scenarios.Step) (string, bool) {
	r, ok := step.(scenarios.Request)
	return "", ok && r.Kind == "archive" && r.To == nil
}

// ofNodes are the requests about nodes, which accounts and services have.
func ofNodes(r scenarios.Request) bool {
	return slices.Contains([]string{"publish", "items", "node-create", "node-subscribe", "node-unsubscribe", "node-delete", "bookmarks", "bookmark"}, r.Kind)
}

// usesService: the server's own.
func usesService(_ *scenarios.Scenario, step scenarios.Step) (string, bool) {
	r, ok := step.(scenarios.Request)
	return "at", ok && r.Service && ofNodes(r)
}

// usesNodes: of an account, not of an address that the scenario names.
func usesNodes(_ *scenarios.Scenario, step scenarios.Step) (string, bool) {
	r, ok := step.(scenarios.Request)
	return "", ok && !r.Service && (r.To == nil || r.To.JID == "") && ofNodes(r)
}
