package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"davit/internal/httpapi"
	"davit/internal/run"
	"davit/internal/taskdef"
)

const shownDefinition = `{"family":"a","revision":1,"status":"INACTIVE","containerDefinitions":[{"name":"app","environment":[{"name":"TOKEN","value":"***"}]}]}`

func aDefinition(tags ...taskdef.Tag) taskdef.Definition {
	return taskdef.Definition{Definition: []byte(strings.Replace(shownDefinition, "***", "s3cret", 1)), Tags: tags}
}

// The name in a path arrives as it was meant, however it was encoded.
func TestDescribeAndDeregister(t *testing.T) {
	for path, want := range map[string]string{
		"a": "a", "a:1": "a:1", "deregister": "deregister", "A_b-9:1000000": "A_b-9:1000000", arn: arn, strings.TrimSuffix(arn, ":1"): strings.TrimSuffix(arn, ":1"),
	} {
		for method, suffix := range map[string]string{"GET": "", "HEAD": "", "POST": "/deregister"} {
			var got string
			take := func(name string) (taskdef.Definition, error) {
				got = name
				return aDefinition(taskdef.Tag{Key: "team", Value: "red"}), nil
			}
			c := &cases{t: t}
			if c.describe = take; method == "POST" {
				c.describe, c.deregister = nil, take
			}
			w := call{method: method, target: "/task-definitions/" + path + suffix}.to(c.handler(httpapi.Options{}))
			wantStatus(t, w, http.StatusOK)
			wantBody(t, w, `{"taskDefinition":`+shownDefinition+`,"tags":[{"key":"team","value":"red"}]}`+"\n")
			if got != want {
				t.Errorf("%s %s: the use case got %q, want %q", method, path, got, want)
			}
		}
	}
}

// An empty list of tags is shown; a reply of ECS without tags is shown without.
func TestTagsOfADefinition(t *testing.T) {
	for _, c := range []struct {
		tags []taskdef.Tag
		want string
	}{{nil, `{"taskDefinition":` + shownDefinition + "}\n"}, {[]taskdef.Tag{}, `{"taskDefinition":` + shownDefinition + `,"tags":[]}` + "\n"}} {
		h := (&cases{t: t, describe: func(string) (taskdef.Definition, error) { return aDefinition(c.tags...), nil }}).handler(httpapi.Options{})
		if c.tags != nil {
			h = (&cases{t: t, describe: func(string) (taskdef.Definition, error) {
				return taskdef.Definition{Definition: aDefinition().Definition, Tags: c.tags}, nil
			}}).handler(httpapi.Options{})
		}
		wantBody(t, call{method: "GET", target: "/task-definitions/a"}.to(h), c.want)
	}
}

func TestListDefinitions(t *testing.T) {
	var got taskdef.ListRequest
	list := taskdef.List{NextCursor: "next", TaskDefinitions: []taskdef.Summary{{ARN: arn, Family: "a", Revision: 1, Status: "ACTIVE"}}}
	c := &cases{t: t, listDefinitions: func(req taskdef.ListRequest) (taskdef.List, error) {
		got = req
		return list, nil
	}}
	h := c.handler(httpapi.Options{})
	long := strings.Repeat("c", 8192)
	for query, want := range map[string]taskdef.ListRequest{
		"": {}, "?familyPrefix=a": {FamilyPrefix: "a"}, "?status=INACTIVE&limit=100": {Status: "INACTIVE", Limit: 100},
		"?limit=1&cursor=" + long: {Limit: 1, Cursor: long}, "?status=any": {Status: "any"}, // the domain's to judge
	} {
		w := call{method: "GET", target: "/task-definitions" + query}.to(h)
		wantStatus(t, w, http.StatusOK)
		wantBody(t, w, `{"taskDefinitions":[{"taskDefinitionArn":"`+arn+`","family":"a","revision":1,"status":"ACTIVE"}],"nextCursor":"next"}`+"\n")
		wantRequest(t, want, got)
	}
	list = taskdef.List{}
	wantBody(t, call{method: "GET", target: "/task-definitions"}.to(h), `{"taskDefinitions":[]}`+"\n")
}

func TestDefinitionsRefuse(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	for target, want := range map[string]string{
		"/task-definitions?family=a":                                 "query:family DV-12",
		"/task-definitions?sort=DESC":                                "query:sort DV-12",
		"/task-definitions?limit=0":                                  "query:limit DV-12",
		"/task-definitions?limit=101":                                "query:limit DV-12",
		"/task-definitions?limit=1&limit=2":                          "query:limit DV-12",
		"/task-definitions?status=":                                  "query:status DV-12",
		"/task-definitions?cursor=" + strings.Repeat("c", 8193):      "query:cursor DV-11",
		"/task-definitions?familyPrefix=" + strings.Repeat("f", 256): "query:familyPrefix DV-12",
		"/task-definitions/a:1?include=TAGS":                         "query:include DV-12",
		"/task-definitions/a:1/deregister?force=true":                "query:force DV-12",
	} {
		method := "GET"
		if strings.Contains(target, "/deregister") {
			method = "POST"
		}
		wantErrors(t, wantProblem(t, call{method: method, target: target}.to(h), http.StatusBadRequest, "invalid-request"), want)
	}
}

