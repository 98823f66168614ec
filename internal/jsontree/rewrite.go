package jsontree

import (
	"bytes"
	"encoding/json"
)

// Rewriter copies JSON text in one pass, without white space and with every value spelled as it was, and lets its user change some
// values: for each value one of Copy, Replace, Members and Items must be called. Members writes names with the fewest escapes.
type Rewriter struct {
	scanner
	out []byte
}

// NewRewriter returns a Rewriter of a text that json.Valid takes.
func NewRewriter(valid []byte) *Rewriter {
	return &Rewriter{scanner{text: valid}, make([]byte, 0, len(valid)+len(valid)/8)}
}

// Bytes returns what was written so far.
func (w *Rewriter) Bytes() []byte { return w.out }

// Copy writes the value that is next and returns what it wrote.
func (w *Rewriter) Copy() []byte {
	start, value := len(w.out), w.value()
	if c := value[0]; c != '{' && c != '[' {
		w.out = append(w.out, value...)
		return w.out[start:]
	}
	inner := scanner{text: value}
	for inner.space(); inner.pos < len(value); inner.space() {
		from := inner.pos
		if inner.peek() == '"' {
			inner.endString()
		} else {
			inner.pos++
		}
		w.out = append(w.out, value[from:inner.pos]...)
	}
	return w.out[start:]
}

// Replace writes text in the place of the value that is next.
func (w *Rewriter) Replace(text string) {
	w.value()
	w.out = append(w.out, text...)
}

// Items writes the array that is next. It calls each for every item.
func (w *Rewriter) Items(each func()) {
	w.next('[')
	w.out = append(w.out, '[')
	for !w.next(']') {
		if w.next(',') {
			w.out = append(w.out, ',')
		}
		each()
	}
	w.out = append(w.out, ']')
}

// Members writes the object that is next. It calls each with the name of every member, for its value; the name is valid until each returns.
func (w *Rewriter) Members(each func(name []byte)) {
	w.next('{')
	w.out = append(w.out, '{')
	for !w.next('}') {
		if w.next(',') {
			w.out = append(w.out, ',')
		}
		quoted, plain := w.name()
		name := quoted[1 : len(quoted)-1]
		if !plain {
			name, quoted = respell(quoted)
		}
		w.out = append(append(w.out, quoted...), ':')
		each(name)
	}
	w.out = append(w.out, '}')
}

// AddMember adds a member to the object that Members wrote last.
func (w *Rewriter) AddMember(name string, value []byte) {
	w.out = w.out[:len(w.out)-1]
	if w.out[len(w.out)-1] != '{' {
		w.out = append(w.out, ',')
	}
	w.out = append(AppendString(w.out, name), ':')
	w.out = append(append(w.out, value...), '}')
}

// respell returns the name that a string in JSON stands for, and the string with the fewest escapes.
func respell(quoted []byte) (name, respelled []byte) {
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return nil, quoted // the text is valid
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(text) != nil {
		return []byte(text), quoted // strings always encode
	}
	return []byte(text), bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
