package mutate

import (
	"slices"
	"strings"

	"xmpprig/fuzz/program"
)

// dialback says something of dialback where it does not belong, as any of those who have a part in it, or has the authority fall silent,
// leave, or come to the telephone.
func (d *draft) dialback() bool {
	if !d.p.BetweenServers() {
		return false
	}
	switch d.r.IntN(4) {
	case 0:
		return d.silence()
	case 1:
		d.insert(d.place(), program.Op{Actor: program.Authority, Verb: program.Accept}, program.Op{Actor: program.Authority, Verb: program.Open},
			program.Op{Actor: program.Authority, Verb: program.Await, Arg: program.AwaitVerify}, send(program.Authority, one(d.r, verdicts())))
		return true
	case 2:
		d.insert(d.place(), send(one(d.r, []program.Actor{program.Attacker, program.Authority}), one(d.r, verdicts())))
		return true
	}
	d.insert(d.place(), send(program.Attacker, one(d.r, claims())))
	return true
}

// silence has the authority say nothing, or hang up, where it said something.
func (d *draft) silence() bool {
	var all []int
	for i := d.mark() + 1; i < len(d.p.Ops); i++ {
		if op := &d.p.Ops[i]; op.Actor == program.Authority && (op.Verb == program.Send || op.Verb == program.Open || op.Verb == program.Accept) {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return false
	}
	i := one(d.r, all)
	if d.p.Ops[i].Verb == program.Accept || chance(d.r, 3) {
		d.p.Ops = slices.Delete(d.p.Ops, i, i+1)
		return true
	}
	d.p.Ops[i] = program.Op{Actor: program.Authority, Verb: one(d.r, []program.Verb{program.Close, program.Reset, program.HalfClose})}
	return true
}

// claims are what an initiating server sends.
func claims() []string {
	return []string{
		"<db:result from='{attacker.domain}' to='{domain}'>{64*0}</db:result>",
		"<db:result from='{accomplice.domain}' to='{domain}'>{64*0}</db:result>",
		"<db:result from='{attacker.domain}' to='conference.{domain}'>{64*0}</db:result>",
		"<db:result from='{attacker.domain}' to='nowhere.invalid'>{64*0}</db:result>",
		"<db:result from='{domain}' to='{domain}'>{64*0}</db:result>",
		"<db:result from='x.{attacker.domain}' to='{domain}'/>",
		"<db:result>{64*0}</db:result>",
		"<db:verify from='{attacker.domain}' to='{domain}' id='{attacker.stream}'>{authority.shown}</db:verify>",
		"<db:verify from='{attacker.domain}' to='{domain}' id='{authority.stream}'>{authority.shown}</db:verify>",
		"<db:verify from='{attacker.domain}' to='nowhere.invalid' id='x'>y</db:verify>",
		"<db:verify/>",
		"<message from='romeo@{attacker.domain}/r' to='{witness.bare}' id='s2s'><body>x</body></message>",
		"<message from='romeo@{accomplice.domain}/r' to='{witness.bare}' id='s2s'><body>x</body></message>",
		"<message from='romeo@{attacker.domain}/r' to='juliet@{accomplice.domain}' id='s2s'><body>x</body></message>",
		"<message from='{witness.bare}' to='{witness.bare}' id='s2s'><body>x</body></message>",
		"<message to='{witness.bare}' id='s2s'><body>x</body></message>",
		"<presence from='romeo@{attacker.domain}' to='{witness.bare}' type='subscribe' id='s2s'/>",
		"<iq type='get' from='romeo@{attacker.domain}/r' to='{domain}' id='s2s'><ping xmlns='urn:xmpp:ping'/></iq>",
	}
}

// verdicts are what is said of a claim, by whom it is asked of or by others.
func verdicts() (all []string) {
	for _, kind := range []string{"valid", "valid", "valid", "invalid", "error", "other", ""} {
		kind = strings.TrimSpace(" type='" + kind + "'")
		all = append(all,
			"<db:verify from='{attacker.domain}' to='{domain}' id='{attacker.stream}' "+kind+"/>",
			"<db:verify from='{attacker.domain}' to='{domain}' id='{authority.id}' "+kind+"/>",
			"<db:verify from='{accomplice.domain}' to='{domain}' id='{authority.id}' "+kind+"/>",
			"<db:verify from='{attacker.domain}' to='{domain}' "+kind+"/>",
			"<db:verify id='{authority.id}' "+kind+"/>",
			"<db:result from='{attacker.domain}' to='{domain}' "+kind+"/>",
			"<db:result from='{domain}' to='{attacker.domain}' "+kind+"/>",
			"<db:result from='{accomplice.domain}' to='{domain}' "+kind+"/>",
			"<db:result "+kind+"/>")
	}
	return all
}
