// Package wire scans and appends XMPP streams without allocating.
//
// A [Scanner] takes the bytes of one direction of one stream, in pieces of any size, and hands out first-level elements:
//
//	for {
//		e, n, err := scanner.Next(data)
//		if err != nil {
//			return err // a wire.SyntaxError, whose Condition is the stream error to send
//		}
//		data = data[n:]
//		if e.Kind == wire.None {
//			break // all of data is used: read more
//		}
//		handle(e) // e is valid until the next call of Next
//	}
//
// Call Next until it answers [None]: a scanner with nothing pending then holds no buffer, only some hundred bytes.
// [Element] gives names, namespaces, attributes, children and text as views into the scanned bytes. The Append functions
// write stream headers, stanzas and errors; they are the one place that escapes.
//
// # What is accepted
//
// The scanner accepts the XML of RFC 6120 §11: XML 1.0 (fifth edition) with Namespaces in XML 1.0, in UTF-8, without
// comments, processing instructions, document type declarations and entity references other than the predefined five.
// CDATA sections and character references are accepted. Whether an element may come now is for its reader to judge.
//
// Where the specifications leave a choice of condition, this is the one taken:
//
//   - Bytes that are not UTF-8 by RFC 3629 (overlong forms, surrogates, values above U+10FFFF, truncated sequences), the
//     marks of UTF-16 and an encoding declaration other than UTF-8 are [UnsupportedEncoding]: RFC 6120 §4.9.3.22 names
//     "violating the rules of the UTF-8 encoding". The offset is that of the first byte of the bad sequence.
//   - Characters that XML forbids, literally or by reference, are [NotWellFormed].
//   - U+FEFF is a character like any other (§11.6): before the header it is therefore text where none may be.
//   - Text before the header or after the footer is [NotWellFormed], as XML has none there; text other than white space
//     between the elements of a stream is well-formed XML that cannot be processed: [BadFormat] (§4.9.3.1).
//   - A breach of Namespaces in XML, such as a prefix that is not bound, is [NotWellFormed] (§11.3, and the example of
//     §4.9.3.13). [BadNamespacePrefix] is about prefixes that are bound, and for the reader of an element to report.
//   - A root element outside the stream namespace is [InvalidNamespace] (§4.9.3.10); one inside it of another name than
//     "stream", or one that is closed by its own tag (<stream:stream/>), is [BadFormat].
//   - A stream header inside a stream, where no restart has been negotiated (§4.3.3), is [BadFormat] at the end of its tag:
//     it is well-formed so far, and nothing in it would ever end.
//   - The XML declaration is accepted as the very first bytes of a stream. Its version may be 1.0 or, as the fifth edition
//     asks, any 1.x, read as 1.0; other versions are [NotWellFormed]. Everywhere else it is taken for the processing
//     instruction that it looks like: [RestrictedXML].
//   - An element beyond a limit is [PolicyViolation].
//
// Results do not depend on how the bytes were cut: elements, condition and offset are the same for every chunking.
package wire
