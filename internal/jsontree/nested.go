package jsontree

import "strconv"

// Objects up to this size are searched for a doubled name member by member; larger ones with a map.
const scanned = 16

func (p *parser) array() Node {
	n := Node{Kind: Array, Items: []Node{}}
	if p.opens(']') {
		return n
	}
	for {
		p.path[len(p.path)-1] = step{index: len(n.Items)}
		p.space()
		n.Items = append(n.Items, p.value())
		if !p.goesOn(']', "a comma or ] is expected here") {
			return n
		}
	}
}

func (p *parser) object() Node {
	n := Node{Kind: Object, Members: []Member{}}
	if p.opens('}') {
		return n
	}
	var seen map[string]struct{}
	for {
		name := p.name()
		p.path[len(p.path)-1] = step{name: name, index: -1}
		if seen = p.remember(seen, n.Members, name); p.fault != nil {
			return n
		}
		n.Members = append(n.Members, Member{Name: name, Value: p.value()})
		if !p.goesOn('}', "a comma or } is expected here") {
			return n
		}
	}
}

// opens steps over the opening bracket. It reports whether the closing one follows, and steps over that too.
func (p *parser) opens(closing byte) bool {
	p.pos++
	p.space()
	if p.peek() != closing {
		return false
	}
	p.pos++
	return true
}

// goesOn steps over the comma or the closing bracket after a value. It reports whether another value follows; after a fault none does.
func (p *parser) goesOn(closing byte, expected string) bool {
	if p.fault != nil {
		return false
	}
	p.space()
	switch p.peek() {
	case ',':
		p.pos++
		return true
	case closing:
		p.pos++
		return false
	default:
		p.fail(p.pos, p.orEnd(expected))
		return false
	}
}

// name reads a member's name and the colon after it, up to the value.
func (p *parser) name() string {
	p.space()
	if p.peek() != '"' {
		p.fail(p.pos, p.orEnd("a member name in double quotes is expected here"))
		return ""
	}
	name := p.text()
	p.space()
	if p.peek() != ':' {
		p.fail(p.pos, p.orEnd("a colon is expected here"))
		return ""
	}
	p.pos++
	p.space()
	return name
}

// remember records a name that the members before it have already. It returns the set of names, nil while there are few.
func (p *parser) remember(seen map[string]struct{}, before []Member, name string) map[string]struct{} {
	if len(before) < scanned {
		for _, m := range before {
			if m.Name == name {
				p.double()
				break
			}
		}
		return nil
	}
	if seen == nil {
		seen = make(map[string]struct{}, 2*len(before))
		for _, m := range before {
			seen[m.Name] = struct{}{}
		}
	}
	if _, ok := seen[name]; ok {
		p.double()
	}
	seen[name] = struct{}{}
	return seen
}

func (p *parser) double() {
	if p.fault != nil || len(p.doubled) >= maxDoubled || p.doubledText >= maxDoubledText {
		return
	}
	var pointer []byte
	for _, s := range p.path {
		if s.index >= 0 {
			s.name = strconv.Itoa(s.index)
		}
		pointer = AppendToken(pointer, s.name)
	}
	p.doubled = append(p.doubled, string(pointer))
	p.doubledText += len(pointer)
}
