package asl

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf16"
)

// comparison is an operator of choice rules.
type comparison struct {
	accepts func(operand any) bool
	holds   func(value, operand any) bool
	byPath  bool // the operand is a path to the value to compare with
	absent  bool // looks at whether the variable is there, not at its value
}

// order compares two values of one type; ok is false when either has another type.
type order func(a, b any) (result int, ok bool)

// lookUp finds the operator of that name.
func lookUp(name string) (comparison, bool) {
	if c, ok := typeTest(name); ok {
		return c, true
	}
	plain, byPath := strings.CutSuffix(name, "Path")
	for _, family := range []struct {
		prefix string
		order  order
	}{{"String", stringOrder}, {"Numeric", numberOrder}, {"Timestamp", timeOrder}, {"Boolean", booleanOrder}} {
		operator, ok := strings.CutPrefix(plain, family.prefix)
		accept := relation(operator)
		if !ok || accept == nil || family.prefix == "Boolean" && operator != "Equals" {
			continue
		}
		return family.order.comparison(accept, byPath), true
	}
	return comparison{}, false
}

func (o order) comparison(accept func(int) bool, byPath bool) comparison {
	return comparison{
		accepts: func(operand any) bool { _, ok := o(operand, operand); return ok },
		holds: func(value, operand any) bool {
			result, ok := o(value, operand)
			return ok && accept(result)
		},
		byPath: byPath,
	}
}

func relation(name string) func(int) bool {
	switch name {
	case "Equals":
		return func(r int) bool { return r == 0 }
	case "LessThan":
		return func(r int) bool { return r < 0 }
	case "LessThanEquals":
		return func(r int) bool { return r <= 0 }
	case "GreaterThan":
		return func(r int) bool { return r > 0 }
	case "GreaterThanEquals":
		return func(r int) bool { return r >= 0 }
	}
	return nil
}

// stringOrder is the order of UTF-16 code units.
func stringOrder(a, b any) (int, bool) {
	x, okX := a.(string)
	y, okY := b.(string)
	if !okX || !okY {
		return 0, false
	}
	return slices.Compare(utf16.Encode([]rune(x)), utf16.Encode([]rune(y))), true
}

// numberOrder compares as binary64.
func numberOrder(a, b any) (int, bool) {
	x, okX := a.(json.Number)
	y, okY := b.(json.Number)
	if !okX || !okY {
		return 0, false
	}
	left, errX := x.Float64()
	right, errY := y.Float64()
	return cmp.Compare(left, right), errX == nil && errY == nil
}

func timeOrder(a, b any) (int, bool) {
	x, okX := a.(string)
	y, okY := b.(string)
	if !okX || !okY {
		return 0, false
	}
	left, errX := parseTime(x)
	right, errY := parseTime(y)
	return left.Compare(right), errX == nil && errY == nil
}

func booleanOrder(a, b any) (int, bool) {
	x, okX := a.(bool)
	y, okY := b.(bool)
	if x == y {
		return 0, okX && okY
	}
	return 1, okX && okY
}

// typeTest finds the Is… operators, whose operand says which answer is wanted.
func typeTest(name string) (comparison, bool) {
	var is func(any) bool
	switch name {
	case "IsPresent":
		is = func(v any) bool { return v == true }
	case "IsNull":
		is = func(v any) bool { return v == nil }
	case "IsString":
		is = func(v any) bool { _, ok := v.(string); return ok }
	case "IsNumeric":
		is = func(v any) bool { _, ok := v.(json.Number); return ok }
	case "IsBoolean":
		is = func(v any) bool { _, ok := v.(bool); return ok }
	case "IsTimestamp":
		is = func(v any) bool { _, ok := timeOrder(v, v); return ok }
	default:
		return comparison{}, false
	}
	return comparison{
		accepts: func(operand any) bool { _, ok := operand.(bool); return ok },
		holds:   func(value, operand any) bool { return is(value) == (operand == true) },
		absent:  name == "IsPresent",
	}, true
}
