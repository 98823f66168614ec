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

	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// tagDeletingECS is a transport that removes a task's tags from answers once the task stops, as ECS does (SP-06). silent: the answer to a
// launch call has no tags either.
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

// Variants of an ECS that deletes tags, with the value of tagDeletingECS.silent.
var (
	launchShows        = map[string]bool{"launch shows tags": false}
	launchShowsOrHides = map[string]bool{"launch shows tags": false, "only describing shows tags": true}
)

// withTagDeletingECS runs a test with and without task events, with an ECS that deletes tags.
func withTagDeletingECS(t *testing.T, answers map[string]bool, script scripted.Script, test func(f *fixture)) {
	t.Helper()
	for name, silent := range answers {
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

// tagged maps bodies of runs to the tags that their tasks have.
var tagged = map[string]map[string]string{
	`{"taskDefinition":"job","tags":[{"key":"team","value":"a"},{"key":"empty","value":""}]}`:                  {"team": "a", "empty": ""},
	`{"taskDefinition":"tagged","propagateTags":"TASK_DEFINITION","tags":[{"key":"stage","value":"nightly"}]}`: {"owner": "team", "stage": "nightly"},
}

// shownTasks returns the tasks of all of a run's attempts, as GET shows them.
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

// wantTags checks the tags that GET shows, without those whose keys begin with davit.
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

// submitTagged submits every body of tagged. It returns the runs with the tags that each must have.
func (f *fixture) submitTagged() map[string]map[string]string {
	f.t.Helper()
	runs := map[string]map[string]string{}
	for _, body := range slices.Sorted(maps.Keys(tagged)) {
		runs[f.submit(body)] = tagged[body]
	}
	return runs
}

// Tags that ECS deletes when a task stops stay on the record (SP-06).
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

// The stop comes before Davit has described the task.
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

// The task ends by itself between two polls, and the second poll finds no tags.
func TestTagsOutliveTheTasksOwnEnd(t *testing.T) {
	withTagDeletingECS(t, launchShowsOrHides, scripted.Script{For: 3 * time.Minute}, func(f *fixture) {
		for id, tags := range f.submitTagged() {
			f.wantRun(f.end(id), run.Succeeded, "", 1)
			f.wantTags(id, tags)
		}
	})
}

// A stop reason of 255 characters reaches ECS unchanged, and the run and the task show it afterwards (SP-03).
func TestStopReasonStays(t *testing.T) {
	reason := strings.Repeat("ж", 253) + `"🚢`
	withAndWithoutEvents(t, app(scripted.Script{Forever: true, TermAfter: time.Second}), func(f *fixture) {
		f.start()
		id := f.submit(job)
		f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
		body, err := json.Marshal(map[string]string{"reason": reason})
		if err != nil {
			t.Fatal(err)
		}
		if answer := f.call("POST", "/runs/"+id+"/stop", string(body), 202); answer["status"] != "STOPPING" {
			t.Errorf("the stop is answered with a run that is %v, want STOPPING (SP-07: it is asynchronous)", answer["status"])
		}
		if task := f.get(id).Attempts[0].Tasks[0]; task.Ended() {
			t.Error("the task has stopped already")
		}
		f.wantRun(f.end(id), run.Stopped, run.ClassStopped, 1)
		if sent := f.calls("StopTask")[0]["reason"]; sent != reason {
			t.Errorf("ECS got the reason %v, want %s", sent, reason)
		}
		got := f.call("GET", "/runs/"+id, "", 200)
		if text, _ := got["statusReason"].(string); !strings.Contains(text, reason) {
			t.Errorf("the run's statusReason is %q, want %s in it", text, reason)
		}
		task := f.shownTasks(id)[0]
		if task["stoppedReason"] != reason {
			t.Errorf("the task's stoppedReason is %v, want %s", task["stoppedReason"], reason)
		}
		if task["stopCode"] != "UserInitiated" {
			t.Errorf("the task's stopCode is %v, want UserInitiated", task["stopCode"])
		}
	})
}

// Tasks are stopped by id or ARN. A stop of a task that has stopped does nothing; one of another run's task is not found.
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
				t.Errorf("a stop of %s gets the errors %v, want one of SP-01", stranger, faults)
			}
		}
		r := f.until(id, "rid of two tasks", func(r *run.Run) bool { return r.Attempts[0].Tasks[0].Ended() && r.Attempts[0].Tasks[1].Ended() })
		if r.Status != run.Running {
			t.Errorf("the run is %s, want RUNNING", r.Status)
		}
		if third := &r.Attempts[0].Tasks[2]; third.Ended() {
			t.Errorf("the third task is %s, want it running", third.State().LastStatus)
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
		if diff := cmp.Diff([]any{"by ARN", "by id", "enough"}, reasons); diff != "" {
			t.Errorf("stoppedReasons of the tasks, -want +got:\n%s", diff)
		}
	})
}

// A container that ignores SIGTERM is killed after the instance's own grace period (SP-04, SP-05).
func TestGracePeriod(t *testing.T) {
	for grace, want := range map[time.Duration]time.Duration{0: 30 * time.Second, 5 * time.Second: 5 * time.Second} {
		withFixture(t, app(scripted.Script{Forever: true, IgnoreTerm: true})(), func(o *Options) { o.StopTimeout = grace }, func(f *fixture) {
			f.start()
			id := f.submit(job)
			f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
			f.stop(id)
			r := f.end(id)
			if took := r.StoppedAt.Sub(r.Stop.At); took < want || took > want+10*time.Second {
				t.Errorf("the stop took %s, want %s and at most 10 s more", took, want)
			}
			f.wantExitCode(r, 137) // SIGKILL
		})
	}
}
