package oracle

// Decoder makes one direction of a stream over TCP of what went over something else, so that whoever reads it reads the same over all.
type Decoder interface {
	// Take reads what is next. The error says that it is not what it should be; nobody knows how it goes on then.
	Take(data []byte) ([]Bit, error)
	// Begin has a new stream begin with what is next.
	Begin()
}

// begin has a new stream begin, also where nothing carries it.
func begin(d Decoder) {
	if d != nil {
		d.Begin()
	}
}

// Bit is some of a stream, or a piece of what carries it that has no part in it.
type Bit struct {
	Text       []byte
	Restart    bool   // the stream begins anew here, with its header
	Closed     string // a close frame: its status, or none
	Pong       bool
	Ping       []byte // a ping: what it holds, not nil
	Loose      bool   // nobody knows whether, and when, the server takes what goes here
	Terminated string // the condition by which a session over BOSH ended, where no stream error tells it
}

// decode reads what carries a stream. The evidence of what it holds is the whole of the event's data.
func (h *half) decode(w *talk, event int, data []byte, marked bool, then func(*turn)) {
	h.count(data, marked)
	if h.unread {
		return
	}
	bits, err := h.decoder.Take(data)
	known := len(h.turns)
	for _, b := range bits {
		if b.Restart {
			h.scanner.Reset(Limits())
		}
		if b.Loose {
			w.did = w.did || marked
			h.unread, h.lost, h.doubtful, h.partial = true, true, true, false
			return
		}
		if h.outgoing && marked && len(b.Text) > 0 && !isSync(b.Text) {
			w.did = true
		}
		if b.Closed != "" || b.Terminated != "" {
			h.shut(w, marked)
		}
		h.read(w, event, b.Text, marked, then)
	}
	if err != nil {
		h.undecoded(event, marked)
	}
	for _, t := range h.turns[known:] {
		t.from, t.to = 0, len(data)
	}
}

// shut takes a close frame, behind which no more comes this way (RFC 6455 §5.5.1), or the end of a session over BOSH.
func (h *half) shut(w *talk, marked bool) {
	if h.outgoing {
		w.left = true
		return
	}
	w.robbed = w.robbed || marked && !w.over && !w.left
	w.over = true
}

// undecoded takes what is no frame, or the like. Of what goes out, nobody here knows how a server goes on that takes it.
func (h *half) undecoded(event int, marked bool) {
	h.lost, h.partial = true, false
	if h.outgoing {
		h.unread, h.doubtful = true, true
		return
	}
	h.broken = true
	if marked && h.badAt < 0 {
		h.badAt = event
	}
}
