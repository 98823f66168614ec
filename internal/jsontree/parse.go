package jsontree

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// MaxDepth is how many arrays and objects may lie inside one another.
const MaxDepth = 64

// Doubled names are listed up to these bounds, so that a hostile text cannot make the list far larger than itself.
const (
	maxDoubled     = 1000
	maxDoubledText = 64 << 10
)

// Document is a text that was read in full.
type Document struct {
	Root Node
	// Doubled holds the pointer of every member whose name its object has already used, in order of appearance:
	// at most 1,000, and none more once the pointers hold 64 KiB.
	Doubled []string
}

// Parse parses exactly one JSON value with white space around it. Doubled names are no error.
func Parse(data []byte) (Document, *SyntaxError) {
	p := parser{data: data}
	p.space()
	root := p.value()
	p.space()
	if p.fault == nil && p.pos < len(data) {
		p.fail(p.pos, "more text follows the JSON value")
	}
	if p.fault != nil {
		return Document{}, p.fault
	}
	return Document{Root: root, Doubled: p.doubled}, nil
}

type parser struct {
	data        []byte
	pos         int
	fault       *SyntaxError
	path        []step // down to the value being read
	doubled     []string
	doubledText int
}

// step is one array index, or one member name (then index is -1).
type step struct {
	name  string
	index int
}

func (p *parser) fail(offset int, message string) {
	if p.fault == nil {
		p.fault = syntaxError(p.data, offset, message)
	}
}

// peek returns the next byte, or 0 at the end; a zero byte is never legal outside a string, so both read as a fault.
func (p *parser) peek() byte {
	if p.pos < len(p.data) {
		return p.data[p.pos]
	}
	return 0
}

func (p *parser) space() {
	for p.pos < len(p.data) {
		switch p.data[p.pos] {
		case ' ', '\t', '\r', '\n':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) value() Node {
	switch c := p.peek(); {
	case c == '{':
		return p.nested((*parser).object)
	case c == '[':
		return p.nested((*parser).array)
	case c == '"':
		return Node{Kind: String, Text: p.text()}
	case c == '-' || c >= '0' && c <= '9':
		return Node{Kind: Number, Text: p.number()}
	default:
		return p.word()
	}
}

func (p *parser) word() Node {
	words := [...]struct {
		text string
		node Node
	}{{"true", Node{Kind: Bool, Truth: true}}, {"false", Node{Kind: Bool}}, {"null", Node{}}}
	rest := p.data[p.pos:]
	for _, w := range words {
		if len(rest) >= len(w.text) && string(rest[:len(w.text)]) == w.text {
			p.pos += len(w.text)
			return w.node
		}
	}
	p.fail(p.pos, p.orEnd("a JSON value is expected here"))
	return Node{}
}

// orEnd returns message, or a plainer one when the text is over.
func (p *parser) orEnd(message string) string {
	switch {
	case p.pos < len(p.data):
		return message
	case p.pos == 0:
		return "the text is empty"
	default:
		return "the text ends too early"
	}
}

func (p *parser) nested(read func(*parser) Node) Node {
	if len(p.path) == MaxDepth {
		p.fail(p.pos, "arrays and objects are nested deeper than "+strconv.Itoa(MaxDepth)+" levels")
		return Node{}
	}
	p.path = append(p.path, step{})
	n := read(p)
	p.path = p.path[:len(p.path)-1]
	return n
}

// SyntaxError is the place where a text stops being JSON. Its message is for callers: it holds nothing of the input.
type SyntaxError struct {
	Offset  int // bytes before the fault, from 0
	Line    int // from 1
	Column  int // characters, from 1
	Message string
}

// Error returns the message with its line and column.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s (line %d, column %d)", e.Message, e.Line, e.Column)
}

func syntaxError(data []byte, offset int, message string) *SyntaxError {
	offset = min(offset, len(data))
	start := bytes.LastIndexByte(data[:offset], '\n') + 1
	return &SyntaxError{
		Offset:  offset,
		Line:    bytes.Count(data[:offset], []byte{'\n'}) + 1,
		Column:  utf8.RuneCount(data[start:offset]) + 1,
		Message: message,
	}
}
