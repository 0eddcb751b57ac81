package loopback

import (
	"slices"
	"sync"
	"sync/atomic"
)

// directory finds accounts. An account is made when its user first logs in or is first subscribed to, and stays, for its
// roster, until it is removed in-band.
type directory struct {
	mu       sync.RWMutex
	accounts map[string]*account
	made     map[string]string   // passwords of accounts registered in-band
	gone     map[string]struct{} // accounts of Options.Users that were removed in-band
}

// account is one user.
type account struct {
	local string
	jid   string // bare
	live  atomic.Pointer[[]resource]

	blocked blockedBy

	// Guarded by Server.mu.
	more     *extras           // nil until an extension is used
	roster   []*contact        // in the order of their JIDs
	askers   map[string][]byte // requests for subscription of users of other domains that nobody was there for
	watchers map[string]string // users of other domains who were approved, with their domains
}

// resource is one session of an account as routing sees it; lists of them are replaced, never changed.
type resource struct {
	name      string
	session   *session
	available bool
	priority  int8
}

func (d *directory) find(local []byte) *account {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.accounts[string(local)]
}

// open returns the account of a user who is known to exist.
func (s *Server) open(local string) *account {
	d := &s.accounts
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.accounts[local]
	if a == nil {
		a = &account{local: local, jid: local + "@" + s.options.Domain}
		if d.accounts == nil {
			d.accounts = map[string]*account{}
		}
		d.accounts[local] = a
	}
	return a
}

// password returns a user's password and whether there is such a user.
func (s *Server) password(local string) (string, bool) {
	d := &s.accounts
	d.mu.RLock()
	password, made := d.made[local]
	_, gone := d.gone[local]
	d.mu.RUnlock()
	if made || gone {
		return password, made
	}
	return s.options.Users(local)
}

// resources is the list of an account's sessions; nil for no account.
func (a *account) resources() []resource {
	if a == nil {
		return nil
	}
	if live := a.live.Load(); live != nil {
		return *live
	}
	return nil
}

func (a *account) session(name []byte) *session {
	for _, r := range a.resources() {
		if r.name == string(name) {
			return r.session
		}
	}
	return nil
}

// put enters or replaces a resource; Server.mu is held.
func (a *account) put(r resource) {
	list := slices.DeleteFunc(slices.Clone(a.resources()), func(old resource) bool { return old.session == r.session })
	list = append(list, r)
	a.live.Store(&list)
}

// drop takes a session's resource out; Server.mu is held.
func (a *account) drop(s *session) {
	list := slices.DeleteFunc(slices.Clone(a.resources()), func(old resource) bool { return old.session == s })
	if len(list) == 0 {
		a.live.Store(nil)
		return
	}
	a.live.Store(&list)
}
