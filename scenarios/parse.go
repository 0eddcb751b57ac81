package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Parse reads and checks a scenario file; file is its name in errors. The
// error is Errors, which holds everything wrong with it.
func Parse(file string, src []byte) (*Scenario, error) {
	c := &reading{file: file}
	s := c.scenario(src)
	if c.count > maxErrors {
		c.errors = append(c.errors[:maxErrors:maxErrors], &Error{File: file, Line: len(c.lines), Column: 1,
			Reason: fmt.Sprintf("%d more errors are not shown", c.count-maxErrors)})
	}
	if len(c.errors) > 0 {
		return nil, c.errors.sorted()
	}
	hash := sha256.Sum256(src)
	s.Source, s.Hash = src, hex.EncodeToString(hash[:])
	return s, nil
}

func (c *reading) scenario(src []byte) *Scenario {
	if len(src) > maxBytes {
		c.fail(Position{1, 1}, fmt.Sprintf("the file is larger than %d bytes", maxBytes), "")
		return nil
	}
	lines := strings.TrimPrefix(strings.ReplaceAll(string(src), "\r\n", "\n"), "\ufeff")
	c.lines = strings.Split(lines, "\n")
	root := readYAML(c, lines)
	if root == nil {
		return nil
	}
	s := readInto(c, scenarioForm(), root)
	s.resolve()
	c.check(&s, root)
	return &s
}

// resolve fills in what the file leaves to defaults that depend on more than
// one block.
func (s *Scenario) resolve() {
	t := &s.Target
	if t.Server == "" {
		t.Server = servers()[0]
	}
	if t.Domain == "" {
		t.Domain = domainOf(t.Server)
	}
	switch {
	case t.TLS != "":
	case t.Transport != "":
		t.TLS = "direct"
	default:
		t.TLS = "starttls"
	}
	if s.Session.Stop == nil && beginsWithLogin(s.Session.Start) {
		s.Session.Stop = []Step{Logout{Base{Label: "logout"}}}
	}
	expects := 0
	for _, steps := range [][]Step{s.Session.Start, s.Session.Work, s.Session.Stop} {
		settle(steps, s.Load.Timeout, &expects)
	}
}

// settle counts the expects and gives them their longest wait.
func settle(steps []Step, timeout time.Duration, next *int) {
	for i, step := range steps {
		if e, ok := step.(Expect); ok {
			if e.Within == 0 {
				e.Within = timeout
			}
			e.Index = *next
			*next++
			steps[i] = e
		}
		for _, inner := range nested(step) {
			settle(inner, timeout, next)
		}
	}
}

// nested returns the lists of steps that a step holds.
func nested(s Step) [][]Step {
	switch v := s.(type) {
	case Repeat:
		return [][]Step{v.Do}
	case Every:
		return [][]Step{v.Do}
	case Choose:
		all := make([][]Step, len(v.Options))
		for i, o := range v.Options {
			all[i] = o.Do
		}
		return all
	}
	return nil
}

// beginsWithLogin says whether the steps do, behind those that make the account.
func beginsWithLogin(steps []Step) bool {
	for _, s := range steps {
		switch s.(type) {
		case Register:
		case Login:
			return true
		default:
			return false
		}
	}
	return false
}

// UserCount returns how many users there are: Users.Count or, where that is 0, one for each
// session, or for so many sessions as each user has.
func (s *Scenario) UserCount() int {
	if s.Users.Count > 0 {
		return s.Users.Count
	}
	return s.neededUsers()
}
