package program

import (
	"slices"
	"strings"
)

// Claim is one thing that a certificate says: of whom it is, or what is wrong with it.
type Claim struct{ Kind, Value string }

// ClaimKinds returns the kinds of claims: cn, o, ou and uid of the subject, in their order; email, dns, uri and xmpp (RFC 6120
// §13.7.1.4) of subjectAltName; expired, and stranger for one that no authority of the server's has issued, which have no value.
func ClaimKinds() []string {
	return []string{"cn", "o", "ou", "uid", "email", "dns", "uri", "xmpp", "expired", "stranger"}
}

// Claims reads the text of a Certificate: one claim a line, KIND=VALUE. What is none is left out.
func Claims(text string) (all []Claim) {
	for line := range strings.SplitSeq(text, "\n") {
		if kind, value, _ := strings.Cut(line, "="); slices.Contains(ClaimKinds(), kind) {
			all = append(all, Claim{kind, value})
		}
	}
	return all
}

// certificate reads "KIND=VALUE…".
func (p *parser) certificate(op *Op, verb token, args []token) {
	p.text(op, verb, args)
	for line := range strings.SplitSeq(op.Arg, "\n") {
		if kind, _, _ := strings.Cut(line, "="); line != "" && !slices.Contains(ClaimKinds(), kind) {
			p.fail(verb.column, "%q says nothing that a certificate can say: %s do", kind, strings.Join(ClaimKinds(), ", "))
		}
	}
}
