package scenarios

import "slices"

// LoginModes are the protocols by which sessions authenticate and bind their resources, as the key login of the
// block target has them. The first is the default.
func LoginModes() []string { return []string{"classic", "sasl2", "fast", "auto"} }

const loginModeWords = "classic, which is SASL, a new stream and resource binding (RFC 6120); " +
	"sasl2, with Bind 2 inline where it is offered (XEP-0388, XEP-0386); fast, which is sasl2 with the token that an earlier login was given (XEP-0484); auto, which is the best of them over TLS that is offered, else classic."

// loginModeForm reads a mode; classic is what the model leaves empty.
func loginModeForm() form[string] {
	return become(oneOf(LoginModes()...), func(_ *reading, _ *node, s string) string {
		if s == LoginModes()[0] {
			return ""
		}
		return s
	})
}

// loginMode overrides the mode.
func (w *overriding) loginMode(mode string) {
	if mode == "" || !use(w, "login", mode, loginModeForm()) {
		return
	}
	if w.Target.Login = mode; mode == LoginModes()[0] {
		w.Target.Login = ""
	}
}

// checkLoginMode keeps SASL2 to encrypted streams (XEP-0388 section 3).
func (k *checker) checkLoginMode() {
	if k.Target.TLS == "none" && slices.Contains(LoginModes()[1:], k.Target.Login) && k.Target.Login != "auto" {
		k.add(conflict{path: []any{"target", "login"}, about: []string{"tls", "login"},
			reason: "SASL2 is for encrypted streams, and tls is none",
			remedy: "use classic, or starttls or direct"})
	}
}

// checkAnonymous: whom the server names as it likes, nobody can write to by name.
func (k *checker) checkAnonymous() {
	if k.Target.Mechanism != "ANONYMOUS" {
		return
	}
	for _, steps := range [][]Step{k.Session.Start, k.Session.Work, k.Session.Stop} {
		for s := range All(steps) {
			if p := peerOf(s); p != nil && (p.Mode != Fixed || p.JID == "") {
				k.add(conflict{pos: s.Common().Pos, about: []string{"mechanism"},
					reason: nameOf(s) + " is for a user by name, and users of ANONYMOUS have none of ours",
					remedy: "use another mechanism, or leave the step out"})
				return
			}
		}
	}
}

// loginBy is a mode in the explanation of a plan.
func loginBy(mode string) string {
	if mode == "" {
		return ""
	}
	return "login " + mode + ", "
}
