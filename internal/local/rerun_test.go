package local

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"davit/internal/httpapi"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// secretRun has a value that a container prints or not, by its command.
const secretRun = `{"taskDefinition":"job","group":"g","overrides":{"containerOverrides":[
	{"name":"app","command":["work"],"environment":[{"name":"TOKEN","value":"s3cret"},{"name":"MODE","value":"s3cret"}]}]},
	"policy":{"retry":{"on":[]},"overlap":{"key":"nightly","mode":"QUEUE"}}}`

// callAs is call as another caller.
func (f *fixture) callAs(caller, path, body string, status int) map[string]any {
	f.t.Helper()
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	f.API.ServeHTTP(rec, req.WithContext(httpapi.WithCaller(req.Context(), caller)))
	if rec.Code != status {
		f.t.Fatalf("POST %s as %s: %d %s, want %d", path, caller, rec.Code, rec.Body, status)
	}
	if strings.Contains(rec.Body.String(), "s3cret") {
		f.t.Errorf("POST %s as %s shows a value: %s", path, caller, rec.Body)
	}
	var out map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		f.t.Fatal(err)
	}
	return out
}

func (f *fixture) rerunAs(caller, id, body string) string {
	f.t.Helper()
	return f.callAs(caller, "/runs/"+id+"/rerun", body, 202)["runId"].(string)
}

func TestRerun_PatchValuesAndOverlap(t *testing.T) {
	withFixture(t, scripted.ByCommand(map[string]scripted.Script{"work": {For: time.Minute, ExitCode: 1}, "again": {For: time.Minute}}), nil, func(f *fixture) {
		f.start()
		first := f.submit(secretRun)
		second := f.rerunAs("local", first, `{"patch":{"overrides":{"containerOverrides":[
			{"name":"app","command":["again"],"environment":[{"name":"TOKEN","value":"***"},{"name":"EXTRA","value":"1"}]}]}}}`)
		if r := f.get(second); r.Status != run.Queued || r.RerunOf != first {
			t.Errorf("behind the first, of the same overlap key: got %s, rerun of %s, want QUEUED, of %s", r.Status, r.RerunOf, first)
		}
		if r := f.end(first); r.Status != run.Failed {
			t.Errorf("got %s, want FAILED", r.Status)
		}
		r := f.end(second)
		if r.Status != run.Succeeded {
			t.Errorf("got %s (%s), want SUCCEEDED", r.Status, r.StatusReason)
		}
		if env := `"environment":[{"name":"TOKEN","value":"s3cret"},{"name":"EXTRA","value":"1"}]`; !strings.Contains(string(r.Request), env) {
			t.Errorf("got the request %s, want %s in it", r.Request, env)
		}
		f.wantFree(first, second)
	})
}

func TestRerun_OfAnotherCaller_NamesEachValue(t *testing.T) {
	withFixture(t, nil, nil, func(f *fixture) {
		f.start()
		first := f.submit(secretRun)
		f.end(first)
		problem := f.callAs("other", "/runs/"+first+"/rerun", `{"patch":{"overrides":{"containerOverrides":[
			{"name":"app","command":["env"],"environment":[{"name":"MODE","value":"***"},{"name":"TOKEN","value":"***"}]}]}}}`, 422)
		text, err := json.Marshal(problem["errors"])
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"/overrides/containerOverrides/0/environment/0/value", "/overrides/containerOverrides/0/environment/1/value", "variable TOKEN"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("got %s, want %s in it", text, want)
			}
		}
		if problem["type"] != "values-needed" {
			t.Errorf("got type %v, want values-needed", problem["type"])
		}
		larger := f.end(f.rerunAs("other", first, `{"patch":{"count":2,"overrides":{"memory":"256"},"policy":{"timeoutSeconds":60}}}`))
		if larger.Count != 2 || larger.ValuesOf != "local" || larger.Owner != "other" {
			t.Errorf("got count %d, values of %q, owner %q, want 2, local, other", larger.Count, larger.ValuesOf, larger.Owner)
		}
	})
}

func TestRerun_DefinitionMovedOnOrGone(t *testing.T) {
	withFixture(t, nil, nil, func(f *fixture) {
		f.start()
		first := f.submit(secretRun)
		f.end(first)
		f.call("POST", "/task-definitions", `{"family":"job","containerDefinitions":[{"name":"app","image":"busybox","memory":64,"command":["work"]}]}`, 201)
		for body, want := range map[string]int{`{}`: 2, `{"revision":"latest"}`: 2, `{"revision":"same"}`: 1} {
			if got := f.get(f.rerunAs("local", first, body)).Definition.Revision; got != want {
				t.Errorf("%s: got revision %d, want %d", body, got, want)
			}
		}
		if got := f.get(f.rerunAs("other", first, `{}`)).Definition.Revision; got != 1 {
			t.Errorf("another caller: got revision %d, want 1", got)
		}
		f.callAs("other", "/runs/"+first+"/rerun", `{"revision":"latest"}`, 422)
		f.call("POST", "/task-definitions/job:1/deregister", "", 200)
		time.Sleep(2 * time.Minute) // virtual: what was looked up is remembered for a minute
		for _, caller := range []string{"local", "other"} {
			problem := f.callAs(caller, "/runs/"+first+"/rerun", `{"revision":"same"}`, 400)
			if errs := problem["errors"].([]any); errs[0].(map[string]any)["rule"] != "DV-16" {
				t.Errorf("as %s: got %v, want DV-16", caller, errs)
			}
		}
		f.rerunAs("local", first, `{}`)
	})
}

func TestRerun_FailedOnly_RunsWhatFailed(t *testing.T) {
	withFixture(t, scripted.InTurn(scripted.Script{ExitCode: 1}, scripted.Script{}, scripted.Script{ExitCode: 1}, scripted.Script{}), nil, func(f *fixture) {
		f.call("POST", "/task-definitions", `{"family":"one","containerDefinitions":[{"name":"app","image":"busybox","memory":64,"command":["work"]}]}`, 201)
		f.start()
		first := f.submit(`{"taskDefinition":"one","count":4,"policy":{"retry":{"on":[]}}}`)
		f.callAs("local", "/runs/"+first+"/rerun", `{"failedOnly":true}`, 409)
		f.end(first)
		if r := f.get(f.rerunAs("local", first, `{"failedOnly":true}`)); r.Count != 2 {
			t.Errorf("got count %d, want 2", r.Count)
		}
	})
}

func TestRerun_StartTask_FailedOnly(t *testing.T) {
	withFixture(t, scripted.InTurn(scripted.Script{ExitCode: 1}, scripted.Script{}), nil, func(f *fixture) {
		f.call("POST", "/task-definitions", `{"family":"one","containerDefinitions":[{"name":"app","image":"busybox","memory":64,"command":["work"]}]}`, 201)
		f.start()
		first := f.submit(`{"taskDefinition":"one","containerInstances":["` + f.instance() + `"],"policy":{"retry":{"on":[]}}}`)
		f.end(first)
		r := f.end(f.rerunAs("other", first, `{"failedOnly":true}`))
		if r.Operation != run.StartTask || r.Status != run.Succeeded {
			t.Errorf("got %s %s (%s), want StartTask SUCCEEDED", r.Operation, r.Status, r.StatusReason)
		}
		f.callAs("other", "/runs/"+r.ID+"/rerun", `{"failedOnly":true}`, 409)
	})
}
