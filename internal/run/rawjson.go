package run

import "encoding/json"

// withMembers sets members of a JSON object and leaves the others as they are. Its output has the members in
// the order of their names, so equal inputs give equal bytes.
func withMembers(object json.RawMessage, set map[string]any) json.RawMessage {
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

// stringMember reads a text member of a JSON object; "" when there is none.
func stringMember(object json.RawMessage, name string) string {
	var members map[string]json.RawMessage
	var text string
	if json.Unmarshal(object, &members) != nil || json.Unmarshal(members[name], &text) != nil {
		return ""
	}
	return text
}
