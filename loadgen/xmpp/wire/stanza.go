package wire

// Addressing is the attributes that all stanzas have in common (RFC 6120 §8.1). Empty fields are left out.
type Addressing struct{ To, From, ID, Type string }

// AppendStart appends the start tag of a stanza in the content namespace: "<message to='…' …>". The name is not checked.
func AppendStart(dst []byte, name string, a Addressing) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	return append(a.append(dst), '>')
}

// AppendEnd appends the end tag "</name>".
func AppendEnd(dst []byte, name string) []byte {
	dst = append(dst, "</"...)
	dst = append(dst, name...)
	return append(dst, '>')
}

// AppendMessage appends a message with a body, unless that is empty, and extra, which is XML.
func AppendMessage[T Text](dst []byte, a Addressing, body T, extra []byte) []byte {
	dst = AppendStart(dst, "message", a)
	if len(body) > 0 {
		dst = append(dst, "<body>"...)
		dst = AppendText(dst, body)
		dst = append(dst, "</body>"...)
	}
	dst = append(dst, extra...)
	return append(dst, "</message>"...)
}

// AppendPresence appends a presence with a payload, which is XML.
func AppendPresence(dst []byte, a Addressing, payload []byte) []byte {
	return appendStanza(dst, "presence", a, payload)
}

// AppendIQ appends an iq with a payload, which is XML.
func AppendIQ(dst []byte, a Addressing, payload []byte) []byte {
	return appendStanza(dst, "iq", a, payload)
}

func appendStanza(dst []byte, name string, a Addressing, payload []byte) []byte {
	dst = AppendStart(dst, name, a)
	dst = append(dst, payload...)
	return AppendEnd(dst, name)
}

// AppendStanzaError appends the error element of a stanza of type error (RFC 6120 §8.3.2): type_ is cancel, auth, …, and
// condition the name of a condition of §8.3.3.
func AppendStanzaError(dst []byte, type_, condition, text string) []byte {
	dst = append(dst, "<error"...)
	dst = AppendAttr(dst, "type", type_)
	dst = append(dst, '>')
	dst = appendCondition(dst, condition, NSStanzas, text)
	return append(dst, "</error>"...)
}
