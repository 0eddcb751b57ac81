package fuzz

import (
	"strings"

	"xmpprig/fuzz/program"
)

// hidden is what stands for a secret in the record.
const hidden = "***"

// value is what a name in a template is, secrets too.
func (d *play) value(name string) (string, bool) {
	who, property, _ := strings.Cut(name, ".")
	actor := program.Actor(who)
	switch {
	case name == "component.secret":
		return d.site.Component.Secret, true
	case property == "password":
		_, password := d.site.user(actor)
		return password, true
	case property == "exporter" || property == "endpoint":
		if data, ok := d.peers[actor].channel(property); ok {
			return data, true
		}
		return unknown, true
	}
	if text, ok := strings.CutPrefix(property, "proof:"); ok {
		if proven, ok := d.proof(d.peers[actor], actor, text); ok {
			return proven, true
		}
		return text + ",p=" + unknown, true
	}
	text, ok := d.known(name)
	if !ok && (property == "nonce" || property == "token") { // the server has given none
		return unknown, true
	}
	return text, ok
}

// unknown stands for what a server would have had to say.
const unknown = "unknown"

// shown is what it is in the record. A proof says whose password it is of.
func (d *play) shown(name string) (string, bool) {
	who, property, _ := strings.Cut(name, ".")
	if name == "component.secret" || property == "password" {
		return hidden, true
	}
	if text, ok := strings.CutPrefix(property, "proof:"); ok {
		if proven, _ := d.value(name); strings.HasSuffix(proven, ",p="+unknown) {
			return proven, true
		}
		owner, _ := d.site.user(program.Actor(who))
		return text + ",p=" + hidden + owner, true
	}
	return d.value(name)
}
