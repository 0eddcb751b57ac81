package xmpp

import (
	"fmt"
	"strings"
)

// JID is an XMPP address (RFC 7622), prepared and checked: two addresses that
// mean the same entity are equal as values. The zero JID is no address.
type JID struct {
	text          string
	local, domain int // lengths
}

// JIDError says which part of an address is wrong, and why.
type JIDError struct {
	Address string
	Part    string // "localpart", "domainpart" or "resourcepart"
	Err     error
}

func (e *JIDError) Error() string {
	return fmt.Sprintf("address %.80q: %s: %v", e.Address, e.Part, e.Err)
}

// Unwrap returns the reason.
func (e *JIDError) Unwrap() error { return e.Err }

// ParseJID splits an address (RFC 7622 §3.1) and prepares its parts: the
// localpart with UsernameCaseMapped, the domainpart as IDNA U-labels or an IP
// literal, the resourcepart with OpaqueString. Any error is a *JIDError.
// ParseJID(j.String()) is j for every j it returned.
func ParseJID(s string) (JID, error) {
	bare, resource, hasResource := strings.Cut(s, "/")
	local, domain, hasLocal := strings.Cut(bare, "@")
	if !hasLocal {
		local, domain = "", bare
	}
	var err error
	if hasLocal {
		if local, err = prepareLocal(local); err != nil {
			return JID{}, &JIDError{s, "localpart", err}
		}
	}
	if domain, err = prepareDomain(domain); err != nil {
		return JID{}, &JIDError{s, "domainpart", err}
	}
	if hasResource {
		if resource, err = prepareResource(resource); err != nil {
			return JID{}, &JIDError{s, "resourcepart", err}
		}
	}
	return join(local, domain, resource), nil
}

func join(local, domain, resource string) JID {
	text := domain
	if local != "" {
		text = local + "@" + domain
	}
	if resource != "" {
		text += "/" + resource
	}
	return JID{text: text, local: len(local), domain: len(domain)}
}

// String returns the address in its prepared form.
func (j JID) String() string { return j.text }

// Local returns the localpart, empty when there is none.
func (j JID) Local() string { return j.text[:j.local] }

// Domain returns the domainpart.
func (j JID) Domain() string {
	at := j.domainStart()
	return j.text[at : at+j.domain]
}

// Resource returns the resourcepart, empty when there is none.
func (j JID) Resource() string {
	end := j.domainStart() + j.domain
	if end == len(j.text) {
		return ""
	}
	return j.text[end+1:]
}

// Bare returns the address without its resourcepart.
func (j JID) Bare() JID {
	j.text = j.text[:j.domainStart()+j.domain]
	return j
}

func (j JID) domainStart() int {
	if j.local == 0 {
		return 0
	}
	return j.local + 1
}
