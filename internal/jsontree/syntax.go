package jsontree

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// SyntaxError says where a text stops being JSON. Its words are for callers: they hold nothing of the input.
type SyntaxError struct {
	Offset  int // bytes before the fault, from 0
	Line    int // from 1
	Column  int // characters, from 1
	Message string
}

// Error gives the message with its line and column.
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
