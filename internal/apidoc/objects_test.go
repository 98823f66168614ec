package apidoc_test

import (
	"fmt"
	"testing"
)

// Generated clients take an object without members, and without a word on others, for one that is always empty.
func TestSchemas_ObjectsHaveMembers(t *testing.T) {
	var look func(at string, v any)
	look = func(at string, v any) {
		switch v := v.(type) {
		case []any:
			for i, item := range v {
				look(fmt.Sprintf("%s/%d", at, i), item)
			}
		case object:
			_, open := v["additionalProperties"]
			if v["type"] == "object" && v["properties"] == nil && !open {
				t.Errorf("%s: got an object without members, want properties or additionalProperties", at)
			}
			for name, member := range v {
				look(at+"/"+name, member)
			}
		}
	}
	look("", load(t).object)
}
