package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// What a scenario file may hold. The YAML library takes quadratic time on deep
// nesting and on mappings with many keys, so depth and tokens are counted
// before it builds its tree.
const (
	maxBytes  = 1 << 20
	maxTokens = 10_000
	maxDepth  = 64
)

// kind is what a node of the file is.
type kind int

const (
	null kind = iota
	boolean
	number
	text
	mapping
	sequence
)

func (k kind) String() string {
	return [...]string{"nothing", "true or false", "a number", "text", "a mapping", "a list"}[k]
}

// node is one value of the file, free of the YAML library.
type node struct {
	kind  kind
	text  string // scalars: as written, without quotes
	pos   Position
	keys  []*node // mapping: the keys, as text nodes
	items []*node // mapping: the values beside keys; sequence: the items
	bad   bool    // an error was reported in here
}

// at follows keys (string) and indices (int) as far as the file goes; whole
// says whether it went all the way.
func (n *node) at(path ...any) (last *node, whole bool) {
	for _, p := range path {
		next := n.child(p)
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, true
}

func (n *node) child(p any) *node {
	switch p := p.(type) {
	case string:
		for i, k := range n.keys {
			if k.text == p {
				return n.items[i]
			}
		}
	case int:
		if n.kind == sequence && p < len(n.items) {
			return n.items[p]
		}
	}
	return nil
}

func (n *node) has(key string) bool { return n.child(key) != nil }

// readYAML turns the source into nodes, or reports why not and returns nil.
func readYAML(c *reading, src string) *node {
	if !c.plain(src) {
		return nil
	}
	tokens := lexer.Tokenize(src)
	if !c.bounded(tokens) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		c.syntax(err)
		return nil
	}
	return c.document(file)
}

// plain refuses what YAML 1.2 section 5.1 does not let a file hold.
func (c *reading) plain(src string) bool {
	for i, r := range src {
		reason := ""
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(src[i:], string(utf8.RuneError)):
			reason = "this is not UTF-8"
		case r < ' ' && r != '\n' && r != '\t', r == 0x7f, r == 0xfeff, r >= 0x80 && r < 0xa0 && r != 0x85:
			reason = fmt.Sprintf("the character U+%04X cannot stand in a scenario", r)
		}
		if reason != "" {
			line := 1 + strings.Count(src[:i], "\n")
			column := 1 + utf8.RuneCountInString(src[1+strings.LastIndexByte(src[:i], '\n'):i])
			c.fail(Position{line, column}, reason, `in double quotes it can be written as an escape such as "\x00"`)
			return false
		}
	}
	return true
}

// bounded refuses files that no person wrote.
func (c *reading) bounded(tokens token.Tokens) bool {
	depth := 0
	for i, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		}
		if depth > maxDepth {
			c.fail(place(t), fmt.Sprintf("nested deeper than %d levels", maxDepth), "")
			return false
		}
		if i >= maxTokens {
			c.fail(place(t), fmt.Sprintf("more than %d words and marks", maxTokens), "")
			return false
		}
	}
	return true
}

func place(t *token.Token) Position {
	if t == nil || t.Position == nil {
		return Position{1, 1}
	}
	return Position{max(1, t.Position.Line), max(1, t.Position.Column)}
}

// syntax reports the YAML library's error in this package's form.
func (c *reading) syntax(err error) {
	var e yaml.Error
	if !errors.As(err, &e) {
		c.fail(Position{1, 1}, "not YAML: "+clip(err.Error()), "")
		return
	}
	c.fail(place(e.GetToken()), "not YAML: "+clip(e.GetMessage()), remedyFor(e.GetMessage()))
}

// remedyFor explains the commonest syntax errors.
func remedyFor(message string) string {
	switch {
	case strings.Contains(message, "tab character"):
		return "indent with spaces"
	case strings.Contains(message, "flow map"), strings.Contains(message, "'}'"):
		return `close what { opened, and write text that holds { or } in quotes: "user{n}"`
	case strings.Contains(message, "']'"):
		return "close what [ opened"
	case strings.Contains(message, "not allowed in this context"):
		return `look at the indentation, and write text that holds ": " in quotes`
	}
	return ""
}

