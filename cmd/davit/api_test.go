package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// reply is an answer of davit.
type reply struct {
	status int
	header http.Header
	body   string
}

// call makes a request; headers are "Name: value" and may set Host.
func call(t *testing.T, method, url, body string, headers ...string) reply {
	t.Helper()
	r, err := tryCall(method, url, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tryCall(method, url, body string, headers ...string) (reply, error) {
	return send(http.DefaultClient, method, url, body, headers...)
}

func send(client *http.Client, method, url, body string, headers ...string) (reply, error) {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
		if name == "Host" {
			req.Host = value
		}
	}
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	data, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(data)}, err
}

// runDoc is the part of a run that the tests check.
type runDoc struct {
	RunID, Status, StatusReason, Class, IdempotencyKey, Family string
	ExitCode                                                   *int
	CreatedAt, StoppedAt                                       time.Time
	Request, Resolved                                          json.RawMessage
	Attempts                                                   []attemptDoc
}

type attemptDoc struct {
	Refusals []struct {
		Class, Reason string
		Count         int
	}
	Outcome *struct{ Class, Detail string }
	Tasks   []struct {
		TaskArn, LastStatus, StopCode string
		Containers                    []struct {
			Name, Reason string
			ExitCode     *int
			Log          struct{ File string }
		}
	}
}

func (r runDoc) hasEnded() bool {
	switch r.Status {
	case "SUCCEEDED", "FAILED", "STOPPED", "TIMED_OUT", "LOST", "SKIPPED":
		return true
	}
	return false
}

// log returns the file with the output of the first container of the run's last task; "" while there is none.
func (r runDoc) log() string {
	if len(r.Attempts) == 0 {
		return ""
	}
	tasks := r.Attempts[len(r.Attempts)-1].Tasks
	if len(tasks) == 0 || len(tasks[0].Containers) == 0 {
		return ""
	}
	return tasks[0].Containers[0].Log.File
}

func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// problem is an RFC 9457 answer.
type problem struct {
	Type, Title, Detail, RequestID string
	Status                         int
	Errors                         []struct{ Field, Rule, Detail string }
}

func (l *served) call(method, path, body string, headers ...string) reply {
	l.t.Helper()
	return call(l.t, method, "http://"+l.api+path, body, headers...)
}

// shell is a task definition whose container runs the script that a run has as its command. SIGKILL follows
// SIGTERM after two seconds, the least that ECS allows.
const shell = `{"family": "shell", "cpu": "256", "memory": "128", "containerDefinitions": [
	{"name": "app", "image": "busybox", "entryPoint": ["sh", "-c"], "command": ["exit 0"], "stopTimeout": 2}]}`

func (l *served) register(definition string) {
	l.t.Helper()
	if r := l.call("POST", "/task-definitions", definition); r.status != http.StatusCreated {
		l.t.Fatalf("register: %d %s", r.status, r.body)
	}
}

// script returns the body of a run of shell. more holds further members, each with a comma before it.
func script(text string, more ...string) string {
	command, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always encodes
	}
	return `{"taskDefinition": "shell", "overrides": {"containerOverrides": [{"name": "app", "command": [` + string(command) + `]}]}` +
		strings.Join(more, "") + `}`
}

func (l *served) submit(body string, headers ...string) runDoc {
	l.t.Helper()
	r := l.call("POST", "/runs", body, headers...)
	if r.status != http.StatusAccepted {
		l.t.Fatalf("submit: %d %s", r.status, r.body)
	}
	return decode[runDoc](l.t, r.body)
}

func (l *served) get(id string) runDoc {
	l.t.Helper()
	r := l.call("GET", "/runs/"+id, "")
	if r.status != http.StatusOK {
		l.t.Fatalf("get: %d %s", r.status, r.body)
	}
	return decode[runDoc](l.t, r.body)
}

func (l *served) stop(id string) runDoc {
	l.t.Helper()
	r := l.call("POST", "/runs/"+id+"/stop", `{"reason": "not needed"}`)
	if r.status != http.StatusAccepted {
		l.t.Fatalf("stop: %d %s", r.status, r.body)
	}
	return decode[runDoc](l.t, r.body)
}

// until waits for a status of the run, and fails when the run ends with another.
func (l *served) until(id, status string) (r runDoc) {
	l.t.Helper()
	within(l.t, patience, "run "+id+" is "+status, func() bool {
		r = l.get(id)
		if r.hasEnded() && r.Status != status {
			l.t.Fatalf("run %s ended %s %s (%s), want %s", id, r.Status, r.Class, r.StatusReason, status)
		}
		return r.Status == status
	})
	return r
}

// end waits for the run's end.
func (l *served) end(id string) (r runDoc) {
	l.t.Helper()
	defer func() {
		if !r.hasEnded() {
			l.t.Logf("the run is %s (%s) after %d attempts", r.Status, r.StatusReason, len(r.Attempts))
		}
	}()
	within(l.t, patience, "run "+id+" has ended", func() bool { r = l.get(id); return r.hasEnded() })
	return r
}

// untilOutput waits until the run's output has the text.
func (l *served) untilOutput(id, what string) {
	l.t.Helper()
	within(l.t, patience, "run "+id+" writes "+what, func() bool {
		file := l.get(id).log()
		return file != "" && strings.Contains(readFile(l.t, file), what)
	})
}

// list returns the ids of all recorded runs, newest first.
func (l *served) list() (ids []string) {
	l.t.Helper()
	for cursor := ""; ; {
		page := decode[runPage](l.t, l.call("GET", "/runs?limit=100"+cursor, "").body)
		for _, r := range page.Runs {
			ids = append(ids, r.RunID)
		}
		if page.NextCursor == "" {
			return ids
		}
		cursor = "&cursor=" + page.NextCursor
	}
}
