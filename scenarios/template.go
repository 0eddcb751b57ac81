package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// Part is a stretch of a template, the text of a message body or a raw step:
// either Literal or, where Placeholder is set, a value to put in.
type Part struct {
	Literal     string
	Placeholder string // id, n, jid, user, domain, peer, room, nick, seq, now; empty for a literal
}

// Placeholders returns the names that may stand in braces in a message body
// or a raw step.
func Placeholders() []string {
	return []string{"id", "n", "jid", "user", "domain", "peer", "room", "nick", "seq", "now"}
}

// Parts splits a template into literals and placeholders. Doubled braces stand
// for a brace. The error is a *TemplateError.
func Parts(template string) ([]Part, error) {
	return splitTemplate(template, Placeholders())
}

// TemplateError says what is wrong with a template.
type TemplateError struct {
	Offset int // byte of the template
	Reason string
	Remedy string
}

func (e *TemplateError) Error() string {
	return fmt.Sprintf("template at byte %d: %s", e.Offset, e.Reason)
}

func splitTemplate(s string, known []string) (parts []Part, err error) {
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			parts = append(parts, Part{Literal: literal.String()})
			literal.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "{{"), strings.HasPrefix(s[i:], "}}"):
			literal.WriteByte(s[i])
			i++
		case s[i] == '}':
			return nil, &TemplateError{i, "a } without a { before it", "write }} for the brace itself"}
		case s[i] == '{':
			name, whole := cutName(s[i+1:])
			if !whole {
				return nil, &TemplateError{i, "a { without a } after it", "write {{ for the brace itself"}
			}
			if !slices.Contains(known, name) {
				return nil, &TemplateError{i, "the placeholder " + show("{"+name+"}") + " is not known here",
					suggestion(name, known) + " (write {{ for the brace itself)"}
			}
			flush()
			parts = append(parts, Part{Placeholder: name})
			i += len(name) + 1
		default:
			literal.WriteByte(s[i])
		}
	}
	flush()
	return parts, nil
}

// cutName returns what stands before the closing brace.
func cutName(s string) (string, bool) {
	end := strings.IndexAny(s, "{}")
	if end < 0 || s[end] == '{' {
		return "", false
	}
	return s[:end], true
}
