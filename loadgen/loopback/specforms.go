package loopback

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// String writes the delay as ParseFaults reads it.
func (d Delay) String() string {
	switch d.Law {
	case Fixed:
		return d.Time.String()
	case Uniform:
		return fmt.Sprintf("uniform:%v..%v", d.Time, d.To)
	case Exponential:
		return fmt.Sprintf("exponential:%v", d.Time)
	case LogNormal:
		return fmt.Sprintf("lognormal:%v:%s", d.Time, strconv.FormatFloat(d.Sigma, 'g', -1, 64))
	}
	return d.Law.String()
}

func parseDelay(d *Delay, v string) error {
	law, rest, named := strings.Cut(v, ":")
	if !named {
		law, rest = "fixed", v
	}
	switch law {
	case "fixed":
		d.Law = Fixed
	case "uniform":
		return parseUniform(d, rest)
	case "exponential":
		d.Law = Exponential
	case "lognormal":
		return parseLogNormal(d, rest)
	default:
		return fmt.Errorf("there is no law %q", law)
	}
	return parseDelayTime(d, rest)
}

func parseDelayTime(d *Delay, v string) error {
	if err := parseTime(&d.Time, v); err != nil {
		return err
	}
	return d.validate()
}

func parseUniform(d *Delay, v string) error {
	from, to, ok := strings.Cut(v, "..")
	if !ok {
		return errors.New("a uniform delay needs two times")
	}
	d.Law = Uniform
	if err := parseTime(&d.To, to); err != nil {
		return err
	}
	return parseDelayTime(d, from)
}

func parseLogNormal(d *Delay, v string) error {
	median, sigma, ok := strings.Cut(v, ":")
	if !ok {
		return errors.New("a lognormal delay needs a median and a sigma")
	}
	s, err := strconv.ParseFloat(sigma, 64)
	if err != nil {
		return plain(err)
	}
	d.Law, d.Sigma = LogNormal, s
	return parseDelayTime(d, median)
}

// String writes the stall as ParseFaults reads it.
func (s Stall) String() string {
	if s.Every > 0 {
		return fmt.Sprintf("%v+%v/%v", s.After, s.For, s.Every)
	}
	return fmt.Sprintf("%v+%v", s.After, s.For)
}

func parseStall(s *Stall, v string) error {
	after, rest, ok := strings.Cut(v, "+")
	if !ok {
		return errors.New("a stall needs a beginning and a length")
	}
	length, every, repeated := strings.Cut(rest, "/")
	if err := parseTime(&s.After, after); err != nil {
		return err
	}
	if err := parseTime(&s.For, length); err != nil {
		return err
	}
	if s.For == 0 {
		return errors.New("a stall of no length is none")
	}
	if !repeated {
		return nil
	}
	if err := parseTime(&s.Every, every); err != nil {
		return err
	}
	if s.Every <= s.For {
		return errors.New("the next stall begins before this one ends")
	}
	return nil
}

func parseReorder(f *Faults, v string) error {
	n, within, bounded := strings.Cut(v, ":")
	if err := parseEvery(&f.Reorder, n); err != nil || !bounded {
		return err
	}
	if err := parseTime(&f.ReorderWithin, within); err != nil {
		return err
	}
	if f.ReorderWithin == 0 {
		return errors.New("no time to wait for the next message")
	}
	return nil
}

func printReorder(f *Faults) (string, bool) {
	if f.ReorderWithin > 0 {
		return fmt.Sprintf("%d:%v", f.Reorder, f.ReorderWithin), f.Reorder > 0
	}
	return strconv.Itoa(f.Reorder), f.Reorder > 0
}

func parseRefusal(f *Faults, v string) error {
	n, condition, named := strings.Cut(v, ":")
	if named && !isRefusalCondition(condition) {
		return fmt.Errorf("there is no condition %q", condition)
	}
	f.RefuseLogins.Condition = condition
	return parseEvery(&f.RefuseLogins.Every, n)
}

func printRefusal(f *Faults) (string, bool) {
	r := f.RefuseLogins
	if r.Condition != "" {
		return fmt.Sprintf("%d:%s", r.Every, r.Condition), r.Every > 0
	}
	return strconv.Itoa(r.Every), r.Every > 0
}

func parseCut(f *Faults, v string) error {
	c := &f.CutConnections
	which, after, named := strings.Cut(v, ":")
	switch {
	case !named:
		c.Every, after = 1, v
	case which == "all":
		c.All = true
	default:
		if err := parseEvery(&c.Every, which); err != nil {
			return err
		}
	}
	return parseTime(&c.After, after)
}

func printCut(f *Faults) (string, bool) {
	switch c := f.CutConnections; {
	case c.All:
		return fmt.Sprintf("all:%v", c.After), true
	case c.Every == 1:
		return c.After.String(), true
	default:
		return fmt.Sprintf("%d:%v", c.Every, c.After), c.Every > 0
	}
}

// iqKinds are the short names that mute takes for namespaces.
var iqKinds = []struct{ name, space string }{
	{"all", AllIQ}, {"ping", wire.NSPing}, {"roster", wire.NSRoster}, {"disco", wire.NSDiscoInfo},
	{"session", wire.NSSession}, {"register", wire.NSRegister},
}

func muteKinds() string {
	names := make([]string, len(iqKinds))
	for i, k := range iqKinds {
		names[i] = k.name
	}
	return strings.Join(names, ", ")
}

func parseKind(kind *string, v string) error {
	for _, k := range iqKinds {
		if v == k.name {
			*kind = k.space
			return nil
		}
	}
	if !strings.Contains(v, ":") {
		return fmt.Errorf("there is no kind %q", v)
	}
	*kind = v
	return nil
}

func printKind(kind string) (string, bool) {
	for _, k := range iqKinds {
		if kind == k.space {
			if k.space == AllIQ {
				return "", true
			}
			return k.name, true
		}
	}
	return kind, kind != ""
}
