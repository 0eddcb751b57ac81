package fuzz

import (
	"context"
	"strings"
	"time"

	"xmpprig/fuzz/program"
	"xmpprig/loadgen/xmpp/wire"
)

// lessons are what each actor of a program learns from what it receives.
func lessons(p *program.Program) map[program.Actor][]program.Lesson {
	var all map[program.Actor][]program.Lesson
	for _, op := range p.Ops {
		if l, ok := op.Lesson(); ok {
			if all == nil {
				all = map[program.Actor][]program.Lesson{}
			}
			all[op.Actor] = append(all[op.Actor], l)
		}
	}
	return all
}

// attend keeps what an element says that the actor is to learn. The last that came on the stream counts.
func (d *play) attend(p *peer, e *wire.Element) {
	for _, l := range d.lessons[p.actor] {
		if value, ok := taught(e, l); ok {
			if p.heard == nil {
				p.heard = map[string]string{}
			}
			p.heard[l.String()] = value
		}
	}
}

// taught finds what a lesson is about in an element: in itself, or in one of its children.
func taught(e *wire.Element, l program.Lesson) (value string, ok bool) {
	if e.Kind == wire.Footer || e.Kind == wire.Header {
		return "", false
	}
	at := *e
	if !at.Is(l.Namespace, l.Path[0]) {
		if at, ok = e.Child(l.Namespace, l.Path[0]); !ok {
			return "", false
		}
	}
	for _, name := range l.Path[1:] {
		if at, ok = childNamed(&at, name); !ok {
			return "", false
		}
	}
	if l.Attribute == "" {
		return strings.TrimSpace(string(at.Text())), true
	}
	attribute := at.Attr(l.Attribute)
	return string(attribute), attribute != nil
}

// childNamed is the first child of a name, in whatever namespace.
func childNamed(e *wire.Element, name string) (wire.Element, bool) {
	for c := range e.Children() {
		if string(c.Local()) == name {
			return c, true
		}
	}
	return wire.Element{}, false
}

// study has an actor learn what it has heard on this stream.
func (d *play) study(p *peer, op program.Op) error {
	l, _ := op.Lesson() // the program was parsed
	value, ok := p.heard[l.String()]
	if !ok {
		return &NotOfferedError{What: strings.Join(l.Path, "/") + " of " + l.Namespace}
	}
	d.learn(p.actor, l.Name, value)
	return nil
}

// pause freezes for a time that is given, or that a text says.
func (d *play) pause(ctx context.Context, op program.Op) error {
	if op.Arg == "" {
		return freeze(ctx, op.For)
	}
	text, _, err := d.expand(op.Arg)
	if err != nil {
		return err
	}
	long, err := time.ParseDuration(text)
	if err != nil || long > program.MaxFreeze {
		return &NotOfferedError{What: "a limit that is met within " + program.MaxFreeze.String()}
	}
	return freeze(ctx, long)
}

// mayLearn tells whether a name is that of a value which an operation of the program would have learned.
func (d *play) mayLearn(name string) bool {
	for a, all := range d.lessons {
		for _, l := range all {
			if name == string(a)+"."+l.Name {
				return true
			}
		}
	}
	return false
}

// set makes the settings known that a program needs. The error says which the server was not set up with.
func (d *play) set(p *program.Program) error {
	for _, s := range p.Settings {
		value, ok := d.site.Settings[s]
		if !ok {
			return &NotOfferedError{What: "the setting " + string(s)}
		}
		d.learn("", "setting."+string(s), value)
	}
	return nil
}
