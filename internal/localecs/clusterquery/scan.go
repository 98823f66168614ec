package clusterquery

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// parser reads from text at an offset. Where a word ends depends on what is expected, so there are no tokens ahead of it.
type parser struct {
	text string
	at   int
}

// blanks are what may stand between any two parts of an expression.
const blanks = " \t\r\n"

func (p *parser) skip() {
	p.at = len(p.text) - len(strings.TrimLeft(p.text[p.at:], blanks))
}

func (p *parser) ended() bool {
	p.skip()
	return p.at == len(p.text)
}

// rest is the beginning of what was not read yet, for an error.
func (p *parser) rest() string {
	rest := []rune(p.text[p.at:])
	return string(rest[:min(len(rest), 20)])
}

func (p *parser) fault(format string, args ...any) error {
	return &SyntaxError{Offset: p.at, Reason: fmt.Sprintf(format, args...)}
}

// symbol takes a symbol if it comes next.
func (p *parser) symbol(s string) bool {
	p.skip()
	found := strings.HasPrefix(p.text[p.at:], s)
	if found {
		p.at += len(s)
	}
	return found
}

// keyword takes a word if it comes next as a whole.
func (p *parser) keyword(word string) bool {
	p.skip()
	found := p.peek(plain) == word
	if found {
		p.at += len(word)
	}
	return found
}

// The characters that end a word: where it may be followed by an operator, in a list, and in a pattern.
const (
	plain       = blanks + "()[],'\"=!<>&|"
	patternEnds = blanks + "()'\""
)

// peek is the word that comes next, up to one of the characters that end it, && or ||.
func (p *parser) peek(ends string) string {
	word := p.text[p.at:]
	if i := strings.IndexAny(word, ends); i >= 0 {
		word = word[:i]
	}
	word, _, _ = strings.Cut(word, "&&")
	word, _, _ = strings.Cut(word, "||")
	return word
}

// literal takes a word, or text in quotation marks, in which a mark of the other kind may stand.
func (p *parser) literal(ends, what string) (string, error) {
	p.skip()
	if p.at < len(p.text) && (p.text[p.at] == '\'' || p.text[p.at] == '"') {
		return p.quoted()
	}
	word := p.peek(ends)
	if word == "" {
		return "", p.fault("%s is missing", what)
	}
	if !utf8.ValidString(word) {
		return "", p.fault("the text is not UTF-8")
	}
	p.at += len(word)
	return word, nil
}

func (p *parser) quoted() (string, error) {
	mark := p.text[p.at : p.at+1]
	inner, _, closed := strings.Cut(p.text[p.at+1:], mark)
	if !closed {
		return "", p.fault("the quotation mark %s is not closed", mark)
	}
	p.at += len(inner) + 2
	return inner, nil
}
