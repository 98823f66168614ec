package local

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// tagDeletingECS is ECS that deletes a task's tags when it stops (SP-06), whatever the endpoint behind it does. silent: the answer to a
// launch call does not show them either.
type tagDeletingECS struct {
	http.RoundTripper
	silent bool
}

func (u tagDeletingECS) RoundTrip(r *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	reply, err := u.RoundTripper.RoundTrip(r)
	if err != nil || reply.StatusCode != http.StatusOK {
		return reply, err
	}
	body, err := io.ReadAll(reply.Body)
	_ = reply.Body.Close()
	if err != nil {
		return nil, err
	}
	body = u.change(operation, body)
	reply.Body, reply.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return reply, nil
}

func (u tagDeletingECS) change(operation string, body []byte) []byte {
	var answer map[string]any
	if json.Unmarshal(body, &answer) != nil {
		return body
	}
	tasks, _ := answer["tasks"].([]any)
	for _, each := range tasks {
		switch task := each.(map[string]any); {
		case operation == "DescribeTasks" && task["desiredStatus"] == "STOPPED":
			task["tags"] = []any{}
		case operation == "RunTask" && u.silent:
			delete(task, "tags")
		}
	}
	changed, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	return changed
}

// How an ECS that deletes tags has told of them before.
var (
	launchShows        = map[string]bool{"launch shows tags": false}
	launchShowsOrHides = map[string]bool{"launch shows tags": false, "only describing shows tags": true}
)

// withTagDeletingECS is withAndWithoutEvents with an ECS that deletes tags.
func withTagDeletingECS(t *testing.T, told map[string]bool, script scripted.Script, test func(f *fixture)) {
	t.Helper()
	for name, silent := range told {
		for way, events := range map[string]bool{"events": true, "polling": false} {
			t.Run(name+", "+way, func(t *testing.T) {
				withFixture(t, app(script)(), func(o *Options) { o.TaskEvents, o.ECS = events, tagDeletingECS{o.ECS, silent} }, func(f *fixture) {
					f.call("POST", "/task-definitions", `{"family":"tagged","tags":[{"key":"owner","value":"team"},{"key":"stage","value":"test"}],
						"containerDefinitions":[{"name":"app","image":"busybox","memory":64,"command":["work"]}]}`, 201)
					f.start()
					test(f)
				})
			})
		}
	}
}

// tagged are bodies whose tasks have tags, and the tags.
var tagged = map[string]map[string]string{
	`{"taskDefinition":"job","tags":[{"key":"team","value":"a"},{"key":"empty","value":""}]}`:                  {"team": "a", "empty": ""},
	`{"taskDefinition":"tagged","propagateTags":"TASK_DEFINITION","tags":[{"key":"stage","value":"nightly"}]}`: {"owner": "team", "stage": "nightly"},
}

// shownTasks are the tasks of a run, of all its attempts, as GET shows them.
func (f *fixture) shownTasks(id string) []map[string]any {
	f.t.Helper()
	var tasks []map[string]any
	attempts, _ := f.call("GET", "/runs/"+id, "", 200)["attempts"].([]any)
	for _, a := range attempts {
		list, _ := a.(map[string]any)["tasks"].([]any)
		for _, task := range list {
			tasks = append(tasks, task.(map[string]any))
		}
	}
	return tasks
}

// wantTags checks the tags that GET shows, besides the hash that a definition registered through Davit may hand down.
func (f *fixture) wantTags(id string, want map[string]string) {
	f.t.Helper()
	tasks := f.shownTasks(id)
	if len(tasks) == 0 {
		f.t.Fatal("no tasks are shown")
	}
	for _, task := range tasks {
		got := map[string]string{}
		tags, _ := task["tags"].([]any)
		for _, each := range tags {
			tag := each.(map[string]any)
			if key := tag["key"].(string); !strings.HasPrefix(key, "davit") {
				got[key], _ = tag["value"].(string)
			}
		}
		if !maps.Equal(got, want) {
			f.t.Errorf("%s has the tags %v, want %v", task["lastStatus"], tags, want)
		}
	}
}

// submitTagged submits every body of tagged, and gives their runs with the tags that each is to have.
func (f *fixture) submitTagged() map[string]map[string]string {
	f.t.Helper()
	runs := map[string]map[string]string{}
	for _, body := range slices.Sorted(maps.Keys(tagged)) {
		runs[f.submit(body)] = tagged[body]
	}
	return runs
}

// TestTagsOutliveAStop: tags that ECS deletes with the stop stay on the record (SP-06), wherever they came from.
func TestTagsOutliveAStop(t *testing.T) {
	withTagDeletingECS(t, launchShows, scripted.Script{Forever: true}, func(f *fixture) {
		runs := f.submitTagged()
		for id := range runs {
			f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
			f.stop(id)
		}
		for id, tags := range runs {
			f.wantRun(f.end(id), run.Stopped, run.ClassStopped, 1)
			f.wantTags(id, tags)
		}
	})
}

// TestTagsOfATaskThatIsStoppedAtOnce: the stop comes before anybody has looked at the task.
func TestTagsOfATaskThatIsStoppedAtOnce(t *testing.T) {
	withTagDeletingECS(t, launchShowsOrHides, scripted.Script{Forever: true}, func(f *fixture) {
		id := f.submit(`{"taskDefinition":"job","tags":[{"key":"team","value":"a"}]}`)
		f.until(id, "placed", func(r *run.Run) bool { return len(r.Attempts) > 0 && len(r.Attempts[0].Tasks) > 0 })
		f.stop(id)
		r := f.end(id)
		f.wantRun(r, run.Stopped, run.ClassStopped, 1)
		f.wantCalls("StopTask", 1)
		f.wantTags(id, map[string]string{"team": "a"})
	})
}

