package asl

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// choice is the Choice state.
type choice struct {
	rules     []rule
	otherwise string
}

// rule is one choice rule; next is empty in a nested one.
type rule struct {
	next string
	test test
}

// test is a condition on what a state sees.
type test func(scope) (bool, *fault)

func parseChoice(f *fields) choice {
	var out choice
	if f.has("Default") {
		out.otherwise = f.needed("Default")
	}
	if !f.has("Choices") {
		f.refuse(`field "Choices" is missing`)
	}
	for i, text := range f.list("Choices") {
		inner := newFields(fmt.Sprintf("%s, Choices[%d]", f.where, i), text, f.faults)
		next := inner.needed("Next")
		out.rules = append(out.rules, rule{next, parseTest(inner)})
	}
	return out
}

func (c choice) targets() []string {
	var out []string
	for _, r := range c.rules {
		out = append(out, r.next)
	}
	if c.otherwise != "" {
		out = append(out, c.otherwise)
	}
	return out
}

func (c choice) run(s *step) {
	sc, f := s.scope()
	next := ""
	if f == nil {
		next, f = c.choose(sc)
	}
	if f != nil {
		s.abandon(f)
		return
	}
	out, f := s.at.emit(sc, sc.data)
	if f != nil {
		s.abandon(f)
		return
	}
	s.moveOn(out, next)
}

func (c choice) choose(sc scope) (string, *fault) {
	for _, r := range c.rules {
		holds, f := r.test(sc)
		if f != nil {
			return "", f
		}
		if holds {
			return r.next, nil
		}
	}
	if c.otherwise == "" {
		return "", &fault{name: errNoChoice, cause: "Failed to transition out of the state. The state does not point to a next state.", unlocated: true}
	}
	return c.otherwise, nil
}

// parseTest reads the condition of a rule, whose Next has been taken, and refuses all else in it.
func parseTest(f *fields) test {
	f.text("Comment")
	defer f.close()
	for _, name := range []string{"And", "Or", "Not"} {
		if f.has(name) {
			return parseLogic(f, name)
		}
	}
	variable := f.needed("Variable")
	p, ok := f.path("Variable", variable)
	if !ok {
		return nil
	}
	if err := contextRule(false)(*p); err != nil {
		f.refuse(`field "Variable": %w`, err)
	}
	return parseComparison(f, *p)
}

func parseLogic(f *fields, name string) test {
	if name == "Not" {
		text, _ := f.take(name)
		inner := parseTest(newFields(f.where+", Not", text, f.faults))
		return func(sc scope) (bool, *fault) {
			holds, f := inner(sc)
			return !holds, f
		}
	}
	var tests []test
	for i, text := range f.list(name) {
		tests = append(tests, parseTest(newFields(fmt.Sprintf("%s, %s[%d]", f.where, name, i), text, f.faults)))
	}
	decisive := name == "Or"
	return func(sc scope) (bool, *fault) {
		for _, inner := range tests {
			if holds, f := inner(sc); f != nil || holds == decisive {
				return holds, f
			}
		}
		return !decisive, nil
	}
}

func parseComparison(f *fields, variable path) test {
	var out test
	found := 0
	for _, name := range slices.Sorted(maps.Keys(f.members)) {
		if c, ok := lookUp(name); ok {
			raw, _ := f.take(name)
			out, found = c.compile(f, name, raw, variable), found+1
		}
	}
	if found != 1 && len(f.members) == 0 {
		f.refuse("it needs exactly one comparison, and has %d", found)
	}
	return out
}

// compile binds a comparison to its operand.
func (c comparison) compile(f *fields, name string, raw json.RawMessage, variable path) test {
	operand := f.operand(c, name, raw)
	return func(sc scope) (bool, *fault) {
		value, present := sc.get(variable)
		if !present && !c.absent {
			return false, runtimeFault("Invalid path '%s': The choice state's condition path references an invalid value.", variable.text)
		}
		if c.absent {
			value = present
		}
		other, f := operand(sc)
		return f == nil && c.holds(value, other), f
	}
}

// operand reads what a comparison compares with: a value of its type, or the path to one.
func (f *fields) operand(c comparison, name string, raw json.RawMessage) func(scope) (any, *fault) {
	fixed, err := parseValue(raw)
	if err != nil {
		f.refuse("field %q: %w", name, err)
		return nil
	}
	if !c.byPath {
		if !c.accepts(fixed) {
			f.refuse("field %q has a value of the wrong type", name)
		}
		return func(scope) (any, *fault) { return fixed, nil }
	}
	text, _ := fixed.(string)
	p, ok := f.path(name, text)
	if !ok {
		return nil
	}
	if err := contextRule(false)(*p); err != nil {
		f.refuse("field %q: %w", name, err)
	}
	return func(sc scope) (any, *fault) {
		value, ok := sc.get(*p)
		if !ok {
			return nil, runtimeFault("Invalid path '%s': The choice state's condition path references an invalid value.", p.text)
		}
		return value, nil
	}
}
