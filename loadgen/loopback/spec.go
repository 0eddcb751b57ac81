package loopback

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// FaultForm is one fault as an operator writes it.
type FaultForm struct {
	Name    string // the word before '='
	Form    string // how it is written, with every variant
	Meaning string
}

// FaultForms lists every fault that [ParseFaults] knows, for help texts.
func FaultForms() []FaultForm {
	forms := make([]FaultForm, len(faultTable))
	for i, f := range faultTable {
		forms[i] = f.FaultForm
	}
	return forms
}

// ParseFaults reads faults as an operator writes them, one or more in a string, separated by white space:
//
//	delay=5ms  delay=uniform:2ms..8ms  delay=exponential:5ms  delay=lognormal:5ms:0.8  login-delay=…  seed=7
//	stall=10s+1.4s  stall=10s+1.4s/30s   lose=100  duplicate=100  reorder=100  reorder=100:5s  misdeliver=100
//	rate=2000/s  sessions=500  refuse=10  refuse=10:temporary-auth-failure  cut=30s  cut=10:30s  cut=all:30s  mute  mute=ping
//	without=ping
//
// [FaultForms] says what each means. All errors come at once.
func ParseFaults(specs []string) (Faults, error) {
	var f Faults
	var errs []error
	seen := map[string]bool{}
	for _, spec := range specs {
		for _, word := range strings.Fields(spec) {
			if err := f.parseWord(word, seen); err != nil {
				errs = append(errs, fmt.Errorf("fault %q: %w", word, err))
			}
		}
	}
	if len(errs) == 0 {
		errs = append(errs, f.validate())
	}
	if err := errors.Join(errs...); err != nil {
		return Faults{}, err
	}
	return f, nil
}

func (f *Faults) parseWord(word string, seen map[string]bool) error {
	name, value, _ := strings.Cut(word, "=")
	names := make([]string, len(faultTable))
	for i, row := range faultTable {
		if names[i] = row.Name; row.Name != name {
			continue
		}
		if seen[name] {
			return errors.New("is given twice")
		}
		seen[name] = true
		if err := row.parse(f, value); err != nil {
			return fmt.Errorf("%w; write %s", err, row.Form)
		}
		return nil
	}
	return fmt.Errorf("there is no fault %q; there are %s", name, strings.Join(names, ", "))
}

// String writes the faults as ParseFaults reads them, separated by spaces; nothing for a correct server.
func (f Faults) String() string {
	var words []string
	for _, row := range faultTable {
		if v, set := row.print(&f); set && v == "" {
			words = append(words, row.Name)
		} else if set {
			words = append(words, row.Name+"="+v)
		}
	}
	return strings.Join(words, " ")
}

type faultRow struct {
	FaultForm
	parse func(f *Faults, value string) error
	print func(f *Faults) (value string, set bool)
}

