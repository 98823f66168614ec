package localecs_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"davit/internal/localecs"
	"davit/internal/localecs/scripted"
)

const target = "AmazonEC2ContainerServiceV20141113."

// post sends one request as a client would, less what a test changes.
func post(h http.Handler, operation, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:3001/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", target+operation)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func newServer(t *testing.T, opt localecs.Options) *localecs.Server {
	t.Helper()
	opt.Dir, opt.Runner = t.TempDir(), scripted.New(nil, scripts)
	b := open(t, opt)
	t.Cleanup(func() {
		if err := b.server.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return b.server
}

func TestWhoIsLetIn(t *testing.T) {
	server := newServer(t, localecs.Options{AllowedHosts: []string{"ecs.internal"}})
	header := func(name, v string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, v) }
	}
	host := func(h string) func(*http.Request) { return func(r *http.Request) { r.Host = h } }
	tests := []struct {
		name   string
		change func(*http.Request)
		status int
		code   string
	}{
		{"a client", nil, 200, ""},
		{"localhost", host("localhost:3001"), 200, ""},
		{"IPv6", host("[::1]:3001"), 200, ""},
		{"IPv6 without a port", host("[::1]"), 200, ""},
		{"allowed", host("ECS.internal:80"), 200, ""},
		{"foreign host", host("evil.example"), 403, "AccessDeniedException"},
		{"looks like loopback", host("127.0.0.1.evil.example"), 403, "AccessDeniedException"},
		{"another address", host("10.0.0.1:3001"), 403, "AccessDeniedException"},
		{"no host", host(""), 403, "AccessDeniedException"},
		{"origin", header("Origin", "http://127.0.0.1:3001"), 403, "AccessDeniedException"},
		{"null origin", header("Origin", "null"), 403, "AccessDeniedException"},
		{"form", header("Content-Type", "text/plain"), 415, "UnsupportedMediaTypeException"},
		{"plain JSON", header("Content-Type", "application/json"), 415, "UnsupportedMediaTypeException"},
		{"no content type", header("Content-Type", ""), 415, "UnsupportedMediaTypeException"},
		{"GET", func(r *http.Request) { r.Method = http.MethodGet }, 405, "UnknownOperationException"},
		{"another path", func(r *http.Request) { r.URL.Path = "/x" }, 404, "UnknownOperationException"},
		{"another service", header("X-Amz-Target", "DynamoDB_20120810.ListTables"), 400, "UnknownOperationException"},
		{"no target", header("X-Amz-Target", ""), 400, "UnknownOperationException"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := post(server, "ListTasks", "{}", tt.change)
			checkAnswer(t, w, tt.status, tt.code)
		})
	}
}

func checkAnswer(t *testing.T, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	var body struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	switch {
	case w.Code != status:
		t.Errorf("w.Code is %v, want %v", w.Code, status)
	case body.Type != code:
		t.Errorf("body.Type is %v, want %v", body.Type, code)
	case (code != "") != (body.Message != ""):
		t.Errorf("(code != \"\") is %v, want %v", (code != ""), (body.Message != ""))
	}
	if w.Header().Get("x-amzn-requestid") == "" || w.Header().Get("Content-Type") != "application/x-amz-json-1.1" {
		t.Errorf("headers: %v", w.Header())
	}
}

func TestBadBodies(t *testing.T) {
	server := newServer(t, localecs.Options{})
	for _, tt := range []struct {
		operation, body string
		status          int
		code            string
	}{
		{"ListTasks", "{", 400, "SerializationException"},
		{"ListTasks", "", 400, "SerializationException"},
		{"ListTasks", "[]", 400, "SerializationException"},
		{"ListTasks", `{"family": 1}`, 400, "SerializationException"},
		{"ListTasks", `{"Family": "x"}`, 400, "InvalidParameterException"},
		{"RunTask", `{"taskDefinition": "x", "cuont": 1}`, 400, "InvalidParameterException"},
		{"RunTask", `{}`, 400, "ClientException"},
		{"StopTask", `{}`, 400, "InvalidParameterException"},
		{"RegisterTaskDefinition", `{}`, 400, "ClientException"},
		{"RegisterTaskDefinition", `{"family": "f", "containerDefinitions": [{}]}`, 400, "ClientException"},
		{"RegisterTaskDefinition", `{"family": "f", "containerDefinitions": [{"name": "a", "image": "i", "memory": 4, "dependsOn": [{}]}]}`, 400, "ClientException"},
		{"CreateService", `{}`, 400, "UnsupportedFeatureException"},
		{"ListTasks", `{"family": "` + strings.Repeat("x", 1<<20) + `"}`, 413, "RequestEntityTooLargeException"},
	} {
		t.Run(tt.operation, func(t *testing.T) {
			checkAnswer(t, post(server, tt.operation, tt.body, nil), tt.status, tt.code)
		})
	}
}

func TestAnswersAreECSs(t *testing.T) {
	server := newServer(t, localecs.Options{})
	w := post(server, "RegisterTaskDefinition", `{"family":"f","containerDefinitions":[{"name":"a","image":"i","memory":4,"command":["forever"]}]}`, nil)
	var registered struct {
		TaskDefinition struct {
			RegisteredAt float64
			Revision     int
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &registered); err != nil || registered.TaskDefinition.RegisteredAt < 1e9 || registered.TaskDefinition.Revision != 1 {
		t.Errorf("%v: %s", err, w.Body)
	}
	w = post(server, "DescribeClusters", `{}`, nil)
	if !strings.Contains(w.Body.String(), `"pendingTasksCount":0`) || !strings.Contains(w.Body.String(), `"failures":[]`) {
		t.Errorf("zeros and empty lists are left out: %s", w.Body)
	}
}
