package wire

// Limits bound one first-level element, or the stream header. An element beyond one of them is a policy-violation
// (RFC 6120 §13.12 asks for such limits). A field that is not positive stands for the one of DefaultLimits.
type Limits struct {
	Depth int // nesting of elements; the first-level element itself counts as 1
	Attrs int // attributes of one tag, namespace declarations included
	Bytes int // bytes from '<' to the closing '>'; the tables of its tags may take ten times as much while it is read
}

// maxBytes keeps positions inside an element within 32 bits.
const maxBytes = 1 << 30

// DefaultLimits are 64 levels, 64 attributes and 1 MiB.
func DefaultLimits() Limits { return Limits{Depth: 64, Attrs: 64, Bytes: 1 << 20} }

// effective replaces what is not set by its default.
func (l Limits) effective() Limits {
	d := DefaultLimits()
	if l.Depth <= 0 {
		l.Depth = d.Depth
	}
	if l.Attrs <= 0 {
		l.Attrs = d.Attrs
	}
	if l.Bytes <= 0 {
		l.Bytes = d.Bytes
	}
	l.Bytes = min(l.Bytes, maxBytes)
	return l
}
