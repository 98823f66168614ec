package run

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// FuzzRerun: whatever another caller patches, a run of theirs that has a secret in it asks for what the first one asked for.
func FuzzRerun(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"patch":{"count":2,"overrides":{"cpu":"1"}}}`, `{"patch":{"overrides":{"containerOverrides":[` + appMasked + `,` + sideMasked + `]}}}`,
		`{"patch":{"overrides":{"containerOverrides":[{"name":"app","cpu":3,"command":["env"],"environment":[{"name":"TOKEN","value":"***"}]}]}}}`,
		`{"revision":"latest","patch":{"taskDefinition":"x","overrides":null,"policy":null}}`, `{"patch":{"overrides":{"containerOverrides":[{"name":null}]}}}`,
		`{"patch":{"overrides":{"containerOverrides":[{"name":"app","environment":[{"name":"TOKEN","value":"***","value2":"***"}]}]}}}`,
	} {
		f.Add(seed)
	}
	secrets := strings.NewReplacer(`"s1"`, `"zq-one"`, `"fast"`, `"zq-two"`, `"s2"`, `"zq-three"`).Replace(withEnv)
	f.Fuzz(func(t *testing.T, body string) {
		w := &fixture{t: t, clock: &fakeClock{at: start}, workflow: &fakeWorkflow{}, catalog: newCatalog()}
		w.store = newMemoryStore(t, w.clock)
		w.record(newRun(1, requesting(secrets)))
		if strings.Contains(body, "zq-") {
			return
		}
		res, err := w.submitter().Rerun(context.Background(), RerunRequest{Caller: "another", RunID: testID, Body: []byte(body)})
		if text := string(raw(ViolationsOf(err))) + MessageOf(err); strings.Contains(text, "zq-") {
			t.Errorf("%s: the problem shows a secret: %s", body, text)
		}
		if err != nil || !strings.Contains(string(res.Run.Request), "zq-") {
			return
		}
		if res.Run.ValuesOf != "someone" {
			t.Errorf("%s: got values of %q, want someone", body, res.Run.ValuesOf)
		}
		if got, want := whatShows(t, res.Run.Request), whatShows(t, json.RawMessage(secrets)); !reflect.DeepEqual(got, want) || res.Run.Definition.ARN != "arn:job:1" {
			t.Errorf("%s: got a run of %s with %v, want %v", body, res.Run.Definition.ARN, got, want)
		}
	})
}

// whatShows returns what of a request decides what a container can show: everything but scale and placement.
func whatShows(t *testing.T, request json.RawMessage) map[string]any {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(request, &all); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"policy", "count", "clientToken", "taskDefinition", "placementConstraints", "placementStrategy", "capacityProviderStrategy", "launchType", "platformVersion"} {
		delete(all, name)
	}
	dropNulls(all)
	overrides, _ := all["overrides"].(map[string]any)
	delete(overrides, "cpu")
	delete(overrides, "memory")
	var containers []any
	list, _ := overrides["containerOverrides"].([]any)
	for _, item := range list {
		c, _ := item.(map[string]any)
		for _, name := range []string{"cpu", "memory", "memoryReservation"} {
			delete(c, name)
		}
		if _, named := c["name"]; c != nil && (len(c) == 0 || named && len(c) == 1) {
			continue
		}
		containers = append(containers, item)
	}
	if overrides != nil {
		overrides["containerOverrides"] = containers
	}
	return all
}

// dropNulls removes null members at any depth.
func dropNulls(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if member == nil {
				delete(v, name)
			}
			dropNulls(member)
		}
	case []any:
		for _, item := range v {
			dropNulls(item)
		}
	}
}
