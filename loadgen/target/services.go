package target

import (
	"fmt"
	"slices"
	"strings"
)

// Services that Spec.Services can ask for. They make every message dearer, or
// need ports, so that servers have them on request alone.
const (
	Archive     = "archive"      // messages are kept (XEP-0313)
	RoomArchive = "room-archive" // those of rooms are kept too, where there is an Archive
	Offline     = "offline"      // messages wait for those who are away (XEP-0160)

	// Registration lets clients make and remove accounts (XEP-0077). Prosody, ejabberd and jabberd2 let them always.
	Registration = "registration"
	Upload       = "upload" // files are taken over HTTPS (XEP-0363)
)

// Services returns all of them.
func Services() []string { return []string{Archive, RoomArchive, Offline, Registration, Upload} }

// What the loopback server keeps of each user.
const (
	loopbackArchive = 1000
	loopbackOffline = 100
)

func (s Spec) has(service string) bool { return slices.Contains(s.Services, service) }

// checkServices reports a service that there is not.
func (s Spec) checkServices() error {
	for _, name := range s.Services {
		if !slices.Contains(Services(), name) {
			return &SpecError{"services", fmt.Sprintf("%q is none of %s", name, strings.Join(Services(), ", "))}
		}
	}
	return nil
}
