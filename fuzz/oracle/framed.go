package oracle

// unframe reads frames of WebSocket as the stream that they stand for. The evidence of what they hold is the whole of the event's data.
func (h *half) unframe(w *talk, event int, data []byte, marked bool, then func(*turn)) {
	h.count(data, marked)
	if h.unread {
		return
	}
	bits, err := h.frames.Take(data)
	known := len(h.turns)
	for _, b := range bits {
		if b.Restart {
			h.scanner.Reset(Limits())
		}
		if h.outgoing && marked && len(b.Text) > 0 && !isSync(b.Text) {
			w.did = true
		}
		if b.Closed != "" {
			h.shut(w, marked)
		}
		h.read(w, event, b.Text, marked, then)
	}
	if err != nil {
		h.failFrames(event, marked)
	}
	for _, t := range h.turns[known:] {
		t.from, t.to = 0, len(data)
	}
}

// shut takes a close frame, behind which no more comes this way (RFC 6455 §5.5.1).
func (h *half) shut(w *talk, marked bool) {
	if h.outgoing {
		w.left = true
		return
	}
	w.robbed = w.robbed || marked && !w.over && !w.left
	w.over = true
}

// failFrames takes what is no frame. Of what goes out, nobody here knows how a server goes on that takes it.
func (h *half) failFrames(event int, marked bool) {
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
