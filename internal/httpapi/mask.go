package httpapi

import "encoding/json"

// masked stands for every environment value.
const masked = `"***"`

// mask replaces the values of every array of {name, value} that is called environment, wherever it is: in
// container overrides, in container definitions, in a task's overrides. The rest stays as written. What is not
// JSON is not shown at all.
func mask(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || !json.Valid(raw) {
		return nil
	}
	return maskIn(raw)
}

func maskIn(raw json.RawMessage) json.RawMessage {
	if list, isArray := items(raw); isArray {
		for i := range list {
			list[i] = maskIn(list[i])
		}
		return array(list)
	}
	list, isObject := members(raw)
	if !isObject {
		return raw
	}
	for i, m := range list {
		if m.name == "environment" {
			list[i].value = maskVariables(m.value)
		} else {
			list[i].value = maskIn(m.value)
		}
	}
	return object(list)
}

func maskVariables(raw json.RawMessage) json.RawMessage {
	list, isArray := items(raw)
	if !isArray {
		return maskIn(raw)
	}
	for i := range list {
		list[i] = maskVariable(list[i])
	}
	return array(list)
}

func maskVariable(raw json.RawMessage) json.RawMessage {
	list, isObject := members(raw)
	if !isObject {
		return maskIn(raw)
	}
	for i, m := range list {
		if m.name == "value" && string(m.value) != "null" {
			list[i].value = json.RawMessage(masked)
		}
	}
	return object(list)
}
