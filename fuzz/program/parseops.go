package program

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (p *parser) op(line string) (op Op, ok bool) {
	tokens, ok := p.tokens(line)
	if !ok {
		return op, false
	}
	if verb := Verb(tokens[0].word); slices.Contains(Verbs(), verb) && !verb.hasActor() && !tokens[0].quoted {
		return p.bare(verb, tokens)
	}
	before := len(p.errs)
	op.Actor = p.actor(tokens[0])
	if len(tokens) < 2 {
		p.fail(tokens[0].column, "what the actor does is missing")
		return op, false
	}
	op.Verb = Verb(tokens[1].word)
	if !slices.Contains(Verbs(), op.Verb) || !op.Verb.hasActor() || tokens[1].quoted {
		p.fail(tokens[1].column, "%q is no operation of an actor", cmp.Or(tokens[1].word, tokens[1].text))
		return op, false
	}
	p.argument(&op, tokens[1], tokens[2:])
	return op, len(p.errs) == before
}

func (p *parser) argument(op *Op, verb token, args []token) {
	one := len(args) == 1
	switch op.Verb {
	case Send:
		p.send(op, verb, args)
	case Raw, Post:
		p.text(op, verb, args)
	case Certificate:
		p.certificate(op, verb, args)
	case Frame:
		p.frame(op, verb, args)
	case Request:
		p.request(op, verb, args)
	case DialBOSH:
		if op.Arg = word(args); len(args) > 1 || len(args) == 1 && op.Arg != KeySequence {
			p.fail(verb.column, "%s is followed by nothing, or by %s", op.Verb, KeySequence)
		}
	case Login:
		p.login(op, verb, args)
	case DialWS, DialWSS:
		if op.Arg = word(args); len(args) > 1 || len(args) == 1 && op.Arg == "" {
			p.fail(verb.column, "%s is followed by nothing, or by one subprotocol", op.Verb)
		}
	case Learn:
		p.learn(op, verb, args)
	case Accept:
		p.accept(op, verb, args)
	case Freeze:
		p.freeze(op, verb, args)
	case Auth:
		p.auth(op, verb, args)
	case Authenticate:
		p.authenticate(op, verb, args)
	case Await:
		if !one || args[0].quoted || !slices.Contains([]string{AwaitElement, AwaitFeatures, AwaitHeader, AwaitEnd, AwaitClosed, AwaitVerify, AwaitResult}, args[0].word) {
			p.fail(verb.column, "await is followed by element, features, header, end, closed, verify or result")
			return
		}
		op.Arg = args[0].word
	default:
		if len(args) > 0 {
			p.fail(args[0].column, "%s is followed by nothing", op.Verb)
		}
	}
}

// freeze reads a time, or a text that becomes one.
func (p *parser) freeze(op *Op, verb token, args []token) {
	if len(args) == 1 && args[0].quoted && args[0].text != "" {
		p.text(op, verb, args)
		return
	}
	d, err := time.ParseDuration(word(args))
	if err != nil || len(args) != 1 || d <= 0 || d > MaxFreeze {
		p.fail(verb.column, "freeze is followed by a time such as 200ms, at most %v, or by a text that becomes one", MaxFreeze)
	}
	op.For = d
}

// bare reads an operation that nobody does.
func (p *parser) bare(verb Verb, tokens []token) (op Op, ok bool) {
	op.Verb = verb
	if verb != Repeat {
		if len(tokens) > 1 {
			p.fail(tokens[1].column, "%s is followed by nothing", verb)
		}
		return op, len(tokens) == 1
	}
	n, err := strconv.Atoi(word(tokens[1:]))
	if err != nil || len(tokens) != 2 || n < 1 || n > MaxRepeat {
		p.fail(tokens[0].column, "repeat is followed by how many times, 1 to %d", MaxRepeat)
		return op, false
	}
	op.Times = n
	return op, true
}

// word is the first token, if it is a bare word.
func word(tokens []token) string {
	if len(tokens) == 0 || tokens[0].quoted {
		return ""
	}
	return tokens[0].word
}

// send reads [by=N] "TEXT".
func (p *parser) send(op *Op, verb token, args []token) {
	if by, ok := strings.CutPrefix(word(args), "by="); ok {
		n, err := strconv.Atoi(by)
		if err != nil || n < 1 {
			p.fail(args[0].column, "by= is followed by how many bytes are written at a time")
		}
		op.By, args = n, args[1:]
	}
	p.text(op, verb, args)
}

// text reads "TEXT".
func (p *parser) text(op *Op, verb token, args []token) {
	if len(args) != 1 || !args[0].quoted || args[0].word != "" {
		p.fail(verb.column, "%s is followed by one text in quotes", op.Verb)
		return
	}
	op.Arg = args[0].text
	p.template(args[0])
}

// template checks the placeholders of a text.
func (p *parser) template(t token) {
	if err := checkTemplate(t.text, p.extra); err != nil {
		p.fail(t.column, "%v", err)
	}
}
