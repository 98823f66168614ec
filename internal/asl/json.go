package asl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxData is the most bytes of JSON that a state, a task or an execution may take or give.
const maxData = 256 * 1024

// document is a JSON value together with its text. The value is shared and never changed.
type document struct {
	value any
	text  []byte
}

func emptyObject() document { return document{map[string]any{}, []byte("{}")} }

// newDocument encodes value; beyond maxData it is the fault States.DataLimitExceeded.
func newDocument(value any) (document, *fault) {
	text, err := appendValue(nil, value)
	if err != nil {
		return document{}, runtimeFault("the data cannot be written as JSON: %v", err)
	}
	if len(text) > maxData {
		return document{}, &fault{name: errDataLimit, unlocated: true}
	}
	return document{value, text}, nil
}

// parseValue reads exactly one JSON value; numbers keep their digits.
func parseValue(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return value, nil
}

// parseDocument reads exactly one JSON value and keeps its text without white space.
func parseDocument(text []byte) (document, error) {
	value, err := parseValue(text)
	if err != nil {
		return document{}, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return document{}, err
	}
	return document{value, compact.Bytes()}, nil
}

// checkMembers reports the first member name that an object of text has twice, and any fault of syntax.
func checkMembers(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := walkValue(decoder, ""); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}

func walkValue(decoder *json.Decoder, at string) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		return walkObject(decoder, at)
	case json.Delim('['):
		return walkArray(decoder, at)
	}
	return nil
}

func walkObject(decoder *json.Decoder, at string) error {
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		if seen[name] {
			return fmt.Errorf("member %q appears twice in the object at %q", name, at)
		}
		seen[name] = true
		if err := walkValue(decoder, at+"/"+name); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}

func walkArray(decoder *json.Decoder, at string) error {
	for i := 0; decoder.More(); i++ {
		if err := walkValue(decoder, fmt.Sprintf("%s/%d", at, i)); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}
