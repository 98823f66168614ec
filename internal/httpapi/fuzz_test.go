package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"davit/internal/fuzzing"
	"davit/internal/httpapi"
	"davit/internal/logs"
	"davit/internal/run"
	"davit/internal/taskdef"
)

// Whatever a client sends is answered: with what the route has, or with a problem of the client's making whose errors say where they are.
// What reaches a use case is within the contract's bounds.
func FuzzRequest(f *testing.F) {
	for _, body := range fuzzing.Bodies(f) {
		f.Add("POST", "/runs?dryRun=true", "application/json; charset=utf-8", "key 1", body)
	}
	f.Add("POST", "/runs/"+runID+"/stop", "application/json", "", []byte(`{"reason":"r","task":"t"}`))
	f.Add("POST", "/runs/"+runID+"/stop", "application/json", "", []byte(`{"reason":null,"reason":1,"a~/b":"\ud800"} x`))
	f.Add("POST", "/task-definitions", "text/plain", "", []byte(`{}`))
	f.Add("GET", "/runs?status=RUNNING&family=a%20b&limit=100&cursor=x", "", "", []byte(nil))
	f.Add("GET", "/runs/"+runID+"/logs?attempt=1&task=t&container=c&since=15m&tail=10&limit=5&cursor=x", "", "", []byte(nil))
	f.Add("GET", "/runs?status=FAILED,LOST&class=EXIT:1&createdAfter=2026-11-30T02:00:00Z&createdBefore=2026-11-30T04:00:00%2B01:00&schedule=nightly", "", "", []byte(nil))
	f.Add("GET", "/runs?open=true&status=QUEUED&rerunOf="+runID, "", "", []byte(nil))
	f.Add("GET", "/runs?open=true&class=EXIT:*&createdAfter=9999-12-31T23:59:59.9-23:59&createdBefore=0000-01-01T00:00:00Z&group=g&family=f", "", "", []byte(nil))
	f.Add("GET", "/meta", "", "", []byte(nil))
	f.Add("HEAD", "/runs/"+runID+"?x", "", "", []byte(nil))
	f.Add("GET", "/runs?group=%zz&limit=01&limit=2&startedBy=%ff&=&;", "", "\x00", []byte(nil))
	f.Add("GET", "/task-definitions?familyPrefix=a&status=ALL&limit=1&cursor=x", "", "", []byte(nil))
	f.Add("GET", "/task-definitions/arn:aws:ecs:eu-west-1:123456789012:task-definition/a:1", "", "", []byte(nil))
	f.Add("POST", "/task-definitions/a:1/deregister", "application/json", "", []byte(`{}`))
	f.Add("DELETE", "//runs/", "a/b;c", "", []byte(nil))
	f.Fuzz(func(t *testing.T, method, target, contentType, key string, body []byte) {
		if len(body) > 300<<10 {
			return
		}
		c := asked(t, body)
		w := httptest.NewRecorder()
		c.handler(httpapi.Options{}).ServeHTTP(w, request(method, target, contentType, key, body))
		answered(t, w, method)
	})
}

