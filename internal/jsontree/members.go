package jsontree

import "encoding/json"

// RawMember is one member of an object, its value as it is written.
type RawMember struct {
	Name  string
	Value json.RawMessage
}

// RawMembers returns the members of an object, in order and doubled names included, of a text that json.Valid takes. It reports false for
// a value of another kind. Unlike Parse it takes half surrogate pairs, as encoding/json does.
func RawMembers(valid []byte) ([]RawMember, bool) {
	s := scanner{text: valid}
	if !s.next('{') {
		return nil, false
	}
	var all []RawMember
	for !s.next('}') {
		s.next(',')
		quoted, plain := s.name()
		name := quoted[1 : len(quoted)-1]
		if !plain {
			name, _ = respell(quoted)
		}
		all = append(all, RawMember{string(name), s.value()})
	}
	return all, true
}

// SetMembers sets members of an object and leaves the values of the others as they are spelled. The result has the members in the order of
// their names, and of a doubled name the last: equal objects give equal bytes. A text that is no object is returned as it is, and so is any text when
// a value cannot be encoded; an empty text is an empty object.
func SetMembers(object json.RawMessage, set map[string]any) json.RawMessage {
	members := map[string]json.RawMessage{}
	if len(object) > 0 && json.Unmarshal(object, &members) != nil {
		return object
	}
	for name, value := range set {
		raw, err := json.Marshal(value)
		if err != nil {
			return object
		}
		members[name] = raw
	}
	out, err := json.Marshal(members)
	if err != nil {
		return object
	}
	return out
}

// StringMember returns a string member of an object, of a doubled name the last; "" when there is none.
func StringMember(object json.RawMessage, name string) string {
	var members map[string]json.RawMessage
	var text string
	if json.Unmarshal(object, &members) != nil || json.Unmarshal(members[name], &text) != nil {
		return ""
	}
	return text
}
