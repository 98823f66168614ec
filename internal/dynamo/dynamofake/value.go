package dynamofake

import (
	"math/big"
	"strings"
)

// Item is one item.
type Item map[string]Value

// Value is an attribute's value; exactly one member is set. The fake knows no other types.
type Value struct {
	S *string `json:"S,omitempty"`
	N *string `json:"N,omitempty"`
	B *[]byte `json:"B,omitempty"`
}

func (v Value) check(name string) error {
	set := 0
	for _, is := range []bool{v.S != nil, v.N != nil, v.B != nil} {
		if is {
			set++
		}
	}
	if set != 1 {
		return invalid("attribute %s: supplied AttributeValue must have exactly one of S, N, B", name)
	}
	if v.N != nil {
		if _, ok := new(big.Rat).SetString(*v.N); !ok {
			return invalid("attribute %s: %q is not a number", name, *v.N)
		}
	}
	return nil
}

// compare orders two values of one type; ok is false for two types.
func (v Value) compare(o Value) (order int, ok bool) {
	switch {
	case v.S != nil && o.S != nil:
		return strings.Compare(*v.S, *o.S), true
	case v.B != nil && o.B != nil:
		return strings.Compare(string(*v.B), string(*o.B)), true
	case v.N != nil && o.N != nil:
		a, fine := new(big.Rat).SetString(*v.N)
		b, well := new(big.Rat).SetString(*o.N)
		if !fine || !well {
			return 0, false
		}
		return a.Cmp(b), true
	}
	return 0, false
}

// size counts bytes as DynamoDB does.
func (v Value) size() int {
	switch {
	case v.S != nil:
		return len(*v.S)
	case v.B != nil:
		return len(*v.B)
	default:
		return (len(strings.Trim(*v.N, "-0."))+1)/2 + 1
	}
}

// Size is the item's size by DynamoDB's rules, in bytes.
func (it Item) Size() int {
	size := 0
	for name, value := range it {
		size += len(name) + value.size()
	}
	return size
}

// Text is a string attribute; "" when there is none.
func (it Item) Text(name string) string {
	if v := it[name]; v.S != nil {
		return *v.S
	}
	return ""
}

// only is the item with no more than these attributes.
func (it Item) only(names []string) Item {
	kept := Item{}
	for _, name := range names {
		if v, has := it[name]; has {
			kept[name] = v
		}
	}
	return kept
}