// A deregistration takes no body, or an empty object.
func TestDeregisterBodies(t *testing.T) {
	called := 0
	h := (&cases{t: t, deregister: func(string) (taskdef.Definition, error) {
		called++
		return aDefinition(), nil
	}}).handler(httpapi.Options{})
	to := func(body, contentType string) call {
		return call{method: "POST", target: "/task-definitions/a:1/deregister", body: body, header: http.Header{"Content-Type": {contentType}}}
	}
	for _, body := range []string{"", "{}", " {\n} "} {
		wantStatus(t, to(body, "application/json").to(h), http.StatusOK)
	}
	for body, want := range map[string]string{
		"{": "DV-01", "nope": "DV-01", "{} {}": "DV-01", "\xff": "DV-01", " ": "DV-01", "[]": "DV-02", "null": "DV-02", `"a:1"`: "DV-02",
		`{"taskDefinition":"a:1"}`: "/taskDefinition DV-04", `{"a/b":null}`: "/a~1b DV-04",
	} {
		wantErrors(t, wantProblem(t, to(body, "application/json").to(h), http.StatusBadRequest, "invalid-request"), want)
	}
	wantProblem(t, to("{}", "text/plain").to(h), http.StatusUnsupportedMediaType, "unsupported-media-type")
	wantProblem(t, to(strings.Repeat(" ", 256<<10+1), "application/json").to(h), http.StatusRequestEntityTooLarge, "too-large")
	if called != 3 {
		t.Errorf("%d were carried out, want 3", called)
	}
}

// Errors of the use cases become the same problems as on other routes.
func TestDefinitionProblems(t *testing.T) {
	for _, c := range []struct {
		code       run.Code
		status     int
		kind       string
		retryAfter string
	}{
		{run.CodeNotFound, 404, "not-found", ""}, {run.CodeForbidden, 403, "forbidden", ""}, {run.CodeThrottled, 429, "throttled", "2"},
		{run.CodeUnavailable, 503, "unavailable", "5"}, {run.CodeInvalid, 400, "invalid-request", ""}, {run.CodeInternal, 500, "internal", ""},
	} {
		err := &run.Error{Code: c.code, Message: "m"}
		h := (&cases{
			t:               t,
			describe:        func(string) (taskdef.Definition, error) { return aDefinition(), err },
			deregister:      func(string) (taskdef.Definition, error) { return aDefinition(), err },
			listDefinitions: func(taskdef.ListRequest) (taskdef.List, error) { return taskdef.List{}, err },
		}).handler(httpapi.Options{})
		for target, method := range map[string]string{"/task-definitions/a:1": "GET", "/task-definitions/a:1/deregister": "POST", "/task-definitions": "GET"} {
			w := call{method: method, target: target}.to(h)
			wantProblem(t, w, c.status, c.kind)
			wantHeader(t, w, "Retry-After", c.retryAfter)
			if strings.Contains(w.Body.String(), "s3cret") {
				t.Errorf("%s %s: a secret is shown: %s", method, target, w.Body)
			}
		}
	}
}

func TestRegister(t *testing.T) {
	const definition = `{"family":"a","revision":7,"containerDefinitions":[{"name":"app","environment":[{"name":"TOKEN","value":"s3cret"}],"command":["a<b"]}]}`
	for _, created := range []bool{true, false} {
		var got string
		c := &cases{t: t, register: func(body []byte) (taskdef.RegisterResult, error) {
			got = string(body)
			return taskdef.RegisterResult{Definition: []byte(definition), Tags: []taskdef.Tag{{Key: "team", Value: "red"}}, Created: created}, nil
		}}
		w := call{method: "POST", target: "/task-definitions", body: `{"family":"a"}`}.to(c.handler(httpapi.Options{}))
		status := http.StatusOK
		if created {
			status = http.StatusCreated
		}
		const want = `{"taskDefinition":{"family":"a","revision":7,"containerDefinitions":[{"name":"app","environment":[{"name":"TOKEN","value":"***"}],"command":["a<b"]}]},"tags":[{"key":"team","value":"red"}]}` + "\n"
		wantStatus(t, w, status)
		wantBody(t, w, want)
		wantRequest(t, `{"family":"a"}`, got)
	}
}

func TestRegisterRefuses(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	wantErrors(t, wantProblem(t, call{method: "POST", target: "/task-definitions"}.to(h), http.StatusBadRequest, "invalid-request"), "DV-01")
	w := call{method: "POST", target: "/task-definitions", body: "{}", header: http.Header{"Content-Type": {"application/yaml"}}}.to(h)
	wantProblem(t, w, http.StatusUnsupportedMediaType, "unsupported-media-type")
}
