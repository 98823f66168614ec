package httpapi_test

import (
	"testing"

	"davit/internal/httpapi"
	"davit/internal/run"
)

func TestGet_IfNoneMatch_IsNotModifiedUntilTheRunChanges(t *testing.T) {
	shown := &run.Run{ID: runID, Owner: caller, Status: run.Running}
	u := &cases{t: t, get: func(string, string) (*run.Run, error) { return shown, nil }}
	get := func(tags ...string) (code int, tag, body string) {
		c := call{method: "GET", target: "/runs/" + runID, header: map[string][]string{}}
		if len(tags) > 0 {
			c.header["If-None-Match"] = tags
		}
		w := c.to(u.handler(httpapi.Options{}))
		return w.Code, w.Header().Get("ETag"), w.Body.String()
	}
	code, tag, body := get()
	if code != 200 || tag == "" || body == "" {
		t.Fatalf("status %d, tag %q, %d bytes, want 200 with both", code, tag, len(body))
	}
	for name, tags := range map[string][]string{
		"the tag": {tag}, "among others": {`"a", ` + tag}, "in another field": {`"a"`, tag}, "weak": {"W/" + tag}, "any": {"*"},
	} {
		if code, again, body := get(tags...); code != 304 || again != tag || body != "" {
			t.Errorf("%s: status %d, tag %q, body %q, want 304 with the tag alone", name, code, again, body)
		}
	}
	for name, tags := range map[string][]string{"another": {`"a"`}, "without quotes": {tag[1 : len(tag)-1]}, "nothing": {""}} {
		if code, _, _ := get(tags...); code != 200 {
			t.Errorf("%s: status %d, want 200", name, code)
		}
	}
	shown = &run.Run{ID: runID, Owner: caller, Status: run.Succeeded}
	if code, again, _ := get(tag); code != 200 || again == tag {
		t.Errorf("after a change: status %d, tag %q, want 200 with another", code, again)
	}
}
