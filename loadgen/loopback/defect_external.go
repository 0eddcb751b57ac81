package loopback

import "regexp"

// externalDefects are those of EXTERNAL (XEP-0178).
func externalDefects() []Defect {
	return []Defect{
		{"external-authzid-takeover", "AU", "", []int{52}, "identity", "MUST",
			"whoever has any certificate acts for whom it says",
			"a certificate of one's own, and EXTERNAL with the address of the witness"},
		{"external-name-by-pattern", "ID", "", []int{52}, "identity", "MUST",
			"the common name is looked for in the text of the whole subject, other attributes too",
			"a certificate without an address, whose subject is CN=ATTACKER and then OU=CN=WITNESS"},
		{"external-first-of-several", "AU", "c", []int{52, 54}, "answer", "SHOULD",
			"of several addresses in a certificate the first is taken where none is asked for",
			"a certificate with two addresses, and EXTERNAL with an empty message"},
	}
}

// commonName finds the first common name in a subject, or what looks like one.
var commonName = regexp.MustCompile(`CN=([^,+]+)`)

// misauthorize is whom defects take a client for; empty where they have no say.
func (l *login) misauthorize(authzid string) string {
	t, c := l.twist, l.external
	switch {
	case authzid != "" && t.has("external-authzid-takeover"):
		if a, err := parseAddress([]byte(authzid)); err == nil && len(a.local) > 0 {
			return string(a.local)
		}
	case authzid == "" && len(c.users) > 1 && t.has("external-first-of-several"):
		return c.users[0]
	case authzid == "" && t.has("external-name-by-pattern"):
		if m := commonName.FindStringSubmatch(c.subject); m != nil {
			user, _, _ := l.srv.credentials(m[1])
			return user
		}
	}
	return ""
}
