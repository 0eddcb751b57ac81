package mutate

import (
	"math/rand/v2"
	"strings"
)

// Dictionary holds the words that mutations put in. They are texts, not markup.
type Dictionary struct {
	Namespaces, Names, Attributes, Values, Mechanisms, Addresses, Numbers, Texts []string
}

// word draws from the material's list and from what is built in.
func word(r *rand.Rand, list, own []string) string {
	n := len(own)
	if len(list) > 0 {
		n *= 2 // as often from the one as from the other
	}
	if i := r.IntN(n); i < len(own) {
		return own[i]
	}
	w := one(r, list)
	if !isTemplate(w) {
		return literal(w)
	}
	return w
}

func (d *draft) namespace() string { return quotable(word(d.r, d.m.Words.Namespaces, namespaces())) }
func (d *draft) name() string      { return nameable(word(d.r, d.m.Words.Names, names())) }
func (d *draft) attribute() string { return nameable(word(d.r, d.m.Words.Attributes, attributes())) }
func (d *draft) value() string     { return quotable(word(d.r, d.m.Words.Values, values())) }
func (d *draft) mechanism() string { return quotable(word(d.r, d.m.Words.Mechanisms, mechanisms())) }
func (d *draft) address() string   { return quotable(word(d.r, d.m.Words.Addresses, addresses())) }
func (d *draft) number() string    { return quotable(word(d.r, d.m.Words.Numbers, numbers())) }
func (d *draft) words() string     { return quotable(word(d.r, d.m.Words.Texts, texts())) }

// quotable escapes what would end a text or a value; the tree stays well-formed where it was.
func quotable(s string) string {
	if !strings.ContainsAny(s, "<>'&") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		n := atom(s[i:])
		switch c := s[i : i+n]; c {
		case "<":
			b.WriteString("&lt;")
		case ">":
			b.WriteString("&gt;")
		case "'":
			b.WriteString("&apos;")
		case "&":
			b.WriteString("&amp;")
		default:
			b.WriteString(c)
		}
		i += n
	}
	return b.String()
}

// nameable is s where it can be read as a name, else "x".
func nameable(s string) string {
	if s == "" || strings.ContainsAny(s, " \t\r\n<>/='\"&{}") || strings.IndexByte("0123456789-.", s[0]) >= 0 {
		return "x"
	}
	return s
}
