package scenarios

import "encoding/json"

// Schema returns the JSON Schema (2020-12) of scenario files, which lets
// editors complete and check them. It is made from the tables that Parse reads
// with. What depends on more than one value, such as a ring larger than the
// number of users, only Parse can tell.
func Schema() []byte {
	sch := scenarioForm().described("A scenario: what an XMPP load does.").schema
	sch["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	sch["title"] = "xmpprig scenario"
	sch["$defs"] = schema{"steps": stepsForm().described("Steps, done one after the other.").schema}
	b, err := json.MarshalIndent(sch, "", "  ")
	if err != nil {
		panic(err) // strings, numbers, lists and maps of them always marshal
	}
	return append(b, '\n')
}
