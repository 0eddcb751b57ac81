package loopback

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"sync"

	"xmpprig/loadgen/xmpp/wire"
)

const upgradePrefix = "UPGR-"

// upgrading is the tasks of one login (XEP-0480): those asked for, of which the first is under way.
type upgrading struct {
	tasks []string
	user  string // who has authenticated, and is told so when all are done; empty: nobody yet
	begun bool   // the salt of the first task was given
}

// upgradeNotes remembers which tasks users have done.
type upgradeNotes struct {
	mu   sync.Mutex
	done map[string]struct{} // task, space, user
}

func (n *upgradeNotes) has(task, user string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, ok := n.done[task+" "+user]
	return ok
}

func (n *upgradeNotes) note(task, user string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.done == nil {
		n.done = map[string]struct{}{}
	}
	n.done[task+" "+user] = struct{}{}
}

// upgrades are the tasks that whom the stream header names has not done.
func (l *login) upgrades() (tasks []string) {
	if _, _, ok := l.srv.credentials(l.claimed); !ok {
		return nil
	}
	for _, m := range l.srv.options.Upgrades {
		if task := upgradePrefix + m; !l.srv.upgraded.has(task, l.claimed) {
			tasks = append(tasks, task)
		}
	}
	return tasks
}

func (l *login) appendUpgrades(b []byte) []byte {
	for _, task := range l.upgrades() {
		b = append(append(append(b, "<upgrade xmlns='"+wire.NSUpgrade+"'>"...), task...), "</upgrade>"...)
	}
	return b
}

// readUpgrades are the tasks asked for of those offered.
func (l *login) readUpgrades(authenticate *wire.Element) (tasks []string) {
	offered := l.upgrades()
	for c, ok := authenticate.First(); ok; c, ok = c.Next() {
		task := string(c.Text())
		if c.Is(wire.NSUpgrade, "upgrade") && slices.Contains(offered, task) && !slices.Contains(tasks, task) {
			tasks = append(tasks, task)
		}
	}
	return tasks
}

// demand sends a client that has authenticated to its first task.
func (l *login) demand(u *upgrading, out []byte) {
	b := append(l.scratch[:0], "<continue xmlns='"+wire.NSSASL2+"'>"...)
	b = appendAdditional(b, out)
	b = append(append(append(b, "<tasks><task>"...), u.tasks[0]...), "</task></tasks></continue>"...)
	u.begun = false
	l.answer(b)
}

// doTask takes next and task-data. The last task lets the client in.
func (l *login) doTask(e *wire.Element) error {
	u := &l.sasl.inline.upgrading
	if u.user == "" {
		return l.failSASL("malformed-request")
	}
	mechanism := strings.TrimPrefix(u.tasks[0], upgradePrefix)
	switch name := string(e.Local()); {
	case name == "next" && !u.begun && string(e.Attr("task")) == u.tasks[0]:
		u.begun = true
		l.answer(l.appendSalt(mechanism, u.user))
		return nil
	case name == "task-data" && u.begun:
		if bad := l.takeHash(e, mechanism, u.user); bad != "" {
			return l.failSASL(bad)
		}
		l.srv.upgraded.note(u.tasks[0], u.user)
		l.srv.tally.upgraded.Add(1)
		if u.tasks = u.tasks[1:]; len(u.tasks) > 0 {
			l.demand(u, nil)
			return nil
		}
		return l.win(u.user, nil)
	}
	return l.failSASL("malformed-request")
}

func (l *login) appendSalt(mechanism, user string) []byte {
	b := append(l.scratch[:0], "<task-data xmlns='"+wire.NSSASL2+"'><salt xmlns='"+wire.NSUpgrSCRAM+"'"...)
	b = append(wire.AppendAttr(b, "iterations", strconv.Itoa(l.srv.options.Iterations)), '>')
	b = base64.StdEncoding.AppendEncode(b, l.srv.salt(hashOf(mechanism), user))
	return append(b, "</salt></task-data>"...)
}

// takeHash checks the salted password that the client has derived (XEP-0480 §3).
func (l *login) takeHash(e *wire.Element, mechanism, user string) saslError {
	given, _ := e.Child(wire.NSUpgrSCRAM, "hash")
	hash, err := decodeToken(given.Text())
	if err != nil || len(hash) == 0 {
		return "malformed-request"
	}
	h := hashOf(mechanism)
	password, _ := l.srv.password(user)
	want, err := pbkdf2.Key(h.new, password, l.srv.salt(h, user), l.srv.options.Iterations, h.new().Size())
	if err != nil || !hmac.Equal(hash, want) {
		return "not-authorized"
	}
	return ""
}
