package dynamofake

// scope is what an expression's aliases and values stand for.
type scope struct {
	names  map[string]string
	values Item
}

// compile parses an expression and demands, as DynamoDB does, that it uses what is given and that what it uses is given. No
// expression is nil, and may use nothing.
func (s scope) compile(expression string) (*node, error) {
	if expression == "" && len(s.names)+len(s.values) == 0 {
		return nil, nil
	}
	used := map[string]bool{}
	n, err := parse(expression, used)
	if err != nil {
		return nil, err
	}
	for token := range used {
		_, name := s.names[token]
		_, value := s.values[token]
		if !name && !value {
			return nil, invalid("An expression attribute name or value used in the expression is not defined: %s", token)
		}
	}
	if given := len(s.names) + len(s.values); given != len(used) {
		return nil, invalid("Value provided in ExpressionAttributeNames or ExpressionAttributeValues unused in expressions")
	}
	for name, value := range s.values {
		if err := value.check(name); err != nil {
			return nil, err
		}
	}
	return n, s.checkRanges(n)
}

// checkRanges refuses what can be seen to be wrong without an item.
func (s scope) checkRanges(n *node) error {
	for _, part := range n.nodes {
		if err := s.checkRanges(part); err != nil {
			return err
		}
	}
	if n.op != "BETWEEN" {
		return nil
	}
	low, lowGiven := s.values[n.operands[1]]
	high, highGiven := s.values[n.operands[2]]
	if !lowGiven || !highGiven {
		return nil
	}
	if order, same := low.compare(high); !same || order > 0 {
		return invalid("The BETWEEN operator requires upper bound to be greater than or equal to lower bound")
	}
	return nil
}

func (s scope) operand(token string, it Item) (Value, bool) {
	if name, is := s.names[token]; is {
		v, has := it[name]
		return v, has
	}
	v, has := s.values[token]
	return v, has
}

// holds evaluates a compiled expression; nil holds of every item.
func (s scope) holds(n *node, it Item) bool {
	if n == nil {
		return true
	}
	switch n.op {
	case "AND":
		for _, part := range n.nodes {
			if !s.holds(part, it) {
				return false
			}
		}
		return true
	case "OR":
		for _, part := range n.nodes {
			if s.holds(part, it) {
				return true
			}
		}
		return false
	case "NOT":
		return !s.holds(n.nodes[0], it)
	case "attribute_exists", "attribute_not_exists":
		_, has := s.operand(n.operands[0], it)
		return has == (n.op == "attribute_exists")
	case "BETWEEN":
		return s.compared(">=", n.operands[0], n.operands[1], it) && s.compared("<=", n.operands[0], n.operands[2], it)
	default:
		return s.compared(n.op, n.operands[0], n.operands[1], it)
	}
}

// compared reports whether a comparison holds; it does not where one side is missing or of another type.
func (s scope) compared(op, left, right string, it Item) bool {
	a, hasA := s.operand(left, it)
	b, hasB := s.operand(right, it)
	if !hasA || !hasB {
		return false
	}
	order, same := a.compare(b)
	if !same {
		return false
	}
	switch op {
	case "=":
		return order == 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	default:
		return order >= 0
	}
}

// keyCondition demands that n is what DynamoDB takes for the keys of an index: equality of the first and at most one
// comparison of the second. It answers the partition.
func (s scope) keyCondition(n *node, x tableIndex) (hash string, err error) {
	if n == nil {
		return "", invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	parts := []*node{n}
	if n.op == "AND" {
		parts = n.nodes
	}
	conditions := map[string]int{}
	for _, part := range parts {
		if len(part.operands) < 2 || s.names[part.operands[0]] == "" {
			return "", invalid("Invalid KeyConditionExpression")
		}
		key := s.names[part.operands[0]]
		if key == x.hash && part.op != "=" || key != x.hash && key != x.sort {
			return "", invalid("Query key condition not supported")
		}
		for _, operand := range part.operands[1:] {
			if err := checkKey(key, s.values[operand], maxPartitionKey); err != nil {
				return "", err
			}
		}
		if conditions[key]++; key == x.hash {
			hash = s.values.Text(part.operands[1])
		}
	}
	if conditions[x.hash] != 1 || conditions[x.sort] > 1 {
		return "", invalid("Query condition missed key schema element, or has it twice")
	}
	return hash, nil
}
