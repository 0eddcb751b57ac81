package target

import (
	_ "embed"
	"os"
	"path/filepath"
)

//go:embed mod_xmpprig_inline.lua
var prosodyInline []byte

// prosodyModules is where Prosody's modules lie, its own and those of the package prosody-modules.
var prosodyModules = []string{"/usr/lib/prosody/modules", "/usr/local/lib/prosody/modules"}

// inlineModules are the modules for a login of Spec.Login. Prosody 0.12 has SASL2 in modules of the community,
// which need a little help there.
func inlineModules(login string) ([]string, error) {
	var modules []string
	switch login {
	case "sasl2":
		modules = []string{"sasl2", "sasl2_bind2"}
	case "fast", "auto":
		modules = []string{"sasl2", "sasl2_bind2", "sasl2_fast"}
	}
	for _, m := range modules {
		if hasProsodyModule(m) {
			continue
		}
		if login == "auto" { // what there is, is offered
			return nil, nil
		}
		return nil, &NotInstalledError{Software: "SASL2 of Prosody", Program: "mod_" + m, Install: "apt-get install prosody-modules"}
	}
	if len(modules) > 0 {
		modules = append(modules, "xmpprig_inline")
	}
	return modules, nil
}

func hasProsodyModule(name string) bool {
	for _, dir := range prosodyModules {
		for _, file := range []string{"mod_" + name + ".lua", "mod_" + name + "/mod_" + name + ".lua"} {
			if _, err := os.Stat(filepath.Join(dir, file)); err == nil {
				return true
			}
		}
	}
	return false
}

// clientCA is the file of who vouches for clients, where they show certificates.
func clientCA(st *site) string {
	if st.spec.Mechanism != "EXTERNAL" && !st.spec.ClientCertificates {
		return ""
	}
	return st.path("ca.pem")
}
