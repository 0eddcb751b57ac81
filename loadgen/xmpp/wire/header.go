package wire

// StreamHeader is what a stream header says (RFC 6120 §4.7). Empty fields are absent.
type StreamHeader struct {
	From, To  string
	ID        string
	Version   string // "1.0"
	Lang      string // xml:lang
	Namespace string // content namespace; AppendHeader makes it the default namespace
}

// StreamHeader reads the attributes of an element of kind Header. The content namespace is its default namespace, unless
// that is the stream namespace itself; then it is the first content namespace that a prefix is bound to, or empty.
func (e *Element) StreamHeader() StreamHeader {
	if e.Kind != Header {
		return StreamHeader{}
	}
	return StreamHeader{
		From:      string(e.Attr("from")),
		To:        string(e.Attr("to")),
		ID:        string(e.Attr("id")),
		Version:   string(e.Attr("version")),
		Lang:      string(e.Attr("xml:lang")),
		Namespace: string(e.work.declared().content),
	}
}

// AppendHeader appends an XML declaration and a stream header.
func AppendHeader(dst []byte, h StreamHeader) []byte {
	dst = append(dst, "<?xml version='1.0'?><stream:stream"...)
	dst = AppendAttr(dst, "xmlns", h.Namespace)
	dst = AppendAttr(dst, "xmlns:stream", NSStream)
	if h.Namespace == NSServer {
		dst = AppendAttr(dst, "xmlns:db", NSDialback)
	}
	dst = appendSet(dst, "from", h.From)
	dst = appendSet(dst, "to", h.To)
	dst = appendSet(dst, "id", h.ID)
	dst = appendSet(dst, "version", h.Version)
	dst = appendSet(dst, "xml:lang", h.Lang)
	return append(dst, '>')
}

// AppendFooter appends the end of a stream that AppendHeader began.
func AppendFooter(dst []byte) []byte { return append(dst, "</stream:stream>"...) }

// AppendStreamError appends a stream error (RFC 6120 §4.9) with a text, if there is one. The footer is to follow.
func AppendStreamError(dst []byte, c Condition, text string) []byte {
	dst = append(dst, "<stream:error>"...)
	dst = appendCondition(dst, string(c), NSStreams, text)
	return append(dst, "</stream:error>"...)
}

// appendCondition appends an error condition and its text, both in namespace ns.
func appendCondition(dst []byte, condition, ns, text string) []byte {
	dst = append(dst, '<')
	dst = append(dst, condition...)
	dst = AppendAttr(dst, "xmlns", ns)
	dst = append(dst, "/>"...)
	if text == "" {
		return dst
	}
	dst = append(dst, "<text"...)
	dst = AppendAttr(dst, "xmlns", ns)
	dst = append(dst, '>')
	dst = AppendText(dst, text)
	return append(dst, "</text>"...)
}

// appendSet appends an attribute if its value is not empty.
func appendSet(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return AppendAttr(dst, name, value)
}
