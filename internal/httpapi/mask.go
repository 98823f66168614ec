package httpapi

import (
	"encoding/json"

	"davit/internal/jsontree"
	"davit/internal/run"
)

// masked stands for every environment value.
const masked = `"` + run.Mask + `"`

// mask returns a text with what may be secret replaced, wherever it is: the values of every array of {name, value} that is called environment (in
// container overrides, in container definitions, in a task's overrides), and the options of a log configuration that are named like secrets. All else stays as
// it is spelled. It returns nil for what is not JSON: that cannot be masked.
func mask(raw json.RawMessage) json.RawMessage {
	if !json.Valid(raw) {
		return nil
	}
	m := masker{jsontree.NewRewriter(raw)}
	if kind := m.Kind(); kind != jsontree.Object && kind != jsontree.Array {
		return raw
	}
	m.value()
	return m.Bytes()
}

// masker writes values masked.
type masker struct{ *jsontree.Rewriter }

func (m masker) value() {
	switch m.Kind() {
	case jsontree.Object:
		m.Members(m.member)
	case jsontree.Array:
		m.Items(m.value)
	default:
		m.Copy()
	}
}

func (m masker) member(name []byte) {
	switch {
	case string(name) == "environment" && m.Kind() == jsontree.Array:
		m.Items(m.variable)
	case string(name) == "logConfiguration" && m.Kind() == jsontree.Object:
		m.Members(m.logMember)
	default:
		m.value()
	}
}

// logMember writes a member of a log configuration.
func (m masker) logMember(name []byte) {
	if string(name) != "options" || m.Kind() != jsontree.Object {
		m.member(name)
		return
	}
	m.Members(func(option []byte) {
		if run.SecretOption(string(option)) && m.Kind() != jsontree.Null {
			m.Replace(masked)
			return
		}
		m.Copy()
	})
}

// variable writes an item of an environment.
func (m masker) variable() {
	if m.Kind() != jsontree.Object {
		m.value()
		return
	}
	m.Members(func(name []byte) {
		if string(name) == "value" && m.Kind() != jsontree.Null {
			m.Replace(masked)
			return
		}
		m.Copy()
	})
}