// TestTagsOutliveTheTasksOwnEnd: it ends between two looks, and the next one finds no tags any more.
func TestTagsOutliveTheTasksOwnEnd(t *testing.T) {
	withTagDeletingECS(t, launchShowsOrHides, scripted.Script{For: 3 * time.Minute}, func(f *fixture) {
		for id, tags := range f.submitTagged() {
			f.wantRun(f.end(id), run.Succeeded, "", 1)
			f.wantTags(id, tags)
		}
	})
}

// TestStopReasonStays: 255 characters of any kind reach ECS whole, and are told of afterwards by the run and by the task (SP-03).
func TestStopReasonStays(t *testing.T) {
	reason := strings.Repeat("ж", 253) + `"🚢`
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}), func(f *fixture) {
		f.start()
		id := f.submit(job)
		f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
		body, err := json.Marshal(map[string]string{"reason": reason})
		if err != nil {
			t.Fatal(err)
		}
		if answer := f.call("POST", "/runs/"+id+"/stop", string(body), 202); answer["status"] != "STOPPING" {
			t.Errorf("the stop is answered with a run that is %v (SP-07: it is asynchronous)", answer["status"])
		}
		if task := f.get(id).Attempts[0].Tasks[0]; task.Ended() {
			t.Error("the task has stopped already")
		}
		f.wantRun(f.end(id), run.Stopped, run.ClassStopped, 1)
		if sent := f.calls("StopTask")[0]["reason"]; sent != reason {
			t.Errorf("ECS was told %v", sent)
		}
		got := f.call("GET", "/runs/"+id, "", 200)
		if text, _ := got["statusReason"].(string); !strings.Contains(text, reason) {
			t.Errorf("the run says %q", text)
		}
		if task := f.shownTasks(id)[0]; task["stoppedReason"] != reason || task["stopCode"] != "UserInitiated" {
			t.Errorf("the task says %v, %v", task["stopCode"], task["stoppedReason"])
		}
	})
}

// TestStopOfTasksByName: by id or ARN; one that has stopped is left alone, and one of another run is not found.
func TestStopOfTasksByName(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}), func(f *fixture) {
		f.start()
		id, other := f.submit(`{"taskDefinition":"job","count":3}`), f.submit(job)
		running := func(r *run.Run) bool { return r.Status == run.Running && len(r.Attempts[0].Tasks) == r.Count }
		f.until(other, "running", running)
		tasks := f.until(id, "running", running).Attempts[0].Tasks
		stop := func(task, reason string, status int) map[string]any {
			return f.call("POST", "/runs/"+id+"/stop", `{"reason":"`+reason+`","task":"`+task+`"}`, status)
		}
		stop(tasks[0].ARN, "by ARN", 202)
		stop(tasks[1].ShortID(), "by id", 202)
		for _, stranger := range []string{f.get(other).Attempts[0].Tasks[0].ARN, f.get(other).Attempts[0].Tasks[0].ShortID(), "nobody"} {
			if faults := stop(stranger, "r", 404)["errors"].([]any); len(faults) != 1 || faults[0].(map[string]any)["rule"] != "SP-01" {
				t.Errorf("%s: %v", stranger, faults)
			}
		}
		r := f.until(id, "rid of two tasks", func(r *run.Run) bool { return r.Attempts[0].Tasks[0].Ended() && r.Attempts[0].Tasks[1].Ended() })
		if r.Status != run.Running || r.Attempts[0].Tasks[2].Ended() {
			t.Errorf("the run is %s, the third task %s", r.Status, r.Attempts[0].Tasks[2].State().LastStatus)
		}
		stop(tasks[0].ARN, "again", 202)
		f.wantCalls("StopTask", 2)
		f.stop(id)
		f.wantRun(f.end(id), run.Stopped, run.ClassStopped, 1)
		f.wantCalls("StopTask", 3)
		var reasons []any
		for _, task := range f.shownTasks(id) {
			reasons = append(reasons, task["stoppedReason"])
		}
		if want := []any{"by ARN", "by id", "enough"}; !slices.Equal(reasons, want) {
			t.Errorf("the tasks say %v, want %v", reasons, want)
		}
	})
}

// TestGracePeriod: a container that ignores SIGTERM is killed after the instance's own grace period (SP-04, SP-05).
func TestGracePeriod(t *testing.T) {
	for grace, want := range map[time.Duration]time.Duration{0: 30 * time.Second, 5 * time.Second: 5 * time.Second} {
		withFixture(t, app(scripted.Script{Forever: true, IgnoreTerm: true})(), func(o *Options) { o.StopTimeout = grace }, func(f *fixture) {
			f.start()
			id := f.submit(job)
			f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
			f.stop(id)
			r := f.end(id)
			if took := r.StoppedAt.Sub(r.Stop.At); took < want || took > want+10*time.Second {
				t.Errorf("it took %s, want %s", took, want)
			}
			if r.ExitCode == nil || *r.ExitCode != 137 {
				t.Errorf("exit code %v, want 137: SIGKILL", r.ExitCode)
			}
		})
	}
}
