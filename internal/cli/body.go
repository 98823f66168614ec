package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// object is a JSON object of a request. Numbers are json.Number, so that none is changed.
type object = map[string]any

// decodeObject reads one JSON object and nothing after it.
func decodeObject(data []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var o object
	if err := d.Decode(&o); err != nil {
		return nil, err
	}
	if o == nil {
		return nil, fmt.Errorf("it is null, not an object")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is more after its end")
	}
	return o, nil
}

// encodeObject returns o as JSON, with <, > and & as they are.
func encodeObject(o object) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(o)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// member returns the object that is o's member, and makes one where there is none. It is an error where the member is something else.
func member(o object, path, name string) (object, error) {
	switch v := o[name].(type) {
	case nil:
		made := object{}
		o[name] = made
		return made, nil
	case object:
		return v, nil
	default:
		return nil, usagef("%s/%s is no object, so a flag cannot change what is in it", path, name)
	}
}

// containerOverride returns the entry of overrides.containerOverrides of a container, and makes one where there is none.
func containerOverride(body object, container string) (object, error) {
	overrides, err := member(body, "", "overrides")
	if err != nil {
		return nil, err
	}
	list, isList := overrides["containerOverrides"].([]any)
	if !isList && overrides["containerOverrides"] != nil {
		return nil, usagef("/overrides/containerOverrides is no list, so a flag cannot change what is in it")
	}
	for _, entry := range list {
		if o, ok := entry.(object); ok && o["name"] == container {
			return o, nil
		}
	}
	made := object{"name": container}
	overrides["containerOverrides"] = append(slices.Clip(list), made)
	return made, nil
}

// setVariable sets an environment variable of a container override.
func setVariable(override object, name, value string) {
	list, _ := override["environment"].([]any)
	for _, entry := range list {
		if o, ok := entry.(object); ok && o["name"] == name {
			o["value"] = value
			return
		}
	}
	override["environment"] = append(slices.Clip(list), any(object{"name": name, "value": value}))
}

// mergePatch returns the JSON Merge Patch (RFC 7396) that makes after of before.
func mergePatch(before, after object) object {
	patch := object{}
	for name := range before {
		if _, kept := after[name]; !kept {
			patch[name] = nil
		}
	}
	for name, now := range after {
		was, existed := before[name]
		if existed && equalJSON(was, now) {
			continue
		}
		wasObject, isObject := was.(object)
		nowObject, staysObject := now.(object)
		if isObject && staysObject {
			patch[name] = mergePatch(wasObject, nowObject)
			continue
		}
		patch[name] = now
	}
	return patch
}

func equalJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// cloneObject returns a deep copy of o.
func cloneObject(o object) object {
	data, err := encodeObject(o)
	if err != nil {
		panic(err) // o was decoded from JSON
	}
	c, err := decodeObject(data)
	if err != nil {
		panic(err) // it was just encoded
	}
	return c
}

// variable splits K=V. getenv gives the value of a name that stands alone.
func variable(text string, lookup func(string) (string, bool)) (name, value string, err error) {
	name, value, given := strings.Cut(text, "=")
	if name == "" {
		return "", "", usagef("-e %q: give NAME=VALUE, or NAME for the value that it has here", text)
	}
	if given {
		return name, value, nil
	}
	if value, given = lookup(name); !given {
		return "", "", usagef("-e %s: there is no variable of that name here; give %s=VALUE", name, name)
	}
	return name, value, nil
}

// variablesOf reads an environment file: NAME=VALUE or NAME a line, as docker run --env-file has it. Empty lines and lines that begin with # are left out.
func variablesOf(file string, data []byte) ([]string, error) {
	var list []string
	for n, line := range strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		line = strings.TrimSuffix(line, "\r")
		trimmed := strings.TrimLeft(line, " \t")
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		name, _, _ := strings.Cut(trimmed, "=")
		if name == "" || strings.ContainsAny(name, " \t") {
			return nil, usagef("--env-file %s, line %d: give NAME=VALUE; a name has no space", file, n+1)
		}
		list = append(list, trimmed)
	}
	return list, nil
}
