package program

import (
	"crypto/sha1"
	"encoding/hex"
	"strconv"
	"strings"
)

// request reads [NAME="VALUE" | no-NAME]… "TEXT".
func (p *parser) request(op *Op, verb token, args []token) {
	if len(args) == 0 {
		p.fail(verb.column, "request is followed by attributes of <body/>, and by a text in quotes")
		return
	}
	last := len(args) - 1
	var words []string
	for _, t := range args[:last] {
		v, ok := attribute(t)
		if !ok {
			p.fail(t.column, `NAME="VALUE" or no-NAME is expected, of an attribute of <body/>`)
			continue
		}
		p.template(t)
		words = append(words, written(v))
	}
	op.Attrs = strings.Join(words, " ")
	p.text(op, verb, args[last:])
}

// attribute reads NAME="VALUE", or no-NAME for one that is left out.
func attribute(t token) (v Value, ok bool) {
	if t.quoted {
		v.Name, ok = strings.CutSuffix(t.word, "=")
		v.Text = t.text
	} else {
		v.Name, ok = strings.CutPrefix(t.word, "no-")
		v.Not = true
	}
	return v, ok && isAttribute(v.Name)
}

func written(v Value) string {
	if v.Not {
		return "no-" + v.Name
	}
	return v.Name + "=" + strconv.QuoteToASCII(v.Text)
}

// Attributes are those of <body/> that a Request says otherwise than usual, or (Not) leaves out. Their texts are templates.
func (o Op) Attributes() (all []Value) {
	tokens, _ := new(parser).tokens(o.Attrs) // of an operation that was parsed, or made of what was
	for _, t := range tokens {
		if v, ok := attribute(t); ok {
			all = append(all, v)
		}
	}
	return all
}

// With is a Request with one attribute more, or instead.
func (o Op) With(v Value) Op {
	words := []string{written(v)}
	for _, have := range o.Attributes() {
		if have.Name != v.Name {
			words = append(words, written(have))
		}
	}
	o.Attrs = strings.Join(words, " ")
	return o
}

// isAttribute reports whether a name is one that attributes of <body/> can have.
func isAttribute(name string) bool {
	return name != "" && len(name) < 100 && !strings.ContainsAny(name, "=<>/&'! ")
}

// requested is a request as it stands in a program.
func requested(o Op) string {
	words := []string{string(o.Actor), string(Request)}
	if o.Attrs != "" {
		words = append(words, o.Attrs)
	}
	return strings.Join(append(words, strconv.QuoteToASCII(o.Arg)), " ")
}

// maxKeys bounds how long a sequence of keys is.
const maxKeys = 10000

// Key is the nth key made of a seed: its SHA-1 sum in hexadecimal, taken n times (XEP-0124 §15.3).
func Key(seed string, n int) string {
	for range min(n, maxKeys) {
		sum := sha1.Sum([]byte(seed))
		seed = hex.EncodeToString(sum[:])
	}
	return seed
}
