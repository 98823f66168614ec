package jsontree

// scanner steps through JSON text that is known to be valid (json.Valid). It copies nothing.
type scanner struct {
	text []byte
	pos  int
}

// Kind returns the kind of the value that is next.
func (s *scanner) Kind() Kind {
	s.space()
	switch s.peek() {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n', 0:
		return Null
	default:
		return Number
	}
}

// peek returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *scanner) space() {
	for s.pos < len(s.text) && s.text[s.pos] <= ' ' {
		s.pos++
	}
}

// next steps over white space, and over c if that follows. It reports whether it did.
func (s *scanner) next(c byte) bool {
	s.space()
	if s.peek() != c {
		return false
	}
	s.pos++
	return true
}

// value steps over the value that is next and returns it as it is written.
func (s *scanner) value() []byte {
	s.space()
	start, depth := s.pos, 0
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case '"':
			s.endString()
		case '{', '[':
			depth++
			s.pos++
		case '}', ']':
			depth--
			s.pos++
		case ',', ':', ' ', '\t', '\r', '\n':
			s.pos++
		default:
			s.endWord()
		}
		if depth == 0 {
			break
		}
	}
	return s.text[start:s.pos]
}

// endString steps over the string that begins here.
func (s *scanner) endString() {
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case '\\':
			s.pos++
		case '"':
			s.pos++
			return
		}
	}
}

// endWord steps over the number, true, false or null that begins here.
func (s *scanner) endWord() {
	for s.pos < len(s.text) {
		if c := s.text[s.pos]; c <= ' ' || c == ',' || c == ']' || c == '}' {
			return
		}
		s.pos++
	}
}

// name steps over a member's name and its colon. plain is set when the text between the quotes is the name itself: printable ASCII
// without escapes.
func (s *scanner) name() (quoted []byte, plain bool) {
	s.space()
	start := s.pos
	s.endString()
	quoted, plain = s.text[start:s.pos], true
	s.next(':')
	for _, c := range quoted {
		if c == '\\' || c >= 0x7f {
			return quoted, false
		}
	}
	return quoted, plain
}
