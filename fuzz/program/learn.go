package program

import (
	"fmt"
	"slices"
	"strings"
)

// Lesson is what an actor learns from what it received: a value, and where that stands.
type Lesson struct {
	Name      string   // by which texts call it, behind the actor's name
	Namespace string   // of the first element of the path
	Path      []string // local names of elements, each a child of the one before
	Attribute string   // of the last of them; empty: its text
}

// String is the lesson as it stands in a program: NAME NAMESPACE PATH.
func (l Lesson) String() string {
	path := strings.Join(l.Path, "/")
	if l.Attribute != "" {
		path += "@" + l.Attribute
	}
	return l.Name + " " + l.Namespace + " " + path
}

// Lesson is what an operation of the verb learn is about; ok is false for others, and where it is not well written.
func (o Op) Lesson() (l Lesson, ok bool) {
	words := strings.Split(o.Arg, " ")
	if o.Verb != Learn || len(words) != 3 || words[1] == "" || !isLessonName(words[0]) {
		return l, false
	}
	l.Name, l.Namespace = words[0], words[1]
	path, attribute, has := strings.Cut(words[2], "@")
	l.Path, l.Attribute = strings.Split(path, "/"), attribute
	return l, !slices.Contains(l.Path, "") && has == (attribute != "")
}

// isLessonName tells names that texts can call, and that are not those of what is known anyhow.
func isLessonName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") == "" && !slices.Contains(properties(), name)
}

// learn reads NAME NAMESPACE PATH.
func (p *parser) learn(op *Op, verb token, args []token) {
	var words []string
	for _, t := range args {
		words = append(words, word([]token{t}))
	}
	op.Arg = strings.Join(words, " ")
	if _, ok := op.Lesson(); !ok {
		p.fail(verb.column, "learn is followed by a name of small letters, a namespace, and a path such as limits/max-bytes or create@node")
	}
}

// extras finds the names that the texts of a file may call beside those that are always known: what actors learn, and the settings that
// the program needs.
func extras(src string) map[string]bool {
	names := map[string]bool{}
	for line := range strings.SplitSeq(src, "\n") {
		switch f := strings.Fields(line); {
		case len(f) > 2 && f[1] == string(Learn) && slices.Contains(Actors(), Actor(f[0])):
			names[f[0]+"."+f[2]] = true
		case len(f) == 3 && f[0] == "needs" && f[1] == "setting" && slices.Contains(Settings(), Setting(f[2])):
			names["setting."+f[2]] = true
		}
	}
	return names
}

// Setting is something that a server has only where it was set up for it, with a value: a limit that is tight enough to be met in
// seconds, or an account in trouble.
type Setting string

// The settings.
const (
	Silence     Setting = "silence"     // seconds until a peer without a session is sent away
	Idle        Setting = "idle"        // seconds until a session is asked for a sign of life
	StanzaBytes Setting = "max-bytes"   // of a first-level element of a session
	Attempts    Setting = "attempts"    // connections that an address may make in a row; four seconds later it may make twenty again
	Recipients  Setting = "recipients"  // to which a session may send in a minute
	Unacked     Setting = "unacked"     // stanzas that may wait for an acknowledgement (XEP-0198)
	Stored      Setting = "offline"     // messages that wait for a user who is away
	Addresses   Setting = "addresses"   // of one message to the service for many at multicast.DOMAIN (XEP-0033)
	Disabled    Setting = "disabled"    // the name of an account that is disabled
	Unavailable Setting = "unavailable" // the name of an account that cannot be looked up for the moment
)

// Settings returns all settings.
func Settings() []Setting {
	return []Setting{Silence, Idle, StanzaBytes, Attempts, Recipients, Unacked, Stored, Addresses, Disabled, Unavailable}
}

// setting reads the name of one.
func (p *parser) setting(prog *Program, name string, at int) {
	if !slices.Contains(Settings(), Setting(name)) {
		p.fail(at, "%q is no setting: %s", name, fmt.Sprint(Settings()))
	}
	prog.Settings = append(prog.Settings, Setting(name))
}