func (c *reading) document(file *ast.File) *node {
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body == nil {
			continue
		}
		if body != nil {
			c.fail(place(cmp.Or(d.Start, d.Body.GetToken())), "a second YAML document", "a file holds one scenario; remove what follows ---")
			return nil
		}
		body = d.Body
	}
	if body == nil {
		c.fail(Position{1, 1}, "the file holds no scenario", "begin with name: and load:")
		return nil
	}
	return c.node(body, 0)
}

// node converts one node of the YAML library, reporting what the scenario
// language leaves out: anchors, aliases, merge keys, tags and directives.
func (c *reading) node(from ast.Node, depth int) *node {
	pos := place(from.GetToken())
	if depth > maxDepth {
		c.fail(pos, fmt.Sprintf("nested deeper than %d levels", maxDepth), "")
		return &node{pos: pos, bad: true}
	}
	switch v := from.(type) {
	case *ast.MappingNode:
		return c.mapping(v.Values, v.IsFlowStyle, pos, depth)
	case *ast.MappingValueNode:
		return c.mapping([]*ast.MappingValueNode{v}, false, pos, depth)
	case *ast.SequenceNode:
		n := &node{kind: sequence, pos: pos}
		for _, item := range v.Values {
			n.items = append(n.items, c.node(item, depth+1))
		}
		return n
	}
	return c.scalar(from, pos)
}

func (c *reading) mapping(values []*ast.MappingValueNode, flow bool, pos Position, depth int) *node {
	n := &node{kind: mapping, pos: pos}
	for _, v := range values {
		key := c.key(v.Key)
		if key == nil {
			n.bad = true
			continue
		}
		if n.has(key.text) {
			c.fail(key.pos, "the key "+show(key.text)+" stands here twice", "keep one of them")
			n.bad = true
			continue
		}
		n.keys = append(n.keys, key)
		n.items = append(n.items, c.node(v.Value, depth+1))
	}
	if !flow && len(n.keys) > 0 {
		n.pos = n.keys[0].pos
	}
	return n
}

func (c *reading) key(from ast.MapKeyNode) *node {
	pos := place(from.GetToken())
	switch from.(type) {
	case *ast.MergeKeyNode:
		c.fail(pos, "merge keys are not part of the scenario language", "write the keys out")
		return nil
	case *ast.MappingKeyNode, *ast.AliasNode, *ast.AnchorNode, *ast.TagNode:
		c.fail(pos, "a key must be a plain word", "")
		return nil
	}
	return &node{kind: text, text: from.GetToken().Value, pos: pos}
}

func (c *reading) scalar(from ast.Node, pos Position) *node {
	n := &node{pos: pos}
	switch v := from.(type) {
	case *ast.NullNode:
		n.kind = null
	case *ast.BoolNode:
		n.kind, n.text = boolean, v.Token.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		n.kind, n.text = number, from.GetToken().Value
	case *ast.StringNode:
		n.kind, n.text = text, v.Value
	case *ast.LiteralNode:
		n.kind, n.text = text, v.Value.Value
	default:
		n.bad = true
		c.foreign(from, pos)
	}
	return n
}

// foreign reports YAML that the scenario language leaves out.
func (c *reading) foreign(from ast.Node, pos Position) {
	switch from.(type) {
	case *ast.AnchorNode, *ast.AliasNode:
		c.fail(pos, "anchors and aliases are not part of the scenario language", "write the value out")
	case *ast.TagNode:
		c.fail(pos, "tags are not part of the scenario language", "remove the tag; quotes make text of anything")
	case *ast.DirectiveNode:
		c.fail(pos, "directives are not part of the scenario language", "remove the line")
	default:
		c.fail(pos, fmt.Sprintf("%s has no place here", strings.ToLower(from.Type().String())), "")
	}
}
