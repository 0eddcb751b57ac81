package target

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A driver knows how one kind of server is run.
type driver struct {
	name  string   // on the command line
	title string   // in sentences
	users []string // to run as when the rig is root; none: whoever runs the rig
	runs  bool     // the server runs already
	// prepare finds the program and makes everything the server needs in the
	// site's directory.
	prepare func(ctx context.Context, st *site) (*launch, error)
}

func drivers() []driver {
	return []driver{
		{name: "loopback", title: "the loopback server", prepare: prepareLoopback},
		{name: "prosody", title: "Prosody", users: []string{"prosody"}, prepare: prepareProsody},
		{name: "ejabberd", title: "ejabberd", users: []string{"ejabberd"}, prepare: prepareEjabberd},
		{name: "jabberd2", title: "jabberd2", users: []string{"jabber"}, prepare: prepareJabberd},
		{name: "remote", title: "the remote server", runs: true, prepare: prepareRemote},
	}
}

// Drivers returns the names that Spec.Driver can have.
func Drivers() []string {
	var names []string
	for _, d := range drivers() {
		names = append(names, d.name)
	}
	return names
}

func driverNamed(name string) (driver, error) {
	for _, d := range drivers() {
		if d.name == name {
			return d, nil
		}
	}
	return driver{}, &SpecError{"driver", fmt.Sprintf("unknown server %q (known: %s)", name, strings.Join(Drivers(), ", "))}
}

// A launch is a server ready to be started.
type launch struct {
	args     []string // program and arguments
	parts    []part   // instead, where it consists of several processes
	base     string   // host:port where the first of them listens before the others are started
	env      []string
	logs     []string // files in the directory to follow, besides the output
	rules    []rule   // what in logs is a crash
	hopeless []string // text in the logs after which starting is vain
	awaited  []string // texts that must be in the logs before the server counts as ready
	// endpoint says where the server listens, or false while it is not known.
	endpoint func() (Endpoint, bool, error)
	// version picks the version out of a log line, or returns "".
	version  func(line string) string
	software string
	rest     time.Duration // Server.Rest
	release  string        // where it is known without a log
	accounts string
	config   string            // that was added
	settings map[string]string // Server.Settings
}