// faultTable is every fault; nothing changes it.
var faultTable = []faultRow{
	{FaultForm{"delay", "delay=5ms, delay=uniform:2ms..8ms, delay=exponential:5ms (mean) or delay=lognormal:5ms:0.8 (median, sigma)",
		"hold back every message, presence and iq answer"},
		func(f *Faults, v string) error { return parseDelay(&f.Delay, v) },
		func(f *Faults) (string, bool) { return f.Delay.String(), f.Delay.Law != NoDelay }},
	{FaultForm{"login-delay", "login-delay= with a value as for delay", "hold back every answer before a session is bound"},
		func(f *Faults, v string) error { return parseDelay(&f.LoginDelay, v) },
		func(f *Faults) (string, bool) { return f.LoginDelay.String(), f.LoginDelay.Law != NoDelay }},
	{FaultForm{"seed", "seed=7", "seed of the random delays"},
		func(f *Faults, v string) (err error) { f.Seed, err = strconv.ParseUint(v, 10, 64); return plain(err) },
		func(f *Faults) (string, bool) { return strconv.FormatUint(f.Seed, 10), f.Seed != 0 }},
	{FaultForm{"stall", "stall=10s+1.4s or stall=10s+1.4s/30s", "10 s after the first session is bound stop all output for 1.4 s, every 30 s"},
		func(f *Faults, v string) error { return parseStall(&f.Stall, v) },
		func(f *Faults) (string, bool) { return f.Stall.String(), f.Stall.For > 0 }},
	{FaultForm{"lose", "lose=100", "drop every 100th routed message"},
		func(f *Faults, v string) error { return parseEvery(&f.Lose, v) },
		func(f *Faults) (string, bool) { return strconv.Itoa(f.Lose), f.Lose > 0 }},
	{FaultForm{"duplicate", "duplicate=100", "deliver every 100th routed message twice"},
		func(f *Faults, v string) error { return parseEvery(&f.Duplicate, v) },
		func(f *Faults) (string, bool) { return strconv.Itoa(f.Duplicate), f.Duplicate > 0 }},
	{FaultForm{"reorder", "reorder=100 or reorder=100:5s", "deliver every 100th routed message after the next of its pair, if that comes within 5 s (1 s)"},
		parseReorder, printReorder},
	{FaultForm{"misdeliver", "misdeliver=100", "deliver every 100th routed message to a session of an uninvolved user"},
		func(f *Faults, v string) error { return parseEvery(&f.Misdeliver, v) },
		func(f *Faults) (string, bool) { return strconv.Itoa(f.Misdeliver), f.Misdeliver > 0 }},
	{FaultForm{"lose-copies", "lose-copies=100", "drop every 100th carbon copy"},
		func(f *Faults, v string) error { return parseEvery(&f.LoseCopies, v) },
		func(f *Faults) (string, bool) { return strconv.Itoa(f.LoseCopies), f.LoseCopies > 0 }},
	{FaultForm{"rate", "rate=2000/s", "serve 2000 stanzas a second from one queue"},
		parseRate,
		func(f *Faults) (string, bool) { return strconv.FormatFloat(f.Rate, 'f', -1, 64) + "/s", f.Rate > 0 }},
	{FaultForm{"sessions", "sessions=500", "have room for 500 sessions, and end the stream of whoever binds one more with resource-constraint"},
		func(f *Faults, v string) error { return parseEvery(&f.Sessions, v) },
		func(f *Faults) (string, bool) { return strconv.Itoa(f.Sessions), f.Sessions > 0 }},
	{FaultForm{"refuse", "refuse=10 or refuse=10:CONDITION, which is " + strings.Join(refusalConditions, ", "), "refuse every 10th login that has the right credentials"},
		parseRefusal, printRefusal},
	{FaultForm{"cut", "cut=30s, cut=10:30s or cut=all:30s", "drop every (10th) connection 30 s after its login, or all at once 30 s after the first"},
		parseCut, printCut},
	{FaultForm{"mute", "mute or mute=KIND, which is " + muteKinds() + " or a namespace", "never answer an iq (of the kind)"},
		func(f *Faults, v string) error { return parseKind(&f.NeverAnswer, cmp.Or(v, "all")) },
		func(f *Faults) (string, bool) { return printKind(f.NeverAnswer) }},
	{FaultForm{"without", "without=ping or another KIND of mute, or a namespace", "know nothing of such iqs, nor show that it might"},
		func(f *Faults, v string) error { return parseKind(&f.Without, v) },
		func(f *Faults) (string, bool) { return printKind(f.Without) }},
}

// plain strips the name of the function from an error of strconv.
func plain(err error) error {
	if e, ok := errors.AsType[*strconv.NumError](err); ok {
		return fmt.Errorf("%q is not a number in range", e.Num)
	}
	return err
}

func parseEvery(n *int, v string) error {
	i, err := strconv.Atoi(v)
	if err != nil {
		return plain(err)
	}
	if i < 1 {
		return fmt.Errorf("every %d-th is not possible", i)
	}
	*n = i
	return nil
}

func parseTime(d *time.Duration, v string) error {
	t, err := time.ParseDuration(v)
	if err != nil {
		return fmt.Errorf("%q is not a time with a unit", v)
	}
	if t < 0 {
		return fmt.Errorf("%q is negative", v)
	}
	*d = t
	return nil
}

func parseRate(f *Faults, v string) error {
	number, ok := strings.CutSuffix(v, "/s")
	rate, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || !(rate > 0) {
		return fmt.Errorf("%q is not a rate above zero", v)
	}
	f.Rate = rate
	return nil
}
