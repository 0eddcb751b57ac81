package oracle

import (
	"encoding/base64"
	"slices"
	"strings"

	"xmpprig/loadgen/xmpp/wire"
)

// scram notes what is wrong with an exchange of SCRAM that had success (RFC 5802 §5, §7). A proof by a known password stands as ***
// and whose password it is.
func (w *talk) scram(plus bool, note func(kind, what string)) {
	messages := slices.DeleteFunc(w.tokens(), func(m string) bool { m = strings.TrimSpace(m); return m == "" || m == "=" })
	if len(messages) != 2 {
		return
	}
	first, ok1 := decoded(messages[0])
	final, ok2 := decoded(messages[1])
	parts := strings.SplitN(first, ",", 3)
	if !ok1 || !ok2 || len(parts) < 3 {
		note(wrongSyntax, "no SCRAM")
		return
	}
	flag, authzid := parts[0], strings.TrimPrefix(parts[1], "a=")
	name := attributeOf(parts[2], "n")
	w.user = saslName(name)
	w.users = append(w.users, w.user)
	if owner, right := strings.CutPrefix(attributeOf(final, "p"), "***"); !right || !sameName(owner, w.user) {
		note(wrongSuccess, "a proof by another password")
	}
	if local := localOf(saslName(authzid)); local != "" && !sameName(local, w.user) {
		note(wrongAuthzid, authzid)
	}
	if nonce := w.challenge(); nonce != "" && attributeOf(final, "r") != nonce {
		note(wrongNonce, attributeOf(final, "r"))
	}
	binding, err := base64.StdEncoding.DecodeString(attributeOf(final, "c"))
	header := flag + "," + parts[1] + ","
	if err != nil || plus != strings.HasPrefix(flag, "p=") || !plus && string(binding) != header || !strings.HasPrefix(string(binding), header) {
		note(wrongBinding, string(binding))
	}
	if flag == "y" && slices.ContainsFunc(slices.Concat(w.offered, w.inline), func(m string) bool { return strings.HasPrefix(m, "SCRAM-") && strings.HasSuffix(m, "-PLUS") }) {
		note(wrongDowngrade, "the flag is y")
	}
}

// challenge is the nonce that the server named in this exchange.
func (w *talk) challenge() (nonce string) {
	for _, t := range w.received.turns {
		if t.stream == w.auth.stream && t.event >= w.auth.event && (t.element.Is(wire.NSSASL, "challenge") || t.element.Is(wire.NSSASL2, "challenge")) {
			text, _ := decoded(string(t.element.Text()))
			nonce = attributeOf(text, "r")
		}
	}
	return nonce
}

func decoded(token string) (string, bool) {
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(token))
	return string(data), err == nil
}

// attributeOf is a value of a message of SCRAM.
func attributeOf(message, name string) string {
	for part := range strings.SplitSeq(message, ",") {
		if value, ok := strings.CutPrefix(part, name+"="); ok {
			return value
		}
	}
	return ""
}

// saslName undoes the escapes of a name (RFC 5802 §5.1).
func saslName(name string) string { return strings.NewReplacer("=2C", ",", "=3D", "=").Replace(name) }
