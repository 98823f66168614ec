package clusterquery

// any reads expressions joined by or.
func (p *parser) any() (predicate, error) {
	return p.joined("||", "or", p.all, func(a, b bool) bool { return a || b })
}

// all reads expressions joined by and, which binds closer than or.
func (p *parser) all() (predicate, error) {
	return p.joined("&&", "and", p.one, func(a, b bool) bool { return a && b })
}

func (p *parser) joined(symbol, word string, next func() (predicate, error), join func(a, b bool) bool) (predicate, error) {
	left, err := next()
	for err == nil && (p.symbol(symbol) || p.keyword(word)) {
		var right predicate
		before := left
		right, err = next()
		left = func(i *Instance) bool { return join(before(i), right(i)) }
	}
	return left, err
}

// one reads a negation, a group, or a comparison.
func (p *parser) one() (predicate, error) {
	switch {
	case p.symbol("!"), p.keyword("not"):
		inner, err := p.one()
		return not(inner), err
	case p.symbol("("):
		inner, err := p.any()
		if err != nil {
			return nil, err
		}
		if !p.symbol(")") {
			return nil, p.fault("a closing parenthesis is missing")
		}
		return inner, nil
	}
	return p.comparison()
}

func not(inner predicate) predicate { return func(i *Instance) bool { return !inner(i) } }

func (p *parser) comparison() (predicate, error) {
	s, err := p.subject()
	if err != nil {
		return nil, err
	}
	op, err := p.operator(s)
	if err != nil {
		return nil, err
	}
	p.skip()
	at := p.at
	arguments, err := p.arguments(s, op)
	if err != nil {
		return nil, err
	}
	test, err := op.test(s, arguments)
	if err != nil {
		p.at = at
		return nil, p.fault("the pattern cannot be used: %v", err)
	}
	holds := func(i *Instance) bool {
		for _, v := range s.values(i) {
			if test(v) {
				return true
			}
		}
		return false
	}
	if op.negated {
		return not(holds), nil
	}
	return holds, nil
}

// operator takes the operator that comes next. One that the subject does not have is an error.
func (p *parser) operator(s *subject) (operator, error) {
	p.skip()
	for _, op := range operators() {
		at := p.at
		if (op.symbol == "" || !p.symbol(op.symbol)) && !p.keyword(op.word) {
			continue
		}
		if !s.allows(op.kind) {
			p.at = at
			return op, p.fault("%s cannot be used with %s", op.word, s.name)
		}
		return op, nil
	}
	return operator{}, p.fault("an operator is missing, such as ==, !=, in or exists")
}

func (p *parser) arguments(s *subject, op operator) ([]string, error) {
	switch op.kind {
	case existence:
		return nil, nil
	case membership:
		return p.list(s)
	case patterns:
		text, err := p.literal(patternEnds, "the pattern")
		return []string{text}, err
	default:
		text, err := p.argument(s)
		return []string{text}, err
	}
}

// argument takes one literal that the subject can have.
func (p *parser) argument(s *subject) (string, error) {
	p.skip()
	at := p.at
	text, err := p.literal(plain, "the argument")
	if err != nil {
		return "", err
	}
	if reason := s.check(text); reason != "" {
		p.at = at
		return "", p.fault("%s: %s", s.name, reason)
	}
	return text, nil
}

// list takes [a, b, …], which has one member at least.
func (p *parser) list(s *subject) ([]string, error) {
	if !p.symbol("[") {
		return nil, p.fault("a list is missing, such as [a, b]")
	}
	var all []string
	for {
		text, err := p.argument(s)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
		switch {
		case p.symbol("]"):
			return all, nil
		case !p.symbol(","):
			return nil, p.fault("the list is not closed by ]")
		}
	}
}
