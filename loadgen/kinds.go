package loadgen

import (
	"sync/atomic"
	"time"

	"xmpprig/loadgen/xmpp"
	"xmpprig/results"
)

// logging counts logins by their kinds.
type logging struct {
	sasl2, bind2, byToken, refused, upgraded, handshakes, resumed atomic.Int64
}

// keptDevice is the session's, where it has one.
func (s *session) keptDevice() *xmpp.Device {
	if s.keeps && s.device == nil {
		s.device = new(xmpp.Device)
	}
	return s.device
}

// parts records how long each stage took that was passed, and counts the login by its kinds.
func (s *session) parts(o *login, took xmpp.Timings, by xmpp.Means) {
	tls, sasl := o.series.tls, o.series.sasl
	if by.TLSResumed {
		tls = o.series.resumed
	}
	if by.FAST {
		sasl = o.series.fast
	}
	for _, part := range []struct {
		series int
		took   time.Duration
	}{{o.series.connect, took.Connect}, {tls, took.TLS}, {o.series.upgrade, took.Upgrade}, {sasl, took.SASL}, {o.series.bind, took.Bind}} {
		if part.took > 0 {
			s.board.gauges[s.phase][part.series].service.Record(int64(part.took))
		}
	}
	s.logging.count(by, took.TLS > 0)
}

func (l *logging) count(by xmpp.Means, tls bool) {
	for _, c := range []struct {
		is bool
		n  *atomic.Int64
	}{{by.SASL2, &l.sasl2}, {by.Bind2, &l.bind2}, {by.FAST, &l.byToken}, {by.TokenRefused, &l.refused}, {by.Upgraded, &l.upgraded},
		{tls, &l.handshakes}, {by.TLSResumed, &l.resumed}} {
		if c.is {
			c.n.Add(1)
		}
	}
}

// kinds is the count for the record; nil where there is but one kind.
func (e *engine) kinds() *results.Logins {
	if !e.chosen && !e.keeps {
		return nil
	}
	l := &e.logging
	return &results.Logins{
		SASL2: l.sasl2.Load(), Bind2: l.bind2.Load(), ByToken: l.byToken.Load(), TokensRefused: l.refused.Load(), Upgraded: l.upgraded.Load(),
		Handshakes: l.handshakes.Load(), Resumed: l.resumed.Load(),
	}
}
