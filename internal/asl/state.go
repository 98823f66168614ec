package asl

import "fmt"

// state is one state of a machine: the data flow that all types share, and what its type does.
type state struct {
	name, kind    string
	next          string // empty when the state ends the execution or chooses itself
	end           bool
	input, output filter
	result        filter // ResultPath
	parameters    *template
	selector      *template // ResultSelector
	does          action
}

// filter is InputPath, OutputPath or ResultPath: a path, or null.
type filter struct {
	path *path
	null bool
}

// action is what a type of state does once it is entered. run ends in exactly one of s.leave,
// s.moveOn, s.failed and s.finish, or leaves the execution waiting for a time or an answer.
type action interface {
	run(s *step)
	// targets are the states it may go to beside state.next.
	targets() []string
}

func (st *state) targets() []string {
	out := st.does.targets()
	if st.next != "" {
		out = append([]string{st.next}, out...)
	}
	return out
}

func parseState(name string, text []byte, all *faults) *state {
	f := newFields("state "+name, text, all)
	st := &state{name: name}
	f.text("Comment")
	readLanguage(f)
	st.kind = f.needed("Type")
	switch st.kind {
	case "Task":
		st.readFlow(f, "InputPath", "OutputPath", "ResultPath", "ResultSelector", "Next")
		st.does = parseTask(st, f)
	case "Pass":
		st.readFlow(f, "InputPath", "OutputPath", "ResultPath", "Parameters", "Next")
		st.does = parsePass(f)
	case "Wait":
		st.readFlow(f, "InputPath", "OutputPath", "Next")
		st.does = parseWait(f)
	case "Choice":
		st.readFlow(f, "InputPath", "OutputPath")
		st.does = parseChoice(f)
	case "Succeed":
		st.readFlow(f, "InputPath", "OutputPath")
		st.end, st.does = true, succeed{}
	case "Fail":
		st.end, st.does = true, parseFail(f)
	case "":
		st.does = succeed{}
		return st
	default:
		f.refuse("type %q is not implemented", st.kind)
		st.does = succeed{}
		return st
	}
	f.close()
	return st
}

// readFlow reads those of the shared fields that the state's type has.
func (st *state) readFlow(f *fields, names ...string) {
	for _, name := range names {
		switch name {
		case "InputPath":
			st.input = readFilter(f, name, contextRule(false))
		case "OutputPath":
			st.output = readFilter(f, name, contextRule(false))
		case "ResultPath":
			st.result = readFilter(f, name, noContext)
		case "ResultSelector":
			st.selector = readTemplate(f, name, contextRule(false))
		case "Parameters":
			st.parameters = readTemplate(f, name, contextRule(false))
		case "Next":
			st.readNext(f)
		}
	}
}

func (st *state) readNext(f *fields) {
	next, end := f.has("Next"), f.has("End")
	st.next, st.end = f.text("Next"), f.flag("End")
	switch {
	case next && end:
		f.refuse(`it has both "Next" and "End"`)
	case end && !st.end:
		f.refuse(`field "End" must be true`)
	case !end && st.next == "":
		f.refuse(`it has neither "Next" nor "End"`)
	}
}

func readFilter(f *fields, name string, allow func(path) error) filter {
	if string(f.members[name]) == "null" {
		f.take(name)
		return filter{null: true}
	}
	if !f.has(name) {
		return filter{}
	}
	p, ok := f.path(name, f.text(name))
	if !ok {
		return filter{}
	}
	if err := allow(*p); err != nil {
		f.refuse("field %q: %w", name, err)
	}
	return filter{path: p}
}

func readTemplate(f *fields, name string, allow func(path) error) *template {
	value, ok := f.value(name)
	if !ok {
		return nil
	}
	if _, isObject := value.(map[string]any); !isObject {
		f.refuse("field %q must be an object", name)
		return nil
	}
	out, err := parseTemplate(value, allow)
	if err != nil {
		f.refuse("field %q: %w", name, err)
	}
	return out
}

func noContext(p path) error {
	if p.context {
		return fmt.Errorf("%s may not use the context object", p.text)
	}
	return nil
}
