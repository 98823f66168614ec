package ecsjson

import (
	"strconv"

	"davit/internal/jsontree"
)

// FaultKind is what is wrong with a member.
type FaultKind uint8

// The ways in which JSON does not fit a struct.
const (
	UnknownName   FaultKind = iota + 1 // the object has no such member
	WrongType                          // another JSON type is expected, or a number out of its range
	MissingMember                      // Strict only: the object lacks a member that it must have
	UnknownValue                       // Strict only: the text is none of its enum's values
)

// Fault is one place where JSON does not fit.
type Fault struct {
	Pointer string // RFC 6901, from the decoded node
	Kind    FaultKind
	Detail  string // what is wrong and what is expected, for the caller to read
}

// Faults are listed up to these bounds, so that hostile input cannot make the list far larger than itself.
const (
	maxFaults    = 1000
	maxFaultText = 256 << 10
)

// decoder collects faults and keeps the path to the value being read.
type decoder struct {
	options
	path   []step
	faults []Fault
	text   int // bytes in faults
	count  int // faults met, listed or not
}

// step is an index, or a name (then index is -1).
type step struct {
	name  string
	index int
}

func (d *decoder) push(s step) { d.path = append(d.path, s) }
func (d *decoder) pop()        { d.path = d.path[:len(d.path)-1] }

// full reports whether the bounds are reached and no more faults are listed.
func (d *decoder) full() bool { return len(d.faults) >= maxFaults || d.text >= maxFaultText }

func (d *decoder) fault(kind FaultKind, detail string) {
	d.count++
	if d.full() {
		return
	}
	var pointer []byte
	for _, s := range d.path {
		if s.index >= 0 {
			s.name = strconv.Itoa(s.index)
		}
		pointer = jsontree.AppendToken(pointer, s.name)
	}
	d.faults = append(d.faults, Fault{Pointer: string(pointer), Kind: kind, Detail: detail})
	d.text += len(pointer) + len(detail)
}

// mismatch adds a fault for a value of the wrong kind.
func (d *decoder) mismatch(expected string, given jsontree.Node) {
	d.fault(WrongType, expected+" is expected, not "+describe(given))
}

// describe returns a value's kind, and for a number of up to 24 characters the number itself.
func describe(n jsontree.Node) string {
	switch n.Kind {
	case jsontree.Null:
		return "null"
	case jsontree.Array, jsontree.Object:
		return "an " + n.Kind.String()
	case jsontree.Number:
		if len(n.Text) <= 24 {
			return "the number " + n.Text
		}
	}
	return "a " + n.Kind.String()
}