// request is what a server would hand on: paths are decoded, the rest is as it came.
func request(method, target, contentType, key string, body []byte) *http.Request {
	path, query, _ := strings.Cut(target, "?")
	r := &http.Request{
		Method: method, URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	return r.WithContext(httpapi.WithIdentity(r.Context(), caller, "request-1"))
}

// asked is use cases that hold what they are asked against the contract.
func asked(t *testing.T, body []byte) *cases {
	same := func(got []byte) {
		if !bytes.Equal(got, body) || len(got) == 0 || len(got) > 256<<10 {
			t.Errorf("%d bytes reached the use case of %d", len(got), len(body))
		}
	}
	text := func(name, s string, most int) {
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > most {
			t.Errorf("%s %q", name, s)
		}
	}
	limit := func(n int) {
		if n < 0 || n > 100 {
			t.Errorf("got limit %d, want 0 to 100", n)
		}
	}
	definition := func(name string) (taskdef.Definition, error) {
		if name == "" || strings.HasPrefix(name, "/") {
			t.Errorf("definition %q", name)
		}
		return taskdef.Definition{Definition: json.RawMessage(`{}`)}, nil
	}
	one := &run.Run{ID: runID, Status: run.Running}
	return &cases{
		t: t,
		submit: func(q run.SubmitRequest) (run.SubmitResult, error) {
			same(q.Body)
			text("key", q.Key, 1<<20)
			return run.SubmitResult{Run: one}, nil
		},
		get: func(_, id string) (*run.Run, error) { text("id", id, 26); return one, nil },
		list: func(q run.ListRequest) (run.List, error) {
			for name, s := range map[string]string{"family": q.Family, "group": q.Group, "startedBy": q.StartedBy, "schedule": q.Schedule, "class": q.Class, "key": q.Key} {
				text(name, s, 255)
			}
			text("cursor", q.Cursor, 4096)
			limit(q.Limit)
			for status := range strings.SplitSeq(q.Status, ",") {
				if q.Status != "" && !slices.Contains(run.Statuses(), run.Status(status)) {
					t.Errorf("got status %q, want none or some of the domain's", q.Status)
				}
			}
			if v := q.Violations(); len(v) > 0 {
				t.Errorf("got a list that breaks %v", v)
			}
			return run.List{Runs: []*run.Run{one}}, nil
		},
		logs: func(q logs.Request) (logs.Page, error) {
			for name, s := range map[string]string{"task": q.Task, "container": q.Container, "since": q.Since} {
				text(name, s, 255)
			}
			text("cursor", q.Cursor, 4096)
			if q.Attempt < 0 || q.Tail < 0 || q.Tail > 10_000 || q.Limit < 0 || q.Limit > 1000 {
				t.Errorf("got attempt %d, tail %d, limit %d", q.Attempt, q.Tail, q.Limit)
			}
			return logs.Page{Events: []logs.Event{{Text: "line"}}, NextCursor: "next"}, nil
		},
		stop: func(q run.StopRequest) (*run.Run, error) {
			text("reason", q.Reason, 255)
			text("task", q.Task, 256<<10)
			stopsAlike(t, q, body)
			return one, nil
		},
		register: func(got []byte) (taskdef.RegisterResult, error) {
			same(got)
			return taskdef.RegisterResult{Definition: json.RawMessage(`{}`)}, nil
		},
		describe:   definition,
		deregister: definition,
		listDefinitions: func(q taskdef.ListRequest) (taskdef.List, error) {
			text("familyPrefix", q.FamilyPrefix, 255)
			text("cursor", q.Cursor, 8192)
			limit(q.Limit)
			return taskdef.List{}, nil
		},
	}
}

// stopsAlike demands of a stop's body that other spellings of it ask for the same.
func stopsAlike(t *testing.T, want run.StopRequest, body []byte) {
	other, ok := fuzzing.Respell(body)
	if !ok {
		return
	}
	asked := 0
	c := &cases{t: t, stop: func(got run.StopRequest) (*run.Run, error) {
		asked++
		if diff := cmp.Diff([]string{want.Reason, want.Task}, []string{got.Reason, got.Task}); diff != "" {
			t.Errorf("reason and task of %s, and of %s (-want +got):\n%s", body, other, diff)
		}
		return &run.Run{ID: runID}, nil
	}}
	w := httptest.NewRecorder()
	c.handler(httpapi.Options{}).ServeHTTP(w, request("POST", "/runs/"+runID+"/stop", "application/json", "", other))
	if asked != 1 {
		t.Errorf("%s is taken, %s is not: %s", body, other, w.Body)
	}
}

func answered(t *testing.T, w *httptest.ResponseRecorder, method string) {
	answer := w.Body.Bytes()
	if !json.Valid(answer) || !utf8.Valid(answer) || len(answer) > 5<<20 {
		t.Fatalf("%s: status %d, %q", method, w.Code, answer)
	}
	if w.Code < 300 {
		return
	}
	var p httpapi.Problem
	if err := json.Unmarshal(answer, &p); err != nil {
		t.Errorf("status %d: %s: %v", w.Code, answer, err)
	}
	if p.Status != w.Code {
		t.Errorf("got a problem of status %d with status %d", p.Status, w.Code)
	}
	if slices.Contains([]string{p.Type, p.Title, p.Detail}, "") {
		t.Errorf("status %d: the problem lacks type, title or detail: %s", w.Code, answer)
	}
	if !slices.Contains([]int{400, 404, 405, 413, 415}, w.Code) {
		t.Errorf("status %d: %s", w.Code, answer)
	}
	for _, e := range p.Errors {
		if !fuzzing.IsPointer(e.Field) && !strings.HasPrefix(e.Field, "query:") && !strings.HasPrefix(e.Field, "header:") {
			t.Errorf("got field %q, want a pointer, a query parameter or a header", e.Field)
		}
		if e.Rule == "" || e.Detail == "" {
			t.Errorf("%q: got rule %q, detail %q, want both", e.Field, e.Rule, e.Detail)
		}
	}
}
