package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A field is one key of a block B: its name, what may stand there, what it
// means, and where it goes.
type field[B any] struct {
	key    string
	need   bool
	schema schema
	read   func(c *reading, n *node, to *B)
}

// key describes a key that may be left out; doc says what holds then.
func key[B, T any](name string, f form[T], doc string, at func(*B) *T) field[B] {
	sch := maps.Clone(f.schema)
	sch["description"] = doc
	return field[B]{key: name, schema: sch, read: func(c *reading, n *node, to *B) {
		*at(to) = readInto(c, f, n) // as far as it could be read
	}}
}

// must describes a key that has to be there.
func must[B, T any](name string, f form[T], doc string, at func(*B) *T) field[B] {
	k := key(name, f, doc, at)
	k.need = true
	return k
}

// object is a mapping with known keys. It starts from start, the defaults.
func object[B any](what string, start B, fields ...field[B]) form[B] {
	return form[B]{what, objectSchema(fields), isMapping, func(c *reading, n *node) B {
		b := start
		if n.kind != mapping {
			c.wrong(n, what+": {"+strings.Join(names(fields), ": …, ")+": …}")
			return b
		}
		var meant []string // by misspelt keys
		for i, k := range n.keys {
			at := slices.IndexFunc(fields, func(f field[B]) bool { return f.key == k.text })
			if at < 0 {
				meant = append(meant, closest(k.text, names(fields)))
				c.fail(k.pos, "unknown key "+show(k.text), suggestion(k.text, names(fields)))
				continue
			}
			if n.items[i].kind == null && !n.items[i].bad {
				c.fail(k.pos, show(k.text)+" has no value", "write one after the colon, or leave the key out")
				n.items[i].bad = true
				continue
			}
			fields[at].read(c, n.items[i], &b)
		}
		for _, f := range fields {
			if f.need && !n.bad && !n.has(f.key) && !slices.Contains(meant, f.key) {
				c.fail(n.pos, fmt.Sprintf("%s needs the key %q", what, f.key), "")
			}
		}
		return b
	}}
}

func names[B any](fields []field[B]) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.key)
	}
	return all
}

func objectSchema[B any](fields []field[B]) schema {
	properties := schema{}
	required := []string{}
	for _, f := range fields {
		properties[f.key] = f.schema
		if f.need {
			required = append(required, f.key)
		}
	}
	return schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// having narrows an object to mappings that hold one of the keys, so that
// either can tell it from others.
func having[B any](f form[B], keys ...string) form[B] {
	f.fits = func(n *node) bool { return n.kind == mapping && slices.ContainsFunc(keys, n.has) }
	return f
}

// exactly is an object of which exactly one of the keys must be there.
func exactly[B any](f form[B], keys ...string) form[B] {
	sch := maps.Clone(f.schema)
	var all []any
	for _, k := range keys {
		all = append(all, schema{"required": []string{k}})
	}
	sch["oneOf"] = all
	read := f.read
	f.schema = sch
	f.read = func(c *reading, n *node) B {
		b := read(c, n)
		if n.kind == mapping {
			c.exactlyOne(n, keys)
		}
		return b
	}
	return f
}

func (c *reading) exactlyOne(n *node, keys []string) {
	var found []string
	for _, k := range keys {
		if n.has(k) {
			found = append(found, k)
		}
	}
	choice := strings.Join(keys, ", ")
	switch {
	case len(found) == 0:
		c.fail(n.pos, "one of "+choice+" is needed here", "")
	case len(found) > 1:
		c.fail(n.pos, strings.Join(found, " and ")+" stand here together", "keep one of them")
	}
}
