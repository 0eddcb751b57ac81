package scenarios

import (
	"fmt"
	"strings"
)

type (
	// Register makes an account in-band (XEP-0077 section 3.1), on a stream of its
	// own. It is the session's, in place of its user's, until it is removed.
	Register struct {
		Base
		// Name and Password are patterns of the account: {n} is the number of the
		// user, {seq} how many the session has made before, and {run} a word that
		// no other run has.
		Name, Password string
	}
	// Unregister removes the account that the session has made (XEP-0077 section
	// 3.2), and with it the session.
	Unregister struct{ Base }
)

// defaultFresh is the name of accounts that a step register names not itself.
const defaultFresh = "fresh{n}.{run}.{seq}"

// accountSuffix is behind the label of register in the name of the series of how long the
// server took to make the account, of which only service times are known.
const accountSuffix = ".account"

// registrationEntries are the steps that make and remove accounts.
func registrationEntries() []entry {
	return []entry{
		{"register", "Makes an account in-band (XEP-0077) over a stream of its own, which is the session's until unregister.", "register", become(
			measured(func(s *Register) *Base { return &s.Base },
				key("name", fresh(word("the local part of an address, such as new{n}.{run}.{seq}", userPattern, 500)), "The local part of the account's address; {n} is the user's number, {seq} counts the session's accounts, {run} is a word that no other run has. Default: "+defaultFresh+".", func(s *Register) *string { return &s.Name }),
				key("password", fresh(word("a password", textPattern, 500)), "The account's password, with the same placeholders. Default: that of the user.", func(s *Register) *string { return &s.Password })),
			func(_ *reading, _ *node, s Step) Step {
				r := s.(Register)
				if r.Name == "" {
					r.Name = defaultFresh
				}
				return r
			})},
		{"unregister", "Removes the account that the session has made (XEP-0077), and with it the session.", "unregister",
			measured(func(s *Unregister) *Base { return &s.Base })},
	}
}

// fresh allows the placeholders of accounts that are made, and no other brace.
func fresh(f form[string]) form[string] {
	return become(f, func(c *reading, n *node, s string) string {
		if strings.ContainsAny(strings.NewReplacer("{n}", "", "{seq}", "", "{run}", "").Replace(s), "{}") {
			c.fail(n.pos, "only the placeholders {n}, {seq} and {run} are known here", "write no other braces")
		}
		return s
	})
}

func (r Register) printBody() *node {
	m := mapOf()
	if r.Name != defaultFresh {
		m.put("name", quoted(r.Name))
	}
	return m.put("password", quoted(r.Password))
}

// registrations are the steps that make accounts.
func (s *Scenario) registrations() (all []Register) {
	for _, steps := range [][]Step{s.Session.Start, s.Session.Work, s.Session.Stop} {
		for step := range All(steps) {
			if r, ok := step.(Register); ok {
				all = append(all, r)
			}
		}
	}
	return all
}

// checkRegister makes sure that each session gets accounts that it can log in to.
func (k *checker) checkRegister(r Register, add func(reason, remedy string)) {
	if k.users && k.Load.Sessions > 1 && !strings.Contains(r.Name, "{n}") {
		add(fmt.Sprintf("%d sessions would all make the account %q", k.Load.Sessions, r.Name), "put {n}, the user's number, into the name")
	}
	if k.Target.Mechanism == "EXTERNAL" || k.Target.Mechanism == "ANONYMOUS" {
		add(k.Target.Mechanism+" has no passwords, and accounts are made with one", "choose another mechanism")
	}
	if k.Elsewhere != nil {
		add("accounts are made at the server under test alone", "leave elsewhere out")
	}
}

// checkUnregister wants somebody to make the account.
func (k *checker) checkUnregister(add func(reason, remedy string)) {
	if len(k.registrations()) == 0 {
		add("only accounts that the scenario makes are removed", "put register before it")
	}
}
