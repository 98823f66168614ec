package asl

// pass is the Pass state: its result is Result, or else its effective input.
type pass struct {
	fixed bool
	value any
}

func parsePass(f *fields) pass {
	value, ok := f.value("Result")
	return pass{fixed: ok, value: value}
}

func (pass) targets() []string { return nil }

func (p pass) run(s *step) {
	sc, f := s.scope()
	if f == nil && s.at.parameters != nil {
		sc.data, f = s.at.parameters.apply(sc)
	}
	result := sc.data
	if p.fixed {
		result = p.value
	}
	if f != nil {
		s.abandon(f)
		return
	}
	s.leaveWith(s.at.outcome(sc, s.x.in.value, result))
}

// succeed is the Succeed state.
type succeed struct{}

func (succeed) targets() []string { return nil }

func (succeed) run(s *step) { s.through() }

// fail is the Fail state: fixed texts or paths to texts.
type fail struct {
	name, cause         string
	namePath, causePath *path
}

func parseFail(f *fields) fail {
	for _, name := range []string{"Error", "Cause"} {
		if f.has(name) && f.has(name+"Path") {
			f.refuse("it has both %q and %q", name, name+"Path")
		}
	}
	return fail{
		name: f.text("Error"), cause: f.text("Cause"),
		namePath: f.anyReference("ErrorPath"), causePath: f.anyReference("CausePath"),
	}
}

func (fail) targets() []string { return nil }

func (x fail) run(s *step) {
	name, f := pickText(s, "ErrorPath", x.namePath, x.name)
	if f != nil {
		s.abandon(f)
		return
	}
	cause, f := pickText(s, "CausePath", x.causePath, x.cause)
	if f != nil {
		s.abandon(f)
		return
	}
	s.abandon(&fault{name: name, cause: cause})
}

// pickText returns what the path selects, which must be a string, or fixed where there is no path.
func pickText(s *step, field string, p *path, fixed string) (string, *fault) {
	if p == nil {
		return fixed, nil
	}
	sc := scope{s.x.in.value, s.context}
	value, ok := sc.get(*p)
	if !ok {
		return "", runtimeFault(missingInInput, p.text, field, s.x.in.text)
	}
	text, ok := value.(string)
	if !ok {
		return "", runtimeFault("The %s parameter must reference a string: %s == %s", field, p.text, plain(value))
	}
	return text, nil
}
