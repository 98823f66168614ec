package dynamofake

import "strings"

// node is a parsed expression: an operator over nodes, or over operands.
type node struct {
	op       string // AND OR NOT, attribute_not_exists, attribute_exists, BETWEEN, = < <= > >=
	nodes    []*node
	operands []string // #name or :value
}

// parser reads one expression. It takes attribute names as #aliases only, so that no reserved word is ever met.
type parser struct {
	tokens []string
	used   map[string]bool // aliases and values
}

// spaced sets off what may stand without spaces around it; comparison operators may not.
var spaced = strings.NewReplacer("(", " ( ", ")", " ) ", ",", " , ")

func parse(expression string, used map[string]bool) (*node, error) {
	if len(expression) > maxExpression {
		return nil, invalid("Expression size has exceeded the maximum allowed size")
	}
	p := &parser{tokens: strings.Fields(spaced.Replace(expression)), used: used}
	n, err := p.or()
	if err == nil && len(p.tokens) > 0 {
		err = invalid("Invalid expression: syntax error near %q", p.tokens[0])
	}
	return n, err
}

func (p *parser) peek() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *parser) next() string {
	token := p.peek()
	if token != "" {
		p.tokens = p.tokens[1:]
	}
	return token
}

func (p *parser) expect(want string) error {
	if got := p.next(); got != want {
		return invalid("Invalid expression: %q where %q is due", got, want)
	}
	return nil
}

func (p *parser) or() (*node, error)  { return p.chain("OR", p.and) }
func (p *parser) and() (*node, error) { return p.chain("AND", p.unary) }

func (p *parser) chain(op string, part func() (*node, error)) (*node, error) {
	n, err := part()
	if err != nil || p.peek() != op {
		return n, err
	}
	all := &node{op: op, nodes: []*node{n}}
	for p.peek() == op {
		p.next()
		n, err := part()
		if err != nil {
			return nil, err
		}
		all.nodes = append(all.nodes, n)
	}
	return all, nil
}

func (p *parser) unary() (*node, error) {
	switch token := p.peek(); token {
	case "NOT":
		p.next()
		n, err := p.unary()
		return &node{op: "NOT", nodes: []*node{n}}, err
	case "(":
		p.next()
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		return n, p.expect(")")
	case "attribute_exists", "attribute_not_exists":
		p.next()
		return p.function(token)
	default:
		return p.comparison()
	}
}

func (p *parser) function(name string) (*node, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	operand, err := p.operand()
	if err != nil {
		return nil, err
	}
	return &node{op: name, operands: []string{operand}}, p.expect(")")
}

func (p *parser) comparison() (*node, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	n := &node{op: p.next(), operands: []string{left}}
	switch n.op {
	case "=", "<", "<=", ">", ">=":
		right, err := p.operand()
		n.operands = append(n.operands, right)
		return n, err
	case "BETWEEN":
		low, err := p.operand()
		if err == nil {
			err = p.expect("AND")
		}
		if err != nil {
			return nil, err
		}
		high, err := p.operand()
		n.operands = append(n.operands, low, high)
		return n, err
	}
	return nil, invalid("Invalid expression: operator %q", n.op)
}

func (p *parser) operand() (string, error) {
	token := p.next()
	if !strings.HasPrefix(token, "#") && !strings.HasPrefix(token, ":") {
		return "", invalid("Invalid expression: %q is no alias and no value", token)
	}
	p.used[token] = true
	return token, nil
}
