package trunk

import (
	"encoding/base64"

	"xmpprig/loadgen/xmpp/wire"
)

// external authenticates an outbound stream by the certificate that was shown (XEP-0178 §3). False: the peer does not accept it.
func (s *stream) external(own string) (bool, error) {
	said := base64.StdEncoding.EncodeToString([]byte(own))
	if err := s.say([]byte("<auth xmlns='" + wire.NSSASL + "' mechanism='EXTERNAL'>" + said + "</auth>")); err != nil {
		return false, err
	}
	e, err := s.next()
	switch {
	case err != nil:
		return false, err
	case e.Is(wire.NSSASL, "failure"):
		return false, nil
	case !e.Is(wire.NSSASL, "success"):
		return false, ErrUnexpected
	}
	s.scanner.Reset(s.limits.Elements)
	return true, nil
}

// mostAttempts is how often an inbound stream may try to authenticate.
const mostAttempts = 3

// authenticate takes a request for EXTERNAL on an inbound stream (RFC 6120 §6.4). Where that succeeds the stream begins anew.
func (p *Peer) authenticate(i *inbound, e *wire.Element) error {
	failure, err := p.judge(i, e)
	if err != nil {
		return err
	}
	if failure != "" {
		if i.attempts++; i.attempts >= mostAttempts {
			return refuse(wire.PolicyViolation, "too many attempts")
		}
		return i.stream.say([]byte("<failure xmlns='" + wire.NSSASL + "'><" + failure + "/></failure>"))
	}
	if err := i.stream.say([]byte("<success xmlns='" + wire.NSSASL + "'/>")); err != nil {
		return err
	}
	i.proven = true
	p.mu.Lock()
	i.believed[i.pair] = true
	p.mu.Unlock()
	p.vouched.Add(1)
	i.stream.scanner.Reset(i.stream.limits.Elements)
	return p.welcome(i)
}

// judge says why a request for EXTERNAL fails (RFC 6120 §6.5); empty: it does not.
func (p *Peer) judge(i *inbound, e *wire.Element) (failure string, err error) {
	switch {
	case string(e.Attr("mechanism")) != "EXTERNAL":
		return "invalid-mechanism", nil
	case !i.secure && p.o.Security.able():
		return "encryption-required", nil
	case !i.secure || i.proven:
		return "invalid-mechanism", nil
	}
	said := string(e.Text())
	if said == "" { // no initial response: it is asked for (RFC 6120 §6.4.2)
		if said, err = i.stream.challenge(); err != nil || said == "" {
			return "aborted", err
		}
	}
	domain := i.other
	if said != "=" {
		b, err := base64.StdEncoding.DecodeString(said)
		if err != nil {
			return "incorrect-encoding", nil
		}
		domain = p.domain(b)
	}
	switch {
	case domain != i.other:
		return "invalid-authzid", nil
	case !i.vouched:
		return "not-authorized", nil
	}
	return "", nil
}

// challenge asks for the response that did not come with the request; empty: it was called off.
func (s *stream) challenge() (string, error) {
	if err := s.say([]byte("<challenge xmlns='" + wire.NSSASL + "'/>")); err != nil {
		return "", err
	}
	e, err := s.next()
	if err != nil || !e.Is(wire.NSSASL, "response") {
		return "", err
	}
	if len(e.Text()) == 0 {
		return "=", nil
	}
	return string(e.Text()), nil
}
